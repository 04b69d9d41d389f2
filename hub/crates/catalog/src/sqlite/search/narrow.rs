//! Which studies may match at all, when a key has only a few.
//!
//! Results come in the order of time, so a search without a better idea walks through all studies from the latest on and
//! soon has a page, unless hardly any match. So each key that an index knows is tried first, up to a limit: when it has
//! fewer, the search begins from those; when it has more, the walk meets one often enough.

use super::{
    name,
    where_clause::{self, Conditions},
};
use crate::sqlite::fault::Fault;
use imaging_domain::{Key, Level, Matching, Query, tags};
use rusqlite::{Connection, params_from_iter};

/// The most studies that are few. The tests have hardly any more, and are to go both ways.
const FEW: usize = if cfg!(test) { 3 } else { 2000 };
/// So few that no other key is asked.
const VERY_FEW: usize = if cfg!(test) { 1 } else { 50 };

/// The rows of the few studies, as a JSON array; `None` when no key has few, or a UID finds them better.
pub(super) fn studies(connection: &Connection, query: &Query) -> Result<Option<String>, Fault> {
    const UIDS: [imaging_domain::Tag; 3] =
        [tags::STUDY_INSTANCE_UID, tags::SERIES_INSTANCE_UID, tags::SOP_INSTANCE_UID];
    let is_found = |key: &Key| UIDS.contains(&key.attribute.tag()) && key.attribute.level <= query.level;
    if query.keys.iter().any(is_found) {
        return Ok(None);
    }
    let mut best: Option<Vec<i64>> = None;
    for key in &query.keys {
        let Some((select, values)) = probe(connection, query, key)? else { continue };
        let mut select = connection.prepare_cached(&format!("{select} LIMIT {}", FEW + 1))?;
        let mut ids: Vec<i64> =
            select.query_map(params_from_iter(values), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        if ids.len() > FEW || best.as_ref().is_some_and(|best| best.len() <= ids.len()) {
            continue;
        }
        ids.sort_unstable();
        ids.dedup();
        let enough = ids.len() <= VERY_FEW;
        best = Some(ids);
        if enough {
            break;
        }
    }
    Ok(best.map(|ids| serde_json::Value::from(ids).to_string()))
}

/// A statement that finds the studies of one key by an index, and its values.
fn probe(connection: &Connection, query: &Query, key: &Key) -> Result<Option<(String, Vec<String>)>, Fault> {
    let mut values = Conditions::default();
    let select = match (&key.matching, key.attribute.path) {
        (Matching::Empty, _) => return Ok(None),
        (Matching::Single(uid), [tags::SERIES_INSTANCE_UID]) if key.attribute.level > query.level => {
            format!("SELECT e.study FROM series e WHERE e.SeriesInstanceUID = {}", values.bind(uid))
        }
        (Matching::Single(uid), [tags::SOP_INSTANCE_UID]) if query.level == Level::Study => format!(
            "SELECT e.study FROM instance i JOIN series e ON e.id = i.series WHERE i.SOPInstanceUID = {}",
            values.bind(uid)
        ),
        (_, [tags::PATIENT_ID | tags::ACCESSION_NUMBER | tags::STUDY_DESCRIPTION | tags::PATIENT_BIRTH_DATE]) => {
            let condition = where_clause::condition(query, key, &mut |value| values.bind(value))?;
            format!("SELECT s.id FROM study s WHERE {condition}")
        }
        (matching, [tags::MODALITY | tags::MODALITIES_IN_STUDY]) => {
            let one = match matching {
                Matching::All(texts) => Matching::Single(texts.first().cloned().unwrap_or_default()),
                other => other.clone(),
            };
            let test = where_clause::test(key.attribute, &one)?;
            let condition = test.sql("m.Modality", &mut |value| values.bind(value));
            format!("SELECT DISTINCT m.study FROM series m INDEXED BY series_by_modality WHERE {condition}")
        }
        (Matching::Single(text) | Matching::Wildcard(text), [tags::PATIENT_NAME | tags::REFERRING_PHYSICIAN_NAME]) => {
            let Some(column) = name::column(key.attribute) else { return Ok(None) };
            let mut bind = |value: &str| values.bind(value);
            let Some(names) = name::candidates(connection, text, query.names, &mut bind)? else { return Ok(None) };
            let finds = name::finds(text, query.names, "n.name", &mut bind);
            format!(
                "SELECT s.id FROM person_name n CROSS JOIN study s ON s.{column} = n.id
                 WHERE n.id IN ({names}) AND {finds}"
            )
        }
        _ => return Ok(None),
    };
    Ok(Some((select, values.values)))
}
