//! Fetching one study after the other.

use super::{
    asking::{Named, of},
    config::How,
    crawler::{Parts, view},
    lacking::how_many,
    line::{Line, Use, Why},
    worker::Done,
};
use crate::{
    notes::Awaited,
    requester::{Error, Identifier, Retrieved},
};
use catalog::{DueStudy, Scope};
use imaging_domain::{Level, StudyUid, VR, tags};

/// One of those who fetch.
pub(super) struct Fetcher {
    pub(super) line: Line,
    how: How,
    /// Instances that came of the study that was fetched last.
    pub(super) came: u64,
}

impl Fetcher {
    pub(super) fn new(line: Line, how: How) -> Self {
        Self { line, how, came: 0 }
    }

    /// Fetches what is missing of a study. Where something of it is here already, the archive is asked what it has: the number
    /// of its instances does not say that they are the same.
    pub(super) async fn fetch(&mut self, due: &DueStudy) -> Result<Done, Why> {
        let awaited = self.line.parts.arrivals.awaited(&due.listed.study);
        self.came = 0;
        let done = self.fetch_awaited(due, &awaited).await;
        self.came = self.came.max(awaited.count());
        done
    }

    async fn fetch_awaited(&mut self, due: &DueStudy, awaited: &Awaited) -> Result<Done, Why> {
        let study = &due.listed.study;
        let before = held(&self.line.parts, study).await?;
        // what was rewritten under its UIDs comes again: what is other bytes then is kept aside, where a hospital sees it
        let named =
            if before == 0 || due.is_rewritten { None } else { self.line.named(&self.purpose(due), study).await? };
        let (keys, others) = match named {
            Some(named) => {
                let others = self.line.lacking(study, named).await?;
                let of_series = |lacks: &Named| of_series(study, lacks);
                (others.iter().map(of_series).collect(), others)
            }
            // what the archive does not name cannot be compared
            None if !due.is_rewritten && due.listed.instances.is_some_and(|told| before >= told) => (vec![], vec![]),
            None => (vec![of(Level::Study, study)], vec![]),
        };
        let mut retrieved = Vec::new();
        for what in &keys {
            retrieved.push(self.retrieve(&self.purpose(due), what).await?);
            self.came = self.sent(&retrieved).unwrap_or_default();
        }
        let held = held(&self.line.parts, study).await?;
        let has_changed = due.is_looked_into && held > before;
        let left_out = match self.check(due, &retrieved, others, held).await {
            Ok(()) => 0,
            Err(why) => self.left_out(due, (&retrieved, &awaited.came()), held).await?.ok_or(why)?,
        };
        Ok(Done { has_changed, left_out })
    }

    /// Whether all of the study is here now.
    async fn check(&mut self, due: &DueStudy, came: &[Retrieved], others: Vec<Named>, held: u64) -> Result<(), Why> {
        let study = &due.listed.study;
        let said = came.last().map_or("names no others".to_owned(), |part| format!("says {}", part.status));
        if let Some(words) = self.words(&self.line.lacking(study, others).await?).await? {
            return Err(Why::Failed(format!("{words}; the archive {said}")));
        }
        let is_done = came.iter().all(is_whole);
        let enough = match due.listed.instances {
            // what was rewritten is here already by its UIDs: what counts is what came
            Some(told) if due.is_rewritten => {
                held >= told && is_done && self.sent(came).is_none_or(|sent| sent >= told)
            }
            Some(told) => held >= told,
            None if came.is_empty() => held > 0,
            None => return self.check_by_name(due, is_done, held, &said).await,
        };
        if enough {
            return Ok(());
        }
        let told = due.listed.instances.unwrap_or_default();
        let (count, are) = match self.sent(came) {
            Some(sent) if due.is_rewritten && held >= told => (sent, "came again"),
            _ => (held, "are here"),
        };
        let mut why = format!("{count} of {told} instances {are}, the archive {said}");
        if is_done && let Some(named) = self.line.named(&self.purpose(due), study).await? {
            why.push_str(&self.aside(&self.line.lacking(study, named).await?).await?);
        }
        Err(Why::Failed(why))
    }

    /// The same of a study whose number of instances the archive did not tell.
    async fn check_by_name(&mut self, due: &DueStudy, is_done: bool, held: u64, said: &str) -> Result<(), Why> {
        let study = &due.listed.study;
        let words = match self.line.named(&self.purpose(due), study).await? {
            Some(named) => self.words(&self.line.lacking(study, named).await?).await?,
            None if is_done && held > 0 => None,
            None => Some(format!("{held} instances are here, and the archive does not say how many it has")),
        };
        words.map_or(Ok(()), |words| Err(Why::Failed(format!("{words}; the archive {said}"))))
    }

    /// What lacks, in words; nothing when nothing does.
    async fn words(&self, lacking: &[Named]) -> Result<Option<String>, Why> {
        let lost = how_many(lacking);
        if lost == 0 {
            return Ok(None);
        }
        Ok(Some(format!("{lost} instances that the archive names are not here{}", self.aside(lacking).await?)))
    }

    /// That some of it stands aside, in words.
    async fn aside(&self, lacking: &[Named]) -> Result<String, Why> {
        Ok(match self.line.aside(lacking).await? {
            0 => String::new(),
            count => format!(", {count} stand under conflicts, because others are here under their UIDs"),
        })
    }

    /// How many instances the archive sent; `None` when nobody says.
    pub(super) fn sent(&self, came: &[Retrieved]) -> Option<u64> {
        let told = |part: &Retrieved| part.counts.completed.map(|done| done + part.counts.warning.unwrap_or(0));
        match self.how {
            How::Get => Some(came.iter().map(|part| part.stored).sum()),
            How::Move => came.iter().map(|part| told(part).map(u64::from)).sum(),
        }
    }

    pub(super) fn purpose(&self, due: &DueStudy) -> Use {
        match self.how {
            How::Get => Use::Getting(due.listed.classes.clone()),
            How::Move => Use::Moving,
        }
    }

    async fn retrieve(&mut self, purpose: &Use, what: &Identifier) -> Result<Retrieved, Why> {
        loop {
            let mut open = self.line.take(purpose).await?;
            let parts = &self.line.parts;
            let retrieved: Result<_, Error> = match self.how {
                How::Get => open.association.get(what, parts.store.as_ref()).await,
                How::Move => open.association.move_to(parts.requester.calling(), what, |_| {}).await,
            };
            match retrieved {
                Ok(retrieved) => {
                    self.line.keep(open);
                    return Ok(retrieved);
                }
                Err(error) => self.line.broke(open, error).await?,
            }
        }
    }
}

/// How many instances of a study are here.
async fn held(parts: &Parts, study: &StudyUid) -> Result<u64, Why> {
    let view = view().map_err(Why::failed)?;
    let scope = Scope { study: study.clone(), series: None, instance: None };
    let versions = parts.readiness.versions(&view, &scope).await.map_err(Why::failed)?;
    Ok(versions.into_iter().map(|series| series.instances).sum())
}

fn of_series(study: &StudyUid, lacks: &Named) -> Identifier {
    let of_study = of(Level::Series, study);
    of_study.matching(tags::SERIES_INSTANCE_UID, VR::UI, lacks.series.as_str())
}

fn is_whole(part: &Retrieved) -> bool {
    part.status.is_done() && part.counts.failed.unwrap_or(0) == 0
}
