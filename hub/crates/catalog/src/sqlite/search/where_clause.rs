//! Keys become conditions. Names of columns come from the table of attributes, values are bound.

use super::{
    joint::{has_below, one_item},
    name,
    pattern::Test,
    range::{between, date_times},
};
use crate::{
    error::Error,
    sqlite::{columns, fault::Fault},
};
use imaging_domain::{Attribute, Key, Level, Matching, Query, SiteId, VR, attribute::Rule};

/// The most bytes of one value of a key.
const MAX_VALUE: usize = 4096;
/// The most values of a list.
const MAX_LIST: usize = 1000;
/// The most keys.
const MAX_KEYS: usize = 64;

/// Conditions over the aliases `s`, `e` and `i`, and the values they bind.
#[derive(Clone, Default)]
pub(super) struct Conditions {
    all: Vec<String>,
    pub(super) values: Vec<String>,
}

impl Conditions {
    /// The mark of a value.
    pub(super) fn bind(&mut self, value: &str) -> String {
        self.values.push(value.to_owned());
        format!("?{}", self.values.len())
    }

    /// One condition more.
    pub(super) fn and(&mut self, condition: &str) {
        self.all.push(condition.to_owned());
    }

    /// What follows `WHERE`.
    pub(super) fn sql(&self) -> String {
        if self.all.is_empty() { "1".to_owned() } else { self.all.join(" AND ") }
    }
}

/// The conditions of a query.
pub(super) fn of(query: &Query) -> Result<Conditions, Fault> {
    if query.keys.len() > MAX_KEYS {
        return Err(Error::Invalid("a query has too many keys").into());
    }
    let (mut out, mut below) = (Conditions::default(), vec![]);
    for key in &query.keys {
        check(&key.matching)?;
        let one = condition(query, key, &mut |value| out.bind(value))?;
        if key.attribute.level > query.level {
            below.push(one);
        } else {
            out.and(&one);
        }
    }
    for (number, key) in query.keys.iter().enumerate().filter(|(_, key)| key.attribute.path.len() > 1) {
        let root = key.attribute.root();
        if query.keys[..number].iter().all(|other| other.attribute.path.len() < 2 || other.attribute.root() != root)
            && let Some(one) = one_item(query, root, &mut |value| out.bind(value))?
        {
            if key.attribute.level > query.level {
                below.push(one);
            } else {
                out.and(&one);
            }
        }
    }
    if let Some(has) = has_below(query, &below) {
        out.and(&has);
    }
    if !query.sites.is_empty() {
        let sites: Vec<&str> = query.sites.iter().take(MAX_LIST).map(SiteId::as_str).collect();
        let bound = out.bind(&serde_json::Value::from(sites).to_string());
        let held = format!("(SELECT id FROM site WHERE site IN (SELECT value FROM json_each({bound})))");
        out.and(&format!("s.site IN {held}"));
    }
    Ok(out)
}

fn check(matching: &Matching) -> Result<(), Error> {
    let texts: Vec<&str> = match matching {
        Matching::Single(text) | Matching::Wildcard(text) => vec![text],
        Matching::List(texts) | Matching::All(texts) => texts.iter().map(String::as_str).collect(),
        Matching::Range { from, to } => from.iter().chain(to).map(String::as_str).collect(),
        Matching::DateTimes { from, to } => from.iter().chain(to).map(|(date, _)| date.as_str()).collect(),
        Matching::Empty => vec![],
    };
    if texts.len() > MAX_LIST || texts.iter().any(|text| text.len() > MAX_VALUE) {
        return Err(Error::Invalid("a key is too long"));
    }
    Ok(())
}

