//! The one language in which the region is asked: QIDO-RS parameters and C-FIND identifiers both become a
//! [`Query`], and the index turns it into its own SQL.

use crate::{
    attribute::{self, Attribute, Level, Rule},
    error::Invalid,
    site::SiteId,
    uid::{InstanceUid, SeriesUid, StudyUid},
};
use dicom_core::Tag;
use std::fmt;

/// The most characters one matching key may have.
pub const MAX_KEY_LENGTH: usize = 4096;
/// The most values a list may have.
pub const MAX_LIST: usize = 1000;
/// The most keys a query may have.
pub const MAX_KEYS: usize = 64;
/// The most results one answer holds; whoever wants more asks for the next page.
pub const MAX_LIMIT: u32 = 1000;

/// A question to the index. `Debug` names the keys and hides their values.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// What one result is.
    pub level: Level,
    /// What has to match, all of it.
    pub keys: Vec<Key>,
    /// Which attributes an answer has beyond those that come unasked.
    pub include: Include,
    /// Which part of the results.
    pub page: Page,
    /// Only what one of these sites holds; every site when empty.
    pub sites: Vec<SiteId>,
}

/// One matching key.
#[derive(Clone, PartialEq)]
pub struct Key {
    /// Over which attribute; its level is the query's or a higher one.
    pub attribute: &'static Attribute,
    /// How.
    pub matching: Matching,
}

/// How a key matches (PS3.4 C.2.2.2). A universal key is no key: it only includes its attribute.
#[derive(Clone, PartialEq, Eq)]
pub enum Matching {
    /// This value.
    Single(String),
    /// One of these.
    List(Vec<String>),
    /// `*` for any run of characters, `?` for one.
    Wildcard(String),
    /// From, to, both ends included; an absent end is open. Ends are DA or TM texts without punctuation.
    Range {
        /// First value that matches.
        from: Option<String>,
        /// Last value that matches.
        to: Option<String>,
    },
}

/// Attributes to return beyond the unasked ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Include {
    /// These, by outermost tag; unknown ones are ignored.
    These(Vec<Tag>),
    /// Everything the index has.
    All,
}

/// A part of the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// At most so many, 1 to [`MAX_LIMIT`].
    pub limit: u32,
    /// After skipping so many.
    pub offset: u32,
}

impl Default for Page {
    fn default() -> Self {
        Self { limit: MAX_LIMIT, offset: 0 }
    }
}

impl Query {
    /// Everything at a level, first page.
    pub fn at(level: Level) -> Self {
        Self { level, keys: vec![], include: Include::These(vec![]), page: Page::default(), sites: vec![] }
    }

    /// Narrowed to one study.
    #[must_use]
    pub fn in_study(self, study: &StudyUid) -> Self {
        self.with_uid(dicom_dictionary_std::tags::STUDY_INSTANCE_UID, study.as_str())
    }

    /// Narrowed to one series.
    #[must_use]
    pub fn in_series(self, series: &SeriesUid) -> Self {
        self.with_uid(dicom_dictionary_std::tags::SERIES_INSTANCE_UID, series.as_str())
    }

    /// Narrowed to one instance.
    #[must_use]
    pub fn of_instance(self, instance: &InstanceUid) -> Self {
        self.with_uid(dicom_dictionary_std::tags::SOP_INSTANCE_UID, instance.as_str())
    }

    /// Another page.
    #[must_use]
    pub fn page(mut self, limit: u32, offset: u32) -> Self {
        self.page = Page { limit: limit.clamp(1, MAX_LIMIT), offset };
        self
    }

    fn with_uid(mut self, tag: Tag, uid: &str) -> Self {
        if let Some(attribute) = attribute::find(&[tag]) {
            self.keys.push(Key { attribute, matching: Matching::Single(uid.to_owned()) });
        }
        self
    }

    /// Adds a key as a client wrote it. A universal key (empty, or only `*`) includes its attribute instead.
    ///
    /// # Errors
    /// [`Invalid`] when the attribute is below the query's level or is not a key, or the text is too long or
    /// no range.
    pub fn add_key(&mut self, attribute: &'static Attribute, text: &str) -> Result<(), Invalid> {
        if attribute.level > self.level {
            return Err(Invalid::new("matching key", "its attribute is below the level of the query"));
        }
        if self.keys.len() >= MAX_KEYS {
            return Err(Invalid::new("query", "it has too many keys"));
        }
        match Matching::parse(attribute, text)? {
            Some(matching) => self.keys.push(Key { attribute, matching }),
            None => self.include.add(attribute.root()),
        }
        Ok(())
    }
}

impl Include {
    /// One more attribute.
    pub fn add(&mut self, tag: Tag) {
        if let Self::These(tags) = self
            && !tags.contains(&tag)
            && tags.len() < MAX_LIST
        {
            tags.push(tag);
        }
    }

    /// Whether an answer carries the attribute.
    pub fn wants(&self, attribute: &Attribute) -> bool {
        match self {
            Self::All => true,
            Self::These(tags) => attribute.unasked || tags.contains(&attribute.root()),
        }
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
/// or hour it names; punctuation of the ACR-NEMA forms (`2024.01.31`, `12:30`) is taken off.
fn range(attribute: &Attribute, text: &str) -> Result<Matching, Invalid> {
    let is_date = attribute.vr == dicom_core::VR::DA;
    let digits = |part: &str| -> Result<Option<String>, Invalid> {
        let kept: String = part.chars().filter(|c| !matches!(c, ':' | ' ')).collect();
        let kept = if is_date { kept.replace('.', "") } else { kept };
        let valid = kept.chars().all(|c| c.is_ascii_digit() || c == '.');
        let fits = if is_date { kept.is_empty() || kept.len() == 8 } else { kept.len() <= 13 };
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
            let to = Some(upper_end(attribute, value.clone()));
            Ok(if is_date { Matching::Single(value) } else { Matching::Range { from: Some(value), to } })
        }
    }
}

/// A time's upper end covers what was not said: `12` is up to `125959.999999`.
fn upper_end(attribute: &Attribute, mut to: String) -> String {
    if attribute.vr == dicom_core::VR::TM {
        const LAST: &str = "235959.999999";
        to.push_str(LAST.get(to.len()..).unwrap_or_default());
    }
    to
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:?}", self.attribute.keyword, self.matching)
    }
}

impl fmt::Debug for Matching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Single(_) => "=***",
            Self::List(_) => " in ***",
            Self::Wildcard(_) => " like ***",
            Self::Range { .. } => " between ***",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dicom_dictionary_std::tags;

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
        assert_eq!(parsed(tags::STUDY_TIME, "12"), between("12", "125959.999999"));
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
    fn debug_hides_values() {
        let mut query = Query::at(Level::Study);
        query.add_key(attribute::find(&[tags::PATIENT_NAME]).unwrap(), "WANG^XIAOMING").unwrap();
        assert!(!format!("{query:?}").contains("WANG"));
    }
}
