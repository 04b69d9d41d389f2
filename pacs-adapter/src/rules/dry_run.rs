//! What rules would do with what is stored, told and not done.

use super::{
    book::RuleBook,
    checked::{Checked, Origin},
    way::Way,
};
use anyhow::Result;
use archive::{Archive, Error, File, Wanted};
use catalog::Scope;
use futures_util::{StreamExt, TryStreamExt};
use imaging_domain::{AeTitle, DataSet, Instance, Keeping, Level, Principal, Query, StudyUid, keyword};
use part10::{Framing, Keep, Limits, Scanner};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// Studies that are told of at most; the latest.
const MAX_STUDIES: u32 = 1000;

/// What a dry run tells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Studies that were looked at, the latest first.
    pub studies: Vec<ToldStudy>,
    /// Whether there are more.
    pub more: bool,
    /// Instances that could not be read, of which nothing is told.
    pub unread: u64,
}

/// What would be done with the instances of a study.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldStudy {
    /// The study.
    pub study: StudyUid,
    /// Its instances.
    pub instances: u64,
    /// What would be done, in words, and with how many of them; nothing is done with those that are in none.
    pub done: BTreeMap<String, u64>,
}

/// Holds rules against the latest stored studies. Of an instance nobody knows any more who sent it: either all are told as if this
/// application entity had, or rules that ask for that are told as if it had come as they say.
///
/// # Errors
/// What the index says.
pub async fn dry_run(archive: &Archive, who: &Principal, book: &RuleBook, calling: Option<&AeTitle>) -> Result<Told> {
    let query = Query::at(Level::Study).page(MAX_STUDIES, 0);
    let answer = archive.search(who, &query).await?;
    let mut told = Told { studies: vec![], more: answer.more, unread: 0 };
    for found in answer.matches {
        let mut study = ToldStudy { study: found.study, instances: 0, done: BTreeMap::new() };
        match judge_study(archive, who, (book, calling), &mut study).await {
            Ok(unread) => told.unread += unread,
            Err(Error::Unsupported(_)) => continue,
            Err(error) => return Err(error.into()),
        }
        told.studies.push(study);
    }
    Ok(told)
}

/// Tells of a study, and how many of its instances cannot be read. Rules are not asked of what the PACS keeps.
async fn judge_study(
    archive: &Archive,
    who: &Principal,
    (book, calling): (&RuleBook, Option<&AeTitle>),
    told: &mut ToldStudy,
) -> Result<u64, Error> {
    let scope = Scope { study: told.study.clone(), series: None, instance: None };
    let kept = |instance: &Instance| match instance.keeping {
        Keeping::Kept => Ok(Wanted::STORED),
        _ => Err(Error::Unsupported("in the PACS")),
    };
    let mut files = archive.retrieve(who, &scope, Arc::new(kept)).await?.files;
    let mut unread = 0;
    while let Some(file) = files.next().await {
        let attributes = async { attributes(book, file?).await };
        let Ok(attributes) = attributes.await.inspect_err(|error| tracing::warn!(%error, "rules cannot be asked"))
        else {
            unread += 1;
            continue;
        };
        told.instances += 1;
        for what in judged(book, calling, &attributes) {
            *told.done.entry(what).or_default() += 1;
        }
    }
    Ok(unread)
}

/// The attributes of a stored file that rules look at; what comes after its pixels is not read.
async fn attributes(book: &RuleBook, file: File) -> Result<DataSet> {
    let scanner = Scanner::new(Framing::File, Keep::Index, Limits::default());
    let mut scanner = scanner.watching(Arc::clone(book.looks_at()));
    let mut body = file.body.all();
    while let Some(piece) = body.try_next().await? {
        for step in piece.chunks(16 << 10) {
            scanner.feed(step)?;
        }
        if scanner.has_reached_pixels() {
            break;
        }
    }
    Ok(scanner.finish()?.attributes)
}

/// What each rule that applies would do.
pub(super) fn judged(book: &RuleBook, calling: Option<&AeTitle>, data_set: &DataSet) -> Vec<String> {
    let origin = Origin { way: calling.map(|_| Way::Dicom), calling: calling.map(AeTitle::as_str) };
    let verdict = book.verdict(origin, data_set);
    verdict.applied.into_iter().map(|rule| words(rule, origin)).collect()
}

fn words(rule: &Checked, origin: Origin<'_>) -> String {
    let mut what: Vec<String> = vec![];
    if rule.actions.drop {
        what.push("drop".to_owned());
    }
    if rule.actions.hold {
        what.push("hold".to_owned());
    }
    what.extend(rule.actions.send_to.iter().map(|title| format!("send to {title}")));
    let name = |tag: &imaging_domain::Tag| keyword(*tag).map_or_else(|| tag.to_string(), str::to_owned);
    what.extend(rule.set.iter().map(|(tag, value)| format!("set {} to \"{value}\"", name(tag))));
    what.extend(rule.removed.iter().map(|tag| format!("remove {}", name(tag))));
    if rule.last {
        what.push("look at no further rule".to_owned());
    }
    let provided = if rule.asks_origin() && origin.calling.is_none() { " (if it came as the rule says)" } else { "" };
    format!("{}: {}{provided}", rule.name, what.join(", "))
}
