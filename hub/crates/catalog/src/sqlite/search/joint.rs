//! Conditions that several keys meet together: in one thing below a result, in one item of a sequence.

use super::where_clause::test;
use crate::error::Error;
use imaging_domain::{Key, Level, Matching, Query, Tag, json};

/// That one thing below a result has all that keys below its level say (relational queries, PS3.4 C.4.1.2.2.1).
pub(super) fn has_below(query: &Query, conditions: &[String]) -> Option<String> {
    let deepest = query.keys.iter().map(|key| key.attribute.level).max().filter(|level| *level > query.level)?;
    let tables = match (query.level, deepest) {
        (Level::Study, Level::Instance) => "series e JOIN instance i ON i.series = e.id WHERE e.study = s.id",
        (Level::Study, _) => "series e WHERE e.study = s.id",
        _ => "instance i WHERE i.series = e.id",
    };
    Some(format!("EXISTS (SELECT 1 FROM {tables} AND {})", conditions.join(" AND ")))
}

/// Several keys over items of one sequence have to match in the same item (PS3.4 C.2.2.2.6). `None` when there is one.
pub(super) fn one_item(
    query: &Query,
    root: Tag,
    bind: &mut dyn FnMut(&str) -> String,
) -> Result<Option<String>, Error> {
    let is_below =
        |key: &&Key| key.attribute.path.len() == 2 && key.attribute.root() == root && key.matching != Matching::Empty;
    let keys: Vec<&Key> = query.keys.iter().filter(is_below).collect();
    if keys.len() < 2 {
        return Ok(None);
    }
    let mut tests = vec![];
    for key in keys {
        let value = format!("json_extract(item.value, '$.\"{}\".Value[0]')", json::key(key.attribute.tag()));
        tests.push(test(key.attribute, &key.matching)?.sql(&value, bind));
    }
    let items = format!("json_each(e.attributes, '$.\"{}\".Value') item", json::key(root));
    Ok(Some(format!("EXISTS (SELECT 1 FROM {items} WHERE {})", tests.join(" AND "))))
}
