//! What one key of a query says about an attribute.

use crate::{
    attribute::{Attribute, Rule},
    date_time::{ends, moments},
    error::Invalid,
};
use dicom_core::VR;
use dicom_dictionary_std::tags;
use std::fmt;

/// The most characters one matching key may have.
pub const MAX_KEY_LENGTH: usize = 4096;
/// The most values a list may have.
pub const MAX_LIST: usize = 1000;
/// The last moment of a day (PS3.5 6.2 TM).
const LAST_TIME: &str = "235959.999999";

/// How a key matches (PS3.4 C.2.2.2). A universal key is no key: it only includes its attribute.
#[derive(Clone, PartialEq, Eq)]
pub enum Matching {
    /// This value.
    Single(String),
    /// One of these.
    List(Vec<String>),
    /// Each of these, in whatever order (multiple value matching, PS3.4 C.2.2.2.8).
    All(Vec<String>),
    /// No value, or none at all (empty value matching, PS3.4 C.2.2.2.7).
    Empty,
    /// `*` for any run of characters, `?` for one.
    Wildcard(String),
    /// From, to, both ends included; an absent end is open. Ends are DA or TM texts without punctuation, or DT texts.
    Range {
        /// First value that matches.
        from: Option<String>,
        /// Last value that matches.
        to: Option<String>,
    },
    /// From a date with a time to another, both included (combined date-time matching). Ends as in [`Range`](Self::Range);
    /// a time that is empty is the first of its day.
    DateTimes {
        /// First date and time that match.
        from: Option<(String, String)>,
        /// Last date and time that match.
        to: Option<(String, String)>,
    },
}

impl Attribute {
    /// Whether multiple value matching is for it: a value multiplicity above one, and not a list of UIDs
    /// (PS3.4 C.2.2.2.8).
    pub fn is_multiple(&self) -> bool {
        matches!(self.path, [tags::MODALITIES_IN_STUDY | tags::IMAGE_TYPE | tags::PERFORMING_PHYSICIAN_NAME])
    }
}

impl Matching {
    /// Reads a key's text by its attribute's rule; `None` is universal matching.
    ///
    /// # Errors
    /// [`Invalid`] as [`Query::add_key`] says.
    pub fn parse(attribute: &Attribute, text: &str) -> Result<Option<Self>, Invalid> {
        let text = text.trim_matches([' ', '\0']);
        if text.len() > MAX_KEY_LENGTH {
            return Err(Invalid::new("matching key", "it is too long"));
        }
        if text.is_empty() || text.bytes().all(|b| b == b'*') {
            return Ok(None);
        }
        match attribute.rule {
            Rule::None => Err(Invalid::new("matching key", "its attribute is returned but is not a key")),
            Rule::Range => range(attribute, text).map(Some),
            Rule::List => list(text).map(Some),
            Rule::Text | Rule::Name if text.contains(['*', '?']) => Ok(Some(Self::Wildcard(text.to_owned()))),
            Rule::Number => Ok(Some(Self::Single(number(text)))),
            Rule::Text | Rule::Name => Ok(Some(Self::Single(text.to_owned()))),
        }
    }

    /// Matching of several values, all of which an entity must have; `None` when there is none.
    ///
    /// # Errors
    /// [`Invalid`] when there are too many, one is too long, or one has a wildcard, which the Standard forbids.
    pub fn all(values: Vec<String>) -> Result<Option<Self>, Invalid> {
        let wrong = |why| Err(Invalid::new("matching key", why));
        if values.len() > MAX_LIST || values.iter().any(|value| value.len() > MAX_KEY_LENGTH) {
            return wrong("it is too long");
        }
        if values.iter().any(|value| value.contains(['*', '?'])) {
            return wrong("several values that all have to match have no wildcards");
        }
        Ok((!values.is_empty()).then_some(Self::All(values)))
    }

    /// The range of dates with a range of times as one; `None` when either is none.
    pub(crate) fn with_time(&self, time: &Self) -> Option<Self> {
        let (Self::Range { from: first, to: last }, Self::Range { from, to }) = (self, time) else { return None };
        let first = first.clone().map(|date| (date, from.clone().unwrap_or_default()));
        let last = last.clone().map(|date| (date, to.clone().unwrap_or_else(|| LAST_TIME.to_owned())));
        Some(Self::DateTimes { from: first, to: last })
    }
}

/// IS compares as a number: "+05" and "5" are the same.
fn number(text: &str) -> String {
    text.parse::<i64>().map_or_else(|_| text.to_owned(), |n| n.to_string())
}

/// A list by backslash (C-FIND) or comma (QIDO-RS); CS and UI have neither inside.
fn list(text: &str) -> Result<Matching, Invalid> {
    let mut values: Vec<String> =
        text.split(['\\', ',']).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty()).collect();
    if values.len() > MAX_LIST {
        return Err(Invalid::new("matching key", "its list is too long"));
    }
    match values.len() {
        0 => Err(Invalid::new("matching key", "its list is empty")),
        1 if values[0].contains(['*', '?']) => Ok(Matching::Wildcard(values.remove(0))),
        1 => Ok(Matching::Single(values.remove(0))),
        _ => Ok(Matching::List(values)),
    }
}

