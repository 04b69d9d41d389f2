//! What an archive says it has in a window.

use super::windows::{MARKS, identifier, is_beyond_asking, is_undated};
use crate::requester::{Association, Error};
use catalog::{CrawlWindow, ListedStudy};
use dimse::{Category, Status};
use imaging_domain::{DataSet, StudyUid, tags};
use sha2::{Digest, Sha256};

/// The most studies that one answer is read of; of more the rest is asked for in halves.
const MAX_LISTED: usize = 20_000;
/// The most SOP classes that are remembered of a study.
const MAX_CLASSES: usize = 32;

/// An answer.
pub(super) struct Listing {
    pub(super) studies: Vec<ListedStudy>,
    pub(super) end: End,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// These are all.
    Whole,
    /// There are more.
    CutOff,
    /// The archive did not want to answer now.
    Refused(Status),
}

/// Asks for a window.
pub(super) async fn list(
    association: &mut Association,
    window: &CrawlWindow,
    answer_limit: usize,
) -> Result<Listing, Error> {
    if is_beyond_asking(window) {
        return Ok(Listing { studies: vec![], end: End::CutOff });
    }
    let mut finding = association.find(&identifier(window)).await?;
    let (mut studies, mut matches) = (Vec::new(), 0);
    while let Some(found) = finding.next().await? {
        matches += 1;
        let wanted = !is_undated(window) || lacks_time(&found);
        match study(&found) {
            Some(study) if wanted => studies.push(study),
            Some(_) => {}
            None => tracing::warn!("the old archive tells a study without a usable Study Instance UID"),
        }
        if studies.len() >= MAX_LISTED {
            finding.cancel().await?;
            return Ok(Listing { studies, end: End::CutOff });
        }
    }
    let status = finding.status().unwrap_or(Status::PROCESSING_FAILURE);
    Ok(Listing { studies, end: end(status, matches, answer_limit) })
}

/// An answer is cut off by a status that is no success, when something came or resources are at an end; and silently, when it
/// has as many matches as the archive ever gives.
fn end(status: Status, matches: usize, answer_limit: usize) -> End {
    match status.category() {
        Category::Success | Category::Warning if answer_limit > 0 && matches >= answer_limit => End::CutOff,
        Category::Success | Category::Warning => End::Whole,
        Category::Cancel => End::CutOff,
        Category::Failure | Category::Pending if matches > 0 || status.code() & 0xFF00 == 0xA700 => End::CutOff,
        Category::Failure | Category::Pending => End::Refused(status),
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

fn study(found: &DataSet) -> Option<ListedStudy> {
    let instances = found.int(tags::NUMBER_OF_STUDY_RELATED_INSTANCES);
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
            (0x0000, 500, 0, End::Whole),
            (0x0000, 500, 500, End::CutOff),
            (0x0000, 499, 500, End::Whole),
            (0xA700, 0, 0, End::CutOff),
            (0xFE00, 100, 0, End::CutOff),
            (0xC001, 100, 0, End::CutOff),
            (0xC001, 0, 0, End::Refused(Status::from_code(0xC001))),
            (0x0122, 0, 0, End::Refused(Status::from_code(0x0122))),
        ] {
            assert_eq!(end(Status::from_code(status), matches, limit), expected, "{status:04X} {matches}");
        }
    }
}
