//! QIDO-RS query strings (PS3.18 8.3.4 and 10.6.1) to the one query language.

use crate::{
    error::Error,
    parameters::{Pair, pairs},
    warning::Warning,
};
use attribute_name::{display, path};
use imaging_domain::{
    Attribute, Include, Key, Level, Matching, NO_LIMIT, Names, Page, Query, Tag,
    attribute::{self, Rule},
    tags, worklist,
};
use value::{is_true, is_universal, number, takes_utf8};

mod address;
mod attribute_name;
mod list;
mod value;

pub use address::search_path;

/// The most values a list key may have, over all its repetitions.
pub const MAX_VALUES: usize = 1_000;
/// The most different keys.
const MAX_KEYS: usize = 64;
/// What stands for no value, when it is asked so (PS3.4 C.2.2.2.7).
const EMPTY: &str = "\"\"";
/// The most attributes `includefield` may name.
const MAX_INCLUDED: usize = 1_000;

/// Reads the query string of a search at a level, without the question mark. The resource's own UIDs are added by
/// the caller with [`Query::in_study`] and its kin.
///
/// Keys are keywords, eight hexadecimal digits, or either with dots between for a path of sequences. Keys below the level match
/// what one thing below a result has. A key that the index does not know is ignored with a [`Warning`]; so are parameters that
/// have no effect here. `Modality` in a search for studies means `ModalitiesInStudy`, as its senders mean it. Without a limit, or
/// with one of 0, there is [none](NO_LIMIT). Ranges of a date and of its time are one range.
///
/// # Errors
/// [`Error::Invalid`] for what is malformed: no UTF-8, a date that is none, a limit that is no number, a switch that is
/// neither on nor off.
/// [`Error::TooLong`] above a limit of this room.
///
/// ```
/// use imaging_domain::Level;
/// let (query, warnings) = dicomweb::parse_search(Level::Study, "PatientName=WANG*&limit=25&00080060=CT").unwrap();
/// assert_eq!((query.keys.len(), query.page.limit, warnings.len()), (2, 25, 0));
/// ```
pub fn parse_search(level: Level, query: &str) -> Result<(Query, Vec<Warning>), Error> {
    parse(level, attribute::find, query)
}

/// The same for the steps of a worklist (PS3.18 11.9.1.2), whose keys are [`worklist::keys`].
///
/// # Errors
/// As [`parse_search`].
pub fn parse_worklist_search(query: &str) -> Result<(Query, Vec<Warning>), Error> {
    parse(Level::Study, worklist::find, query)
}

/// Finds the attribute of a path of tags.
type Find = fn(&[Tag]) -> Option<&'static Attribute>;

fn parse(level: Level, find: Find, query: &str) -> Result<(Query, Vec<Warning>), Error> {
    let pairs = pairs(query)?;
    let query = Query { page: Page { limit: NO_LIMIT, offset: 0 }, ..Query::at(level) };
    let (lists, warnings) = (vec![], vec![]);
    let mut search = Search { query, find, empty_values: false, multiple_values: false, lists, warnings };
    for Pair { name, value } in pairs.iter().filter(|pair| !pair.value.trim().is_empty()) {
        search.option(name, value.trim())?;
    }
    for Pair { name, value } in &pairs {
        search.take(name, value.trim())?;
    }
    search.finish()
}

struct Search {
    query: Query,
    find: Find,
    empty_values: bool,
    multiple_values: bool,
    /// Values of keys that may be lists, gathered over repetitions of the key as it is written.
    lists: Vec<(Vec<Tag>, &'static Attribute, Vec<String>)>,
    warnings: Vec<Warning>,
}

impl Search {
    /// What is said about the whole search, wherever it stands.
    fn option(&mut self, name: &str, value: &str) -> Result<(), Error> {
        match name {
            "limit" => self.query.page.limit = Some(number(value)?).filter(|limit| *limit > 0).unwrap_or(NO_LIMIT),
            "offset" => self.query.page.offset = number(value)?,
            "fuzzymatching" if is_true(value)? => self.query.names = Names::Fuzzy,
            "emptyvaluematching" => self.empty_values = is_true(value)?,
            "multiplevaluematching" => self.multiple_values = is_true(value)?,
            "charset" if !takes_utf8(value) => self.warn(Warning::Charset),
            _ => {}
        }
        Ok(())
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), Error> {
        match name {
            "includefield" => self.include(value),
            // What `option` has read; the representation is settled together with the header of the same name.
            "limit"
            | "offset"
            | "fuzzymatching"
            | "emptyvaluematching"
            | "multiplevaluematching"
            | "charset"
            | "accept" => Ok(()),
            name => self.key(name, value),
        }
    }

    /// `includefield` (PS3.18 8.3.4.3): unknown attributes have no effect, so that clients may ask for what another
    /// server has.
    fn include(&mut self, value: &str) -> Result<(), Error> {
        for name in value.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            if name.eq_ignore_ascii_case("all") {
                self.query.include = Include::All;
            } else if let Some(path) = path(name) {
                self.query.include.add(path[0]);
            }
            if matches!(&self.query.include, Include::These(tags) if tags.len() >= MAX_INCLUDED) {
                return Err(Error::TooLong("list of included fields"));
            }
        }
        Ok(())
    }

    fn key(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let Some(path) = path(name) else {
            self.warn(Warning::UnknownParameter);
            return Ok(());
        };
        let Some(attribute) = (self.find)(&path).map(|attribute| self.at_level(attribute)) else {
            self.warn(Warning::IgnoredKey(display(&path)));
            return Ok(());
        };
        let takes_all = self.multiple_values && attribute.is_multiple();
        match attribute.rule {
            Rule::None if is_universal(value) => self.query.include.add(attribute.root()),
            Rule::None => self.warn(Warning::IgnoredKey(attribute.keyword.to_owned())),
            _ if self.empty_values && value == EMPTY => {
                self.query.keys.push(Key { attribute, matching: Matching::Empty });
            }
            Rule::List => self.list(&path, attribute, value, &[',', '\\'])?,
            Rule::Name if takes_all => self.list(&path, attribute, value, &['\\'])?,
            _ => self.query.add_key(attribute, value)?,
        }
        if self.query.keys.len() + self.lists.len() > MAX_KEYS {
            return Err(Error::TooLong("list of matching keys"));
        }
        Ok(())
    }

    fn at_level(&self, attribute: &'static Attribute) -> &'static Attribute {
        match attribute::find(&[tags::MODALITIES_IN_STUDY]) {
            Some(in_study) if attribute.path == [tags::MODALITY] && self.query.level == Level::Study => in_study,
            _ => attribute,
        }
    }

    fn finish(mut self) -> Result<(Query, Vec<Warning>), Error> {
        for (_, attribute, values) in self.lists {
            if self.multiple_values && attribute.is_multiple() && values.len() > 1 {
                self.query.keys.extend(Matching::all(values)?.map(|matching| Key { attribute, matching }));
                continue;
            }
            match <[String; 1]>::try_from(values) {
                Ok([value]) => self.query.add_key(attribute, &value)?,
                Err(values) if values.is_empty() => self.query.include.add(attribute.root()),
                Err(values) => self.query.keys.push(Key { attribute, matching: Matching::List(values) }),
            }
        }
        self.query.combine_date_times();
        Ok((self.query, self.warnings))
    }

    /// Each complaint once.
    fn warn(&mut self, warning: Warning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

#[cfg(test)]
mod tests;
