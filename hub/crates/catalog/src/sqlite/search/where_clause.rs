//! Keys become conditions. Names of columns come from the table of attributes, values are bound.

use super::pattern::Test;
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

/// The conditions of a query over the aliases `s`, `e` and `i`, and the values they bind.
pub(super) fn of(query: &Query) -> Result<(String, Vec<String>), Fault> {
    if query.keys.len() > MAX_KEYS {
        return Err(Error::Invalid("a query has too many keys").into());
    }
    let mut values = vec![];
    let mut bind = |value: &str| {
        values.push(value.to_owned());
        format!("?{}", values.len())
    };
    let mut conditions = vec![];
    for key in &query.keys {
        if key.attribute.level > query.level {
            return Err(Error::Invalid("a key is below the level of its query").into());
        }
        check(&key.matching)?;
        conditions.push(condition(key, &mut bind)?);
    }
    if !query.sites.is_empty() {
        let sites: Vec<&str> = query.sites.iter().take(MAX_LIST).map(SiteId::as_str).collect();
        let bound = bind(&serde_json::Value::from(sites).to_string());
        let held = format!("(SELECT id FROM site WHERE site IN (SELECT value FROM json_each({bound})))");
        conditions.push(format!("s.site IN {held}"));
    }
    if conditions.is_empty() {
        conditions.push("1".to_owned());
    }
    Ok((conditions.join(" AND "), values))
}

fn check(matching: &Matching) -> Result<(), Error> {
    let texts: Vec<&str> = match matching {
        Matching::Single(text) | Matching::Wildcard(text) => vec![text],
        Matching::List(texts) => texts.iter().map(String::as_str).collect(),
        Matching::Range { from, to } => from.iter().chain(to).map(String::as_str).collect(),
    };
    if texts.len() > MAX_LIST || texts.iter().any(|text| text.len() > MAX_VALUE) {
        return Err(Error::Invalid("a key is too long"));
    }
    Ok(())
}

fn condition(key: &Key, bind: &mut dyn FnMut(&str) -> String) -> Result<String, Error> {
    let attribute = key.attribute;
    match (attribute.rule, attribute.keyword) {
        (Rule::None, _) => Err(Error::Invalid("a key is over an attribute that is only returned")),
        (_, "ModalitiesInStudy") => Ok(format!(
            "EXISTS (SELECT 1 FROM series m WHERE m.study = s.id AND {})",
            test(attribute, &key.matching)?.sql("m.Modality", bind)
        )),
        (_, "SOPClassesInStudy") => Ok(format!(
            "EXISTS (SELECT 1 FROM series m JOIN sop_class c ON c.series = m.id WHERE m.study = s.id AND {})",
            test(attribute, &key.matching)?.sql("c.uid", bind)
        )),
        (Rule::Name, _) => name(attribute, &key.matching, bind),
        _ => Ok(over(attribute, &columns::of(attribute)[0], &test(attribute, &key.matching)?, bind)),
    }
}

/// A test over a column; any of its values when it has several.
fn over(attribute: &Attribute, column: &str, test: &Test, bind: &mut dyn FnMut(&str) -> String) -> String {
    let alias = match attribute.level {
        Level::Study => 's',
        Level::Series => 'e',
        Level::Instance => 'i',
    };
    let column = format!("{alias}.{column}");
    if columns::is_many(attribute) {
        return format!("EXISTS (SELECT 1 FROM json_each({column}) v WHERE {})", test.sql("v.value", bind));
    }
    test.sql(&column, bind)
}

fn test(attribute: &Attribute, matching: &Matching) -> Result<Test, Error> {
    let is_time = attribute.rule == Rule::Range && attribute.vr == VR::TM;
    Ok(match matching {
        Matching::Single(text) if is_time => between(attribute, Some(text), Some(text))?,
        Matching::Single(text) => equal(columns::normal(attribute, text)),
        Matching::List(texts) => {
            let texts: Vec<String> = texts.iter().map(|text| columns::normal(attribute, text)).collect();
            Test::In(serde_json::Value::from(texts).to_string())
        }
        Matching::Wildcard(text) => Test::wildcard(columns::without_nul(text).trim()),
        Matching::Range { from, to } => between(attribute, from.as_deref(), to.as_deref())?,
    })
}

/// An empty value would be universal matching; as a key it matches nothing rather than rows without a value.
fn equal(value: String) -> Test {
    if value.is_empty() { Test::Never } else { Test::Equal(value) }
}

fn between(attribute: &Attribute, from: Option<&str>, to: Option<&str>) -> Result<Test, Error> {
    let wrong = Error::Invalid("an end of a range is no date or time");
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
        _ => Err(wrong),
    }
}

/// How a component group of a key is tested.
type Read = fn(String) -> Vec<Test>;

/// PS3.5 6.2.1.2: a name has up to three component groups. A key of one group matches any group of the name, so that
/// "王*" finds what has the ideographs in the second; a key of several groups (`A=B`) matches each by itself.
fn name(attribute: &Attribute, matching: &Matching, bind: &mut dyn FnMut(&str) -> String) -> Result<String, Error> {
    let (texts, read): (Vec<&str>, Read) = match matching {
        Matching::Single(text) => (vec![text], |text| vec![equal(text)]),
        Matching::List(texts) => (texts.iter().map(String::as_str).collect(), |text| vec![equal(text)]),
        Matching::Wildcard(text) => (vec![text], name_wildcard),
        Matching::Range { .. } => return Err(Error::Invalid("a range is over an attribute that is no date or time")),
    };
    let columns = columns::of(attribute);
    let mut any = vec![];
    for text in texts {
        let groups = columns::name_groups(text);
        let mut each = vec![];
        if text.contains('=') {
            for (group, column) in groups.iter().zip(&columns).filter(|(group, _)| !group.trim_matches('*').is_empty())
            {
                each.push(either(attribute, std::slice::from_ref(column), &read(group.clone()), bind));
            }
        } else {
            each.push(either(attribute, &columns, &read(groups[0].clone()), bind));
        }
        any.push(if each.is_empty() { "1".to_owned() } else { each.join(" AND ") });
    }
    Ok(format!("({})", any.join(" OR ")))
}

/// `WANG^*` also finds `WANG`: carets at the end of a name may be left out (PS3.5 6.2.1.1).
fn name_wildcard(text: String) -> Vec<Test> {
    let mut tests = vec![Test::wildcard(&text)];
    if let Some(family) = text.strip_suffix(" *") {
        tests.push(Test::wildcard(family));
    }
    tests
}

/// One of the tests over one of the columns.
fn either(attribute: &Attribute, columns: &[String], tests: &[Test], bind: &mut dyn FnMut(&str) -> String) -> String {
    let mut any = vec![];
    for column in columns {
        any.extend(tests.iter().map(|test| over(attribute, column, test, bind)));
    }
    if attribute.keyword == "PatientName" && tests.iter().all(Test::is_anchored) {
        // Each column has an index, but the planner rather walks all studies in order than use three for an OR.
        let found: Vec<String> = any.iter().map(|one| format!("SELECT s.id FROM study s WHERE {one}")).collect();
        return format!("s.id IN ({})", found.join(" UNION ALL "));
    }
    format!("({})", any.join(" OR "))
}
