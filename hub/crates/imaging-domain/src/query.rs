//! The one language in which the region is asked: QIDO-RS parameters and C-FIND identifiers both become a
//! [`Query`], and the index turns it into its own SQL.

use crate::{
    attribute::{self, Attribute, Level},
    error::Invalid,
    matching::{MAX_LIST, Matching},
    site::SiteId,
    uid::{InstanceUid, SeriesUid, StudyUid},
};
use dicom_core::Tag;
use dicom_dictionary_std::tags;
use std::fmt;

/// The most keys a query may have.
pub const MAX_KEYS: usize = 64;
/// The most results that the index gives at once; whoever wants more goes on from there.
pub const MAX_LIMIT: u32 = 1000;
/// A limit that is none.
pub const NO_LIMIT: u32 = u32::MAX;

/// A question to the index. `Debug` names the keys and hides their values.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// What one result is.
    pub level: Level,
    /// What has to match, all of it.
    pub keys: Vec<Key>,
    /// How names match.
    pub names: Names,
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
    /// Over which attribute, of any level.
    pub attribute: &'static Attribute,
    /// How.
    pub matching: Matching,
}

/// How keys over person names match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Names {
    /// As written, but for case, width and the writing of separators.
    #[default]
    Literal,
    /// Fuzzy semantic matching (PS3.4 C.2.2.2.1, PS3.18 8.3.4.2): each word of the key begins a word of the name, in any
    /// order and without regard to accents; Chinese characters and their romanisation find each other.
    Fuzzy,
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
    /// At most so many, 1 to [`MAX_LIMIT`] at once; [`NO_LIMIT`] for all.
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
        let (keys, include) = (vec![], Include::These(vec![]));
        Self { level, keys, names: Names::Literal, include, page: Page::default(), sites: vec![] }
    }

    /// Narrowed to one study.
    #[must_use]
    pub fn in_study(self, study: &StudyUid) -> Self {
        self.with_uid(tags::STUDY_INSTANCE_UID, study.as_str())
    }

    /// Narrowed to one series.
    #[must_use]
    pub fn in_series(self, series: &SeriesUid) -> Self {
        self.with_uid(tags::SERIES_INSTANCE_UID, series.as_str())
    }

    /// Narrowed to one instance.
    #[must_use]
    pub fn of_instance(self, instance: &InstanceUid) -> Self {
        self.with_uid(tags::SOP_INSTANCE_UID, instance.as_str())
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

    /// Adds a key as a client wrote it. A universal key (empty, or only `*`) includes its attribute instead. Keys below the
    /// query's level all have to match in one thing there (relational queries, PS3.4 C.4.1.2.2.1).
    ///
    /// # Errors
    /// [`Invalid`] when the attribute is not a key, or the text is too long or no range.
    pub fn add_key(&mut self, attribute: &'static Attribute, text: &str) -> Result<(), Invalid> {
        if self.keys.len() >= MAX_KEYS {
            return Err(Invalid::new("query", "it has too many keys"));
        }
        match Matching::parse(attribute, text)? {
            Some(matching) => self.keys.push(Key { attribute, matching }),
            None => self.include.add(attribute.root()),
        }
        Ok(())
    }

    /// Makes one range of each pair of a date's and a time's range (combined date-time matching, PS3.4 C.2.2.2.5.4):
    /// from the first time of the first date to the last time of the last, not that time of every day.
    pub fn combine_date_times(&mut self) {
        for (date, time) in DATE_TIMES {
            let place = |tag: Tag| {
                let is_range = |key: &Key| matches!(key.matching, Matching::Range { .. });
                self.keys.iter().position(|key| key.attribute.path == [tag] && is_range(key))
            };
            let (Some(date), Some(time)) = (place(date), place(time)) else { continue };
            if let Some(both) = self.keys[date].matching.with_time(&self.keys[time].matching) {
                self.keys[date].matching = both;
                self.keys.remove(time);
            }
        }
    }
}

/// Dates with their times.
const DATE_TIMES: [(Tag, Tag); 4] = [
    (tags::STUDY_DATE, tags::STUDY_TIME),
    (tags::SERIES_DATE, tags::SERIES_TIME),
    (tags::CONTENT_DATE, tags::CONTENT_TIME),
    (tags::PERFORMED_PROCEDURE_STEP_START_DATE, tags::PERFORMED_PROCEDURE_STEP_START_TIME),
];

/// The time that belongs to a date.
pub fn time_of(date: Tag) -> Option<Tag> {
    DATE_TIMES.iter().find(|(of, _)| *of == date).map(|(_, time)| *time)
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

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:?}", self.attribute.keyword, self.matching)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(keys: &[(Tag, &str)]) -> Query {
        let mut query = Query::at(Level::Instance);
        for (tag, text) in keys {
            query.add_key(attribute::find(&[*tag]).unwrap(), text).unwrap();
        }
        query.combine_date_times();
        query
    }

    #[test]
    fn ranges_of_a_date_and_its_time_become_one() {
        let query = asked(&[(tags::STUDY_TIME, "10-1230"), (tags::STUDY_DATE, "20240101-20240131")]);
        let (from, to) = (("20240101".into(), "10".into()), ("20240131".into(), "123059.999999".into()));
        assert_eq!(query.keys.len(), 1);
        assert!(query.keys[0].matching == Matching::DateTimes { from: Some(from), to: Some(to) });
        for apart in [
            &[(tags::STUDY_TIME, "10"), (tags::STUDY_DATE, "20240101-20240131")],
            &[(tags::STUDY_TIME, "10-12"), (tags::STUDY_DATE, "20240101")],
            &[(tags::SERIES_TIME, "10-12"), (tags::STUDY_DATE, "20240101-")],
        ] {
            assert_eq!(asked(apart).keys.len(), 2);
        }
    }

    #[test]
    fn debug_hides_values() {
        let mut query = Query::at(Level::Study);
        query.add_key(attribute::find(&[tags::PATIENT_NAME]).unwrap(), "WANG^XIAOMING").unwrap();
        assert!(!format!("{query:?}").contains("WANG"));
    }
}
