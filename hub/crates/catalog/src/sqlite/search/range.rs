//! Ranges of dates, of times, and of both together (PS3.4 C.2.2.2.5).

use super::pattern::Test;
use crate::{error::Error, sqlite::columns};
use imaging_domain::{Attribute, VR, attribute::Rule, tags};

const WRONG: Error = Error::Invalid("an end of a range is no date or time");

/// A range of an attribute's own values.
pub(super) fn between(attribute: &Attribute, from: Option<&str>, to: Option<&str>) -> Result<Test, Error> {
    let end = |text: Option<&str>, read: fn(&str) -> Option<String>| match text {
        None => Some(None),
        Some(text) => read(text).map(Some),
    };
    let ends = match (attribute.rule, attribute.vr) {
        (Rule::Range, VR::TM) => (end(from, columns::time_from), end(to, columns::time_to)),
        (Rule::Range, _) => (end(from, columns::date), end(to, columns::date)),
        _ => return Err(Error::Invalid("a range is over an attribute that is no date or time")),
    };
    match ends {
        (Some(from), Some(to)) => Ok(Test::Between { from, to }),
        _ => Err(WRONG),
    }
}

/// A range of a date with its time, as a comparison of pairs: the index of the order knows them.
pub(super) fn date_times(
    attribute: &Attribute,
    from: Option<&(String, String)>,
    to: Option<&(String, String)>,
    bind: &mut dyn FnMut(&str) -> String,
) -> Result<String, Error> {
    let (date, time) = match attribute.path {
        [tags::STUDY_DATE] => ("s.StudyDate", "s.StudyTime"),
        [tags::SERIES_DATE] => ("e.SeriesDate", "e.SeriesTime"),
        [tags::CONTENT_DATE] => ("i.ContentDate", "i.ContentTime"),
        [tags::PERFORMED_PROCEDURE_STEP_START_DATE] => {
            ("e.PerformedProcedureStepStartDate", "e.PerformedProcedureStepStartTime")
        }
        _ => return Err(Error::Invalid("a date has no time of its own")),
    };
    // Who has no date matches no range.
    let mut all = vec![format!("{date} <> ''")];
    for (end, compares, read) in
        [(from, ">=", columns::time_from as fn(&str) -> Option<String>), (to, "<=", columns::time_to)]
    {
        let Some((day, moment)) = end else { continue };
        let day = columns::date(day).ok_or(WRONG)?;
        let moment = if moment.is_empty() { String::new() } else { read(moment).ok_or(WRONG)? };
        let (day, moment) = (bind(&day), bind(&moment));
        // The day alone once more, for the index.
        all.push(format!("{date} {compares} {day} AND ({date}, {time}) {compares} ({day}, {moment})"));
    }
    Ok(format!("({})", all.join(" AND ")))
}