/// A date or time, or two with a hyphen between (PS3.4 C.2.2.2.5). A single time stands for the whole minute
/// or hour it names, which the index knows; punctuation of the ACR-NEMA forms (`2024.01.31`, `12:30`) is taken off.
fn range(attribute: &Attribute, text: &str) -> Result<Matching, Invalid> {
    if attribute.vr == VR::DT {
        return date_times(text);
    }
    let digits = |part: &str| -> Result<Option<String>, Invalid> {
        let kept: String = part.chars().filter(|c| !matches!(c, ':' | ' ')).collect();
        let kept = if attribute.vr == VR::DA { kept.replace('.', "") } else { kept };
        let valid = kept.chars().all(|c| c.is_ascii_digit() || c == '.');
        let fits = if attribute.vr == VR::DA { kept.is_empty() || kept.len() == 8 } else { kept.len() <= 13 };
        if !valid || !fits {
            return Err(Invalid::new("matching key", "it is no date or time and no range of them"));
        }
        Ok((!kept.is_empty()).then_some(kept))
    };
    match text.split_once('-') {
        Some((from, to)) => {
            let (from, to) = (digits(from)?, digits(to)?);
            if from.is_none() && to.is_none() {
                return Err(Invalid::new("matching key", "its range has no end at all"));
            }
            Ok(Matching::Range { from, to: to.map(|to| upper_end(attribute, to)) })
        }
        None => {
            let value = digits(text)?.ok_or(Invalid::new("matching key", "it is empty"))?;
            // the ends of a range are often none either: 20240200, 20240231
            if attribute.vr == VR::DA && !is_day(&value) {
                return Err(Invalid::new("matching key", "it is no day of any month"));
            }
            Ok(Matching::Single(value))
        }
    }
}

/// Whether eight digits are a day of a month.
fn is_day(digits: &str) -> bool {
    let part = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<u8>().ok());
    digits.len() == 8
        && part(4, 6).is_some_and(|month| (1..=12).contains(&month))
        && part(6, 8).is_some_and(|day| (1..=31).contains(&day))
}

/// A DT value, or a range of them.
fn date_times(text: &str) -> Result<Matching, Invalid> {
    let owned = |end: Option<&str>| end.map(str::to_owned);
    match ends(text) {
        Some((from, to)) => Ok(Matching::Range { from: owned(from), to: owned(to) }),
        None if moments(text).is_some() => Ok(Matching::Single(text.to_owned())),
        None => Err(Invalid::new("matching key", "it is no date and time and no range of them")),
    }
}

/// A time's upper end covers what was not said: `12` is up to `125959.999999`.
fn upper_end(attribute: &Attribute, mut to: String) -> String {
    if attribute.vr == VR::TM {
        to.push_str(LAST_TIME.get(to.len()..).unwrap_or_default());
    }
    to
}

impl fmt::Debug for Matching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Single(_) => "=***",
            Self::List(_) => " in ***",
            Self::All(_) => " with ***",
            Self::Empty => " is empty",
            Self::Wildcard(_) => " like ***",
            Self::Range { .. } | Self::DateTimes { .. } => " between ***",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribute;
    use dicom_core::Tag;

    fn parsed(tag: Tag, text: &str) -> Result<Option<Matching>, Invalid> {
        Matching::parse(attribute::find(&[tag]).expect("in the table"), text)
    }

    fn between(from: &str, to: &str) -> Result<Option<Matching>, Invalid> {
        let end = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Ok(Some(Matching::Range { from: end(from), to: end(to) }))
    }

    #[test]
    fn keys_become_matchings() {
        assert_eq!(parsed(tags::PATIENT_NAME, "WANG*"), Ok(Some(Matching::Wildcard("WANG*".into()))));
        assert_eq!(parsed(tags::PATIENT_NAME, "**"), Ok(None));
        assert_eq!(
            parsed(tags::STUDY_INSTANCE_UID, "1.2\\1.3"),
            Ok(Some(Matching::List(vec!["1.2".into(), "1.3".into()])))
        );
        assert_eq!(
            parsed(tags::MODALITIES_IN_STUDY, "CT,MR"),
            Ok(Some(Matching::List(vec!["CT".into(), "MR".into()])))
        );
        assert_eq!(parsed(tags::STUDY_DATE, "20240101-20240131"), between("20240101", "20240131"));
        assert_eq!(parsed(tags::STUDY_DATE, "-20240131"), between("", "20240131"));
        assert_eq!(parsed(tags::STUDY_DATE, "2024.01.31"), Ok(Some(Matching::Single("20240131".into()))));
        assert_eq!(parsed(tags::STUDY_TIME, "12"), Ok(Some(Matching::Single("12".into()))));
        assert_eq!(parsed(tags::STUDY_TIME, "12-"), between("12", ""));
        assert_eq!(parsed(tags::STUDY_TIME, "-12"), between("", "125959.999999"));
        let start = crate::worklist::find(&[tags::SCHEDULED_PROCEDURE_STEP_START_DATE_TIME]).unwrap();
        assert_eq!(Matching::parse(start, "20260101-2027"), between("20260101", "2027"));
        assert_eq!(Matching::parse(start, "20260101-0500"), Ok(Some(Matching::Single("20260101-0500".into()))));
        assert!(Matching::parse(start, "2026-yesterday").is_err());
        assert_eq!(parsed(tags::SERIES_NUMBER, "+05"), Ok(Some(Matching::Single("5".into()))));
    }

    #[test]
    fn nonsense_is_refused() {
        for (tag, text) in
            [(tags::STUDY_DATE, "yesterday"), (tags::STUDY_DATE, "2024"), (tags::STUDY_DATE, "-"), (tags::ROWS, "512")]
        {
            assert!(parsed(tag, text).is_err(), "{text}");
        }
    }

    #[test]
    fn several_values_have_no_wildcards() {
        let all = |values: &[&str]| Matching::all(values.iter().map(|value| (*value).to_owned()).collect());
        assert_eq!(all(&["CT", "PT"]), Ok(Some(Matching::All(vec!["CT".into(), "PT".into()]))));
        assert_eq!(all(&[]), Ok(None));
        assert!(all(&["CT", "M*"]).is_err());
    }
}
