//! What an archive says it has in a window.

use super::{
    crawler::overview,
    windows::{MARKS, identifier, is_beyond_asking, is_undated},
};
use crate::requester::{Association, Error};
use catalog::{CrawlWindow, Crawls, ListedStudy};
use dimse::{Category, Status};
use imaging_domain::{AeTitle, DataSet, StudyUid, tags};
use sha2::{Digest, Sha256};

/// The most studies that one answer is read of; of more the rest is asked for in halves.
const MAX_LISTED: usize = 20_000;
/// The most SOP classes that are remembered of a study.
const MAX_CLASSES: usize = 32;

/// The most of those that stand aside until it is known whether they were told before.
const MAX_ASIDE: usize = 1000;

/// An answer.
pub(super) struct Listing {
    pub(super) studies: Vec<ListedStudy>,
    /// Matches that name no study that can be asked for.
    pub(super) unusable: usize,
    pub(super) end: End,
}

/// How it ended.
#[derive(Debug)]
pub(super) enum End {
    /// These are all.
    Whole,
    /// There are more.
    CutOff,
    /// There may be more: the association broke in the middle.
    Broken(Error),
    /// The archive did not want to answer now.
    Refused(Status),
}

/// Asks for a window.
pub(super) async fn list(
    association: &mut Association,
    window: &CrawlWindow,
    answer_limit: usize,
    pass: &Heard<'_>,
) -> Result<Listing, Error> {
    let mut listing = Listing { studies: vec![], unusable: 0, end: End::CutOff };
    if is_beyond_asking(window) {
        return Ok(listing);
    }
    let (mut finding, mut matches, mut aside) = (association.find(&identifier(window)).await?, 0, Vec::new());
    loop {
        match finding.next().await {
            Ok(Some(found)) => match study(&found) {
                Some(study) if is_undated(window) && !lacks_time(&found) => aside.push(study),
                Some(study) => listing.studies.push(study),
                None => listing.unusable += 1,
            },
            Ok(None) => break,
            Err(error) if matches > 0 => {
                listing.studies.extend(pass.untold(aside).await);
                listing.end = End::Broken(error);
                return Ok(listing);
            }
            Err(error) => return Err(error),
        }
        matches += 1;
        if aside.len() >= MAX_ASIDE {
            listing.studies.extend(pass.untold(std::mem::take(&mut aside)).await);
        }
        if listing.studies.len() >= MAX_LISTED {
            finding.cancel().await?;
            return Ok(listing);
        }
    }
    let status = finding.status().unwrap_or(Status::PROCESSING_FAILURE);
    listing.studies.extend(pass.untold(aside).await);
    listing.end = end(status, matches, answer_limit);
    Ok(listing)
}

/// An answer is cut off by a status that is no success, when something came or resources are at an end; and silently, when it
/// has as many matches as the archive ever gives.
fn end(status: Status, matches: usize, answer_limit: usize) -> End {
    match status.category() {
        Category::Success if answer_limit > 0 && matches >= answer_limit => End::CutOff,
        Category::Success => End::Whole,
        Category::Warning if matches == 0 => End::Whole,
        Category::Cancel | Category::Warning => End::CutOff,
        Category::Failure | Category::Pending if matches > 0 || status.code() & 0xFF00 == 0xA700 => End::CutOff,
        Category::Failure | Category::Pending => End::Refused(status),
    }
}

/// What a pass has heard of.
pub(super) struct Heard<'a> {
    pub(super) crawls: &'a dyn Crawls,
    pub(super) archive: &'a AeTitle,
}

impl Heard<'_> {
    /// Those of which it has not; all when that cannot be found out.
    async fn untold(&self, studies: Vec<ListedStudy>) -> Vec<ListedStudy> {
        if studies.is_empty() {
            return studies;
        }
        let Ok(permit) = overview() else { return studies };
        let uids = studies.iter().map(|study| study.study.clone()).collect();
        match self.crawls.untold(&permit, self.archive, uids).await {
            Ok(untold) => studies.into_iter().filter(|study| untold.contains(&study.study)).collect(),
            Err(_) => studies,
        }
    }
}

fn lacks_time(found: &DataSet) -> bool {
    day(found).is_empty() || found.text(tags::STUDY_TIME).is_none()
}

fn day(found: &DataSet) -> String {
    let text = found.text(tags::STUDY_DATE).unwrap_or_default();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() == 8 { digits } else { String::new() }
}

/// What is told of a study. That it has no instances is what archives say that do not count them.
pub(super) fn study(found: &DataSet) -> Option<ListedStudy> {
    let instances = found.int(tags::NUMBER_OF_STUDY_RELATED_INSTANCES).filter(|count| *count > 0);
    Some(ListedStudy {
        study: StudyUid::parse(found.text(tags::STUDY_INSTANCE_UID)?).ok()?,
        date: day(found),
        instances: instances.and_then(|count| u64::try_from(count).ok()),
        classes: found.texts(tags::SOP_CLASSES_IN_STUDY).iter().take(MAX_CLASSES).cloned().collect(),
        mark: mark(found),
    })
}

fn mark(found: &DataSet) -> String {
    let mut hasher = Sha256::new();
    for tag in MARKS.iter().map(|(tag, _)| *tag).chain([tags::STUDY_DATE, tags::STUDY_TIME]) {
        hasher.update(found.texts(tag).join("\\").trim());
        hasher.update([0]);
    }
    hex::encode(&hasher.finalize()[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_cut_off_is_seen() {
        for (status, matches, limit, expected) in [
            (0x0000, 500, 0, "Whole"),
            (0x0000, 500, 500, "CutOff"),
            (0x0000, 499, 500, "Whole"),
            (0xB000, 0, 0, "Whole"),
            (0xB000, 5, 0, "CutOff"),
            (0xA700, 0, 0, "CutOff"),
            (0xFE00, 100, 0, "CutOff"),
            (0xC001, 100, 0, "CutOff"),
            (0xC001, 0, 0, "Refused"),
            (0x0122, 0, 0, "Refused"),
        ] {
            let end = format!("{:?}", end(Status::from_code(status), matches, limit));
            assert!(end.starts_with(expected), "{status:04X} {matches}: {end}");
        }
    }
}
