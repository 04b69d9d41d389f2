//! What a few studies hold, at a glance: for somebody who was given these studies and no others.

use crate::{archive::Archive, availability::Availability, error::Error};
use access_control::{Export, Permit, Search, View};
use audit_log::{Event, What};
use catalog::{Match, Scope};
use imaging_domain::{Include, Instance, InstanceUid, Level, Principal, Query, SeriesUid, SopClassUid, StudyUid, tags};

/// The most series of one study that are told of.
const MAX_SERIES: u32 = 500;
/// The most instances of one series that are listed.
const MAX_INSTANCES: usize = 100_000;

/// One study with its series.
#[derive(Debug, Clone)]
pub struct StudyContents {
    /// The study.
    pub study: Match,
    /// Whether it could be opened now.
    pub availability: Availability,
    /// Its series by number, each with the instance in its middle.
    pub series: Vec<(Match, Instance)>,
}

/// One instance of a series, in the series' order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// SOP Instance UID.
    pub instance: InstanceUid,
    /// Instance Number, when it is one.
    pub number: Option<i64>,
    /// Number of Frames; 1 when it does not say.
    pub frames: u32,
    /// SOP Class UID, when it has one.
    pub class: Option<SopClassUid>,
}

impl Archive {
    /// Studies with their series, the latest first; those that are not there are left out. No hospital is asked.
    ///
    /// # Errors
    /// [`Error::Denied`] when the asker may not see one of them, or what the index says.
    pub async fn contents(&self, who: &Principal, studies: &[StudyUid]) -> Result<Vec<StudyContents>, Error> {
        let (mut found, mut series) = (vec![], vec![]);
        for uid in studies {
            let permit = self.permit::<Search>(who, What::Query, Some(uid)).await?;
            let sees = self.permit::<View>(who, What::Query, Some(uid)).await?;
            self.parts.audit.record(Event::new(What::Query, who).study(uid)).await?;
            let mut query = Query::at(Level::Study).in_study(uid);
            query.include = Include::These(vec![tags::STUDY_DESCRIPTION, tags::ISSUER_OF_PATIENT_ID]);
            let Some(study) = self.parts.index.search(&permit, &query).await?.matches.pop() else { continue };
            series.push(self.series_of(&permit, &sees, uid).await?);
            found.push(study);
        }
        let available = self.availability(who, &found).await?;
        let parts = found.into_iter().zip(available).zip(series);
        let told = parts.map(|((study, availability), series)| StudyContents { study, availability, series });
        let mut out: Vec<StudyContents> = told.collect();
        let when = |one: &StudyContents| {
            let text = |tag| one.study.attributes.text(tag).unwrap_or_default().to_owned();
            (text(tags::STUDY_DATE), text(tags::STUDY_TIME))
        };
        out.sort_by_cached_key(|one| std::cmp::Reverse(when(one)));
        Ok(out)
    }

    async fn series_of(
        &self,
        permit: &Permit<Search>,
        sees: &Permit<View>,
        study: &StudyUid,
    ) -> Result<Vec<(Match, Instance)>, Error> {
        let mut query = Query::at(Level::Series).in_study(study).page(MAX_SERIES, 0);
        query.include = Include::These(vec![tags::SERIES_DESCRIPTION, tags::BODY_PART_EXAMINED]);
        let mut out = vec![];
        for one in self.parts.index.search(permit, &query).await?.matches {
            let scope = Scope { study: study.clone(), series: one.series.clone(), instance: None };
            let middle = self.parts.index.representative(sees, &scope).await?;
            if let Some(copy) = middle.0.into_iter().next() {
                out.push((one, copy.instance));
            }
        }
        Ok(out)
    }

    /// Every instance of a series, by number.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none; [`Error::Denied`], or what the index says.
    pub async fn slices(&self, who: &Principal, study: &StudyUid, series: &SeriesUid) -> Result<Vec<Slice>, Error> {
        let permit = self.permit::<Search>(who, What::Query, Some(study)).await?;
        self.parts.audit.record(Event::new(What::Query, who).study(study)).await?;
        let query = Query::at(Level::Instance).in_study(study).in_series(series);
        let (mut out, mut from) = (vec![], None);
        loop {
            let (answer, next) = self.parts.index.search_on(&permit, &query, from.as_ref()).await?;
            out.extend(answer.matches.into_iter().filter_map(slice));
            match next {
                Some(next) if out.len() < MAX_INSTANCES => from = Some(next),
                _ => break,
            }
        }
        if out.is_empty() { Err(Error::NotFound("series")) } else { Ok(out) }
    }

    /// About how many bytes a study has, as files.
    ///
    /// # Errors
    /// [`Error::Denied`] when the asker may not take it away; [`Error::NotFound`], or what the index says.
    pub async fn size_of(&self, who: &Principal, study: &StudyUid) -> Result<u64, Error> {
        const PAGE: usize = 1000;
        self.permit::<Export>(who, What::Retrieve, Some(study)).await?;
        let permit = self.permit::<View>(who, What::Retrieve, Some(study)).await?;
        let scope = Scope { study: study.clone(), series: None, instance: None };
        let (mut bytes, mut after) = (0, None);
        loop {
            let page = self.parts.index.instances(&permit, &scope, after.as_ref(), PAGE).await?;
            let firsts = page.iter().filter_map(|copies| copies.0.first());
            bytes += firsts.map(|copy| copy.instance.size_bytes).sum::<u64>();
            let Some(last) = page.last().and_then(|copies| copies.0.first()) else { break };
            after = Some((last.instance.series.clone(), last.instance.uid.clone()));
        }
        if after.is_none() { Err(Error::NotFound("study")) } else { Ok(bytes) }
    }
}

fn slice(found: Match) -> Option<Slice> {
    let text = |tag| found.attributes.text(tag).map(str::trim).and_then(|text| text.parse::<i64>().ok());
    let number = |tag| found.attributes.int(tag).or_else(|| text(tag));
    let frames = number(tags::NUMBER_OF_FRAMES).and_then(|frames| u32::try_from(frames).ok()).unwrap_or(1).max(1);
    let class = found.attributes.text(tags::SOP_CLASS_UID).and_then(|class| SopClassUid::parse(class).ok());
    Some(Slice { number: number(tags::INSTANCE_NUMBER), frames, class, instance: found.instance? })
}
