//! Steps that match a query.

use super::rows::Raw;
use crate::{matched::is_match, ports::WorkitemPart, sqlite::fault::Fault};
use imaging_domain::{Key, Matching, Query, tags};
use rusqlite::{Connection, params};

/// Steps that are looked at for one part of a worklist, and after how many bytes of them it ends.
const LOOKED_AT: usize = 500;
const BYTES: usize = 4 << 20;

/// Steps from a place on that are in one of the states a query asks for, if it does, and match it.
pub(super) fn part(connection: &Connection, query: &Query, from: Option<i64>) -> Result<WorkitemPart, Fault> {
    let states = states(query).map(|states| serde_json::Value::from(states).to_string());
    let select = "SELECT id, uid, state, transaction_uid, attributes, version, changed_ms FROM workitem
                  WHERE id > ?1 AND ?2 IS NULL ORDER BY id LIMIT ?3";
    let of_states = "SELECT id, uid, state, transaction_uid, attributes, version, changed_ms FROM workitem
                     WHERE id IN (SELECT id FROM workitem WHERE state IN (SELECT value FROM json_each(?2)) AND id > ?1
                                  ORDER BY id LIMIT ?3) ORDER BY id";
    let mut select = connection.prepare_cached(if states.is_some() { of_states } else { select })?;
    let rows = select.query_map(params![from.unwrap_or(-1), states, LOOKED_AT as i64], Raw::read)?;
    let (mut found, mut looked_at, mut bytes, mut last) = (vec![], 0, 0, None);
    for raw in rows {
        let raw = raw?;
        (looked_at, bytes, last) = (looked_at + 1, bytes + raw.attributes.len(), Some(raw.id));
        let item = raw.workitem()?;
        if is_match(query, &item.attributes) {
            found.push(item);
        }
        if bytes >= BYTES {
            return Ok(WorkitemPart { found, next: last });
        }
    }
    Ok(WorkitemPart { found, next: last.filter(|_| looked_at == LOOKED_AT) })
}

/// The states that a query is about; `None` when it is about all.
fn states(query: &Query) -> Option<Vec<String>> {
    query.keys.iter().find_map(|Key { attribute, matching }| match matching {
        Matching::Single(state) if attribute.path == [tags::PROCEDURE_STEP_STATE] => Some(vec![state.clone()]),
        Matching::List(states) if attribute.path == [tags::PROCEDURE_STEP_STATE] => Some(states.clone()),
        _ => None,
    })
}
