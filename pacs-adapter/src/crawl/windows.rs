//! Which part of an archive is asked for at once.
//!
//! A window is a range of study dates (`YYYYMMDD`), or of times of one day (`YYYYMMDDHHMM`). A year is cut in halves down to a
//! minute, when the archive cuts its answer off. One window without dates asks for whatever these cannot find: studies without a
//! date, or without a time on a day that was cut. No key of C-FIND is "without a date", so it asks for all studies and keeps
//! those; when that answer is cut off, it asks by how the patient ID begins, letter after letter. What an archive that cuts its
//! answers off has under patient IDs of other letters stays unknown, and the last such window says so.

use crate::requester::Identifier;
use catalog::CrawlWindow;
use imaging_domain::{Level, StudyUid, Tag, VR, tags};
use jiff::{ToSpan, civil::Date};

const DAY: usize = 8;
const FIRST_DAY: &str = "00010101";
const LAST_DAY: &str = "99991231";
const LAST_MINUTE: u32 = 24 * 60 - 1;
/// What patient IDs are asked to go on with. No space, which archives take away; no small letters, which to many are the same as
/// capital ones; and no `_`, which to some (Orthanc) is any letter: each would ask for the same again and again.
const LETTERS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-./";
/// The longest beginning of a patient ID that is asked for.
const LONGEST: usize = 24;
/// What goes on with none of them.
const OTHER: &str = "?";

/// What is remembered as one mark of a study, which is another when somebody rewrites patient or study in the archive.
pub(super) const MARKS: &[(Tag, VR)] = &[
    (tags::PATIENT_ID, VR::LO),
    (tags::PATIENT_NAME, VR::PN),
    (tags::PATIENT_BIRTH_DATE, VR::DA),
    (tags::PATIENT_SEX, VR::CS),
    (tags::ACCESSION_NUMBER, VR::SH),
    (tags::STUDY_ID, VR::SH),
    (tags::STUDY_DESCRIPTION, VR::LO),
    (tags::REFERRING_PHYSICIAN_NAME, VR::PN),
];

fn window(first: impl Into<String>, last: impl Into<String>) -> CrawlWindow {
    CrawlWindow { first: first.into(), last: last.into() }
}

/// Every date there can be: the years from `earliest` to the next one each by itself, and no date.
pub(super) fn first_windows(today: Date, earliest: i16) -> Vec<CrawlWindow> {
    let last = today.year() + 1;
    let earliest = earliest.clamp(2, last);
    let mut windows = vec![window(format!("{:04}0101", last + 1), LAST_DAY)];
    windows.extend((earliest..=last).rev().map(|year| window(format!("{year:04}0101"), format!("{year:04}1231"))));
    windows.push(window(FIRST_DAY, format!("{:04}1231", earliest - 1)));
    windows.push(window("", ""));
    windows
}

/// Whether a window is the one without dates.
pub(super) fn is_undated(window: &CrawlWindow) -> bool {
    window.last.is_empty()
}

/// Whether nobody can ask for a window: what it stands for stays unknown.
pub(super) fn is_beyond_asking(window: &CrawlWindow) -> bool {
    is_undated(window) && window.first == OTHER
}

/// The parts of a window; `None` when it cannot be smaller.
pub(super) fn parts(whole: &CrawlWindow) -> Option<Vec<CrawlWindow>> {
    if !is_undated(whole) {
        return halves(whole).map(Into::into);
    }
    let smaller = whole.first.len() < LONGEST && !is_beyond_asking(whole);
    // it is said once that there may be others
    let others = whole.first.is_empty().then(|| window(OTHER, ""));
    let below = LETTERS.chars().map(|letter| window(format!("{}{letter}", whole.first), ""));
    smaller.then(|| below.chain(others).collect())
}

fn halves(whole: &CrawlWindow) -> Option<[CrawlWindow; 2]> {
    if whole.first.len() > DAY {
        return halves_of_times(whole.first.get(..DAY)?, minute(&whole.first)?, minute(&whole.last)?);
    }
    if whole.first == whole.last {
        return halves_of_times(&whole.first, 0, LAST_MINUTE);
    }
    let (first, last) = (date(&whole.first)?, date(&whole.last)?);
    let days = first.until(last).ok()?.get_days();
    let middle = first.checked_add((days / 2).days()).ok()?;
    let [middle, after] = [middle, middle.tomorrow().ok()?].map(|date| date.strftime("%Y%m%d").to_string());
    Some([window(&*whole.first, middle), window(after, &*whole.last)])
}

