//! QIDO-RS query strings (PS3.18 8.3.4 and 10.6.1) to the one query language.

use crate::{
    error::Error,
    parameters::{Pair, pairs},
    warning::Warning,
};
use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
use dicom_dictionary_std::StandardDataDictionary;
use imaging_domain::{
    Attribute, Include, Key, Level, MAX_LIMIT, Matching, Query, Tag,
    attribute::{self, Rule},
    json, tags,
};

/// The most values a list key may have, over all its repetitions.
pub const MAX_VALUES: usize = 1_000;
/// The most different keys.
const MAX_KEYS: usize = 64;
/// How deep a path of sequences may go.
const MAX_PATH: usize = 8;
/// The most attributes `includefield` may name.
const MAX_INCLUDED: usize = 1_000;

/// Reads the query string of a search at a level, without the question mark. The resource's own UIDs are added by
/// the caller with [`Query::in_study`] and its kin.
///
/// Keys are keywords, eight hexadecimal digits, or either with dots between for a path of sequences. A key that the
/// index does not know, or cannot match at this level, is ignored with a [`Warning`]; so are parameters that have no
/// effect here. `Modality` in a search for studies means `ModalitiesInStudy`, as its senders mean it. A limit of 0 is
/// none at all; one above [`MAX_LIMIT`] is that.
///
/// # Errors
/// [`Error::Invalid`] for what is malformed: no UTF-8, a date that is none, a limit that is no number.
/// [`Error::TooLong`] above a limit of this room.
///
/// ```
/// use imaging_domain::Level;
/// let (query, warnings) = dicomweb::parse_search(Level::Study, "PatientName=WANG*&limit=25&00080060=CT").unwrap();
/// assert_eq!((query.keys.len(), query.page.limit, warnings.len()), (2, 25, 0));
/// ```
pub fn parse_search(level: Level, query: &str) -> Result<(Query, Vec<Warning>), Error> {
    let mut search = Search { query: Query::at(level), lists: vec![], warnings: vec![] };
    for pair in pairs(query)? {
        search.take(&pair)?;
    }
    search.finish()
}

struct Search {
    query: Query,
    /// Values of keys that may be lists, gathered over repetitions.
    lists: Vec<(&'static Attribute, Vec<String>)>,
    warnings: Vec<Warning>,
}

impl Search {
    fn take(&mut self, pair: &Pair) -> Result<(), Error> {
        let value = pair.value.trim();
        match pair.name.as_str() {
            "limit" if !value.is_empty() => {
                let limit = number(value)?;
                self.query.page.limit = if limit == 0 { MAX_LIMIT } else { limit.min(MAX_LIMIT) };
            }
            "offset" if !value.is_empty() => self.query.page.offset = number(value)?,
            "fuzzymatching" if is_true(value) => self.warn(Warning::LiteralMatching),
            "emptyvaluematching" if is_true(value) => self.warn(Warning::IgnoredParameter("emptyvaluematching")),
            "includefield" => self.include(value)?,
            // Lists are always read as such; the representation is settled by `Accept`; JSON is UTF-8.
            "limit"
            | "offset"
            | "fuzzymatching"
            | "emptyvaluematching"
            | "multiplevaluematching"
            | "accept"
            | "charset" => {}
            name => self.key(name, value)?,
        }
        Ok(())
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
        let known = attribute::find(&path).map(|attribute| self.at_level(attribute));
        let Some(attribute) = known.filter(|attribute| attribute.level <= self.query.level) else {
            self.warn(Warning::IgnoredKey(display(&path)));
            return Ok(());
        };
        match attribute.rule {
            Rule::None if is_universal(value) => self.query.include.add(attribute.root()),
            Rule::None => self.warn(Warning::IgnoredKey(attribute.keyword.to_owned())),
            Rule::List => self.list(attribute, value)?,
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

    /// A list by comma, by backslash (OHIF), or by repetition (wsidicom).
    fn list(&mut self, attribute: &'static Attribute, value: &str) -> Result<(), Error> {
        if is_universal(value) {
            self.query.include.add(attribute.root());
            return Ok(());
        }
        let index = self.lists.iter().position(|(other, _)| *other == attribute).unwrap_or_else(|| {
            self.lists.push((attribute, vec![]));
            self.lists.len() - 1
        });
        let values = &mut self.lists[index].1;
        for entry in value.split([',', '\\']).map(str::trim).filter(|entry| !entry.is_empty()) {
            if values.len() == MAX_VALUES {
                return Err(Error::TooLong("list of a matching key"));
            }
            values.push(entry.to_owned());
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(Query, Vec<Warning>), Error> {
        for (attribute, values) in self.lists {
            match <[String; 1]>::try_from(values) {
                Ok([value]) => self.query.add_key(attribute, &value)?,
                Err(values) if values.is_empty() => self.query.include.add(attribute.root()),
                Err(values) => self.query.keys.push(Key { attribute, matching: Matching::List(values) }),
            }
        }
        Ok((self.query, self.warnings))
    }

    /// Each complaint once.
    fn warn(&mut self, warning: Warning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

fn is_true(value: &str) -> bool {
    value.eq_ignore_ascii_case("true")
}

fn is_universal(value: &str) -> bool {
    value.bytes().all(|b| matches!(b, b'*' | b' ' | b'\0' | b',' | b'\\'))
}

/// A number in digits; one too great for us is as great as we count.
fn number(text: &str) -> Result<u32, Error> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Error::invalid("limit or offset", "it is not a number"));
    }
    Ok(text.parse().unwrap_or(u32::MAX))
}

/// Tags of an attribute name of PS3.18 8.3.4.1: keywords or eight hexadecimal digits, outermost sequence first.
fn path(name: &str) -> Option<Vec<Tag>> {
    let mut out = vec![];
    for part in name.split('.') {
        if out.len() == MAX_PATH {
            return None;
        }
        out.push(
            json::tag_of_key(part).or_else(|| StandardDataDictionary.by_name(part).map(DataDictionaryEntry::tag))?,
        );
    }
    Some(out)
}

/// A path by the dictionary's keywords, so that nothing the client wrote is repeated but tags.
fn display(path: &[Tag]) -> String {
    let name =
        |tag: &Tag| StandardDataDictionary.by_tag(*tag).map_or_else(|| json::key(*tag), |e| e.alias().to_owned());
    path.iter().map(name).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests;