/// The condition of one key.
pub(super) fn condition(query: &Query, key: &Key, bind: &mut dyn FnMut(&str) -> String) -> Result<String, Error> {
    let attribute = key.attribute;
    match (attribute.rule, &key.matching) {
        (Rule::None, _) => Err(Error::Invalid("a key is over an attribute that is only returned")),
        (_, Matching::Empty) => Ok(empty(attribute)),
        (Rule::Name, _) => name::condition(key, query.names, bind),
        (_, Matching::All(texts)) => {
            let one = |text: &String| over(attribute, &test(attribute, &Matching::Single(text.clone()))?, bind);
            Ok(texts.iter().map(one).collect::<Result<Vec<_>, _>>()?.join(" AND "))
        }
        (Rule::Range, Matching::DateTimes { from, to }) => date_times(attribute, from.as_ref(), to.as_ref(), bind),
        (_, matching) => over(attribute, &test(attribute, matching)?, bind),
    }
}

/// A test over an attribute's column; over any of its values when it has several.
fn over(attribute: &Attribute, test: &Test, bind: &mut dyn FnMut(&str) -> String) -> Result<String, Error> {
    Ok(match attribute.keyword {
        "ModalitiesInStudy" => {
            format!("EXISTS (SELECT 1 FROM series m WHERE m.study = s.id AND {})", test.sql("m.Modality", bind))
        }
        "SOPClassesInStudy" => format!(
            "EXISTS (SELECT 1 FROM series m JOIN sop_class c ON c.series = m.id WHERE m.study = s.id AND {})",
            test.sql("c.uid", bind)
        ),
        _ if columns::is_many(attribute) => {
            format!("EXISTS (SELECT 1 FROM json_each({}) v WHERE {})", column(attribute), test.sql("v.value", bind))
        }
        _ => test.sql(&column(attribute), bind),
    })
}

fn column(attribute: &Attribute) -> String {
    let alias = match attribute.level {
        Level::Study => 's',
        Level::Series => 'e',
        Level::Instance => 'i',
    };
    format!("{alias}.{}", attribute.keyword)
}

/// Empty value matching (PS3.4 C.2.2.2.7): no value, or none that is one.
fn empty(attribute: &Attribute) -> String {
    match (attribute.keyword, name::column(attribute)) {
        (_, Some(column)) => format!("s.{column} IS NULL"),
        ("ModalitiesInStudy", _) => {
            "NOT EXISTS (SELECT 1 FROM series m WHERE m.study = s.id AND m.Modality <> '')".to_owned()
        }
        ("SOPClassesInStudy", _) => "NOT EXISTS (SELECT 1 FROM series m JOIN sop_class c ON c.series = m.id
            WHERE m.study = s.id AND c.uid <> '')"
            .to_owned(),
        _ if columns::is_many(attribute) => format!("{} = '[]'", column(attribute)),
        _ => format!("{} = ''", column(attribute)),
    }
}

/// A key's value as a test over one value of its attribute.
pub(super) fn test(attribute: &Attribute, matching: &Matching) -> Result<Test, Error> {
    let is_time = attribute.rule == Rule::Range && attribute.vr == VR::TM;
    Ok(match matching {
        Matching::Single(text) if is_time => between(attribute, Some(text), Some(text))?,
        Matching::Single(text) => equal(columns::normal(attribute, text)),
        Matching::List(texts) => {
            let texts: Vec<String> = texts.iter().map(|text| columns::normal(attribute, text)).collect();
            let (wild, plain): (Vec<_>, Vec<_>) = texts.into_iter().partition(|text| text.contains(['*', '?']));
            let plain = Test::In(serde_json::Value::from(plain).to_string());
            if wild.is_empty() {
                plain
            } else {
                Test::Any(wild.iter().map(|text| Test::wildcard(text)).chain([plain]).collect())
            }
        }
        Matching::Wildcard(text) => Test::wildcard(columns::without_nul(text).trim()),
        Matching::Range { from, to } => between(attribute, from.as_deref(), to.as_deref())?,
        Matching::All(_) | Matching::Empty | Matching::DateTimes { .. } => {
            return Err(Error::Invalid("a key cannot match like this here"));
        }
    })
}

/// An empty value would be universal matching; as a key it matches nothing rather than rows without a value.
fn equal(value: String) -> Test {
    if value.is_empty() { Test::Never } else { Test::Equal(value) }
}