fn halves_of_times(day: &str, first: u32, last: u32) -> Option<[CrawlWindow; 2]> {
    let middle = first + (last.checked_sub(first)?) / 2;
    let at = |minute: u32| format!("{day}{:02}{:02}", minute / 60, minute % 60);
    (first < last).then(|| [window(at(first), at(middle)), window(at(middle + 1), at(last))])
}

fn date(text: &str) -> Option<Date> {
    Date::strptime("%Y%m%d", text).ok()
}

fn minute(text: &str) -> Option<u32> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<u32>().ok();
    Some(number(8..10)? * 60 + number(10..12)?)
}

/// What an archive is asked of whatever studies.
fn of_studies() -> Identifier {
    let asked = Identifier::at(Level::Study)
        .told(tags::STUDY_INSTANCE_UID, VR::UI)
        .told(tags::NUMBER_OF_STUDY_RELATED_INSTANCES, VR::IS)
        .told(tags::SOP_CLASSES_IN_STUDY, VR::UI);
    MARKS.iter().fold(asked, |asked, (tag, vr)| asked.told(*tag, *vr))
}

/// What an archive is asked of one study.
pub(super) fn identifier_of(study: &StudyUid) -> Identifier {
    let asked = of_studies().told(tags::STUDY_DATE, VR::DA).told(tags::STUDY_TIME, VR::TM);
    asked.matching(tags::STUDY_INSTANCE_UID, VR::UI, study.as_str())
}

/// What an archive is asked for a window.
pub(super) fn identifier(window: &CrawlWindow) -> Identifier {
    let asked = of_studies();
    let CrawlWindow { first, last } = window;
    if is_undated(window) {
        let asked = asked.told(tags::STUDY_DATE, VR::DA).told(tags::STUDY_TIME, VR::TM);
        return if first.is_empty() { asked } else { asked.matching(tags::PATIENT_ID, VR::LO, &format!("{first}*")) };
    }
    if first.len() > DAY {
        let times = format!("{}00-{}59.999999", &first[DAY..], &last[DAY..]);
        return asked.matching(tags::STUDY_DATE, VR::DA, &first[..DAY]).matching(tags::STUDY_TIME, VR::TM, &times);
    }
    let dates = match (first.as_str(), last.as_str()) {
        (first, last) if first == last => first.to_owned(),
        (FIRST_DAY, last) => format!("-{last}"),
        (first, LAST_DAY) => format!("{first}-"),
        (first, last) => format!("{first}-{last}"),
    };
    asked.matching(tags::STUDY_DATE, VR::DA, &dates).told(tags::STUDY_TIME, VR::TM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_cover_every_date_once() {
        let windows = first_windows(jiff::civil::date(2024, 5, 6), 2022);
        let texts: Vec<_> = windows.iter().map(|window| (window.first.as_str(), window.last.as_str())).collect();
        let expected = [
            ("20260101", "99991231"),
            ("20250101", "20251231"),
            ("20240101", "20241231"),
            ("20230101", "20231231"),
            ("20220101", "20221231"),
            ("00010101", "20211231"),
            ("", ""),
        ];
        assert_eq!(texts, expected);
    }

    #[test]
    fn halves_meet_and_end_at_a_minute() {
        let check = |first: &str, last: &str, expected: Option<[(&str, &str); 2]>| {
            let halves = halves(&window(first, last));
            assert_eq!(
                halves,
                expected.map(|halves| halves.map(|(first, last)| window(first, last))),
                "{first}-{last}"
            );
        };
        check("20240101", "20241231", Some([("20240101", "20240701"), ("20240702", "20241231")]));
        check("20240228", "20240229", Some([("20240228", "20240228"), ("20240229", "20240229")]));
        check("20240229", "20240229", Some([("202402290000", "202402291159"), ("202402291200", "202402292359")]));
        check(
            "202402291200",
            "202402291201",
            Some([("202402291200", "202402291200"), ("202402291201", "202402291201")]),
        );
        check("202402291200", "202402291200", None);
    }

    #[test]
    fn studies_without_a_date_are_asked_for_by_patient_id() {
        let parts = |first: &str| super::parts(&window(first, ""));
        let below = parts("A1").unwrap();
        assert_eq!((&*below[0].first, below.len()), ("A10", LETTERS.len()));
        assert!(below.iter().all(|window| is_undated(window) && !is_beyond_asking(window)));
        assert_eq!(parts("").unwrap().iter().filter(|window| is_beyond_asking(window)).count(), 1);
        assert_eq!((parts(OTHER), parts(&"A".repeat(LONGEST))), (None, None));
    }
}
