//! An identifier of C-GET and C-MOVE as the instances that are to be sent (PS3.4 C.4.2.1.4, C.4.3.1.3).

use super::identifier::{Identifier, Rung, Wrong};
use imaging_domain::{Level, Query, attribute, tags};

/// The level of the index that answers a level of the information models: patients are found by their studies.
pub(crate) fn level_of(rung: Rung) -> Level {
    match rung {
        Rung::Patient | Rung::Study => Level::Study,
        Rung::Series => Level::Series,
        Rung::Image => Level::Instance,
    }
}

/// The query for the instances of an identifier: its unique keys down to its level, that of its level with a value.
///
/// # Errors
/// [`Wrong`] when the unique key of its level is missing, or one is not a list of identifiers.
pub(crate) fn scoped(identifier: &Identifier) -> Result<Query, Wrong> {
    let mut query = Query::at(Level::Instance);
    query.include.add(tags::SOP_CLASS_UID);
    query.include.add(tags::AVAILABLE_TRANSFER_SYNTAX_UID);
    for rung in [Rung::Patient, Rung::Study, Rung::Series, Rung::Image] {
        let tag = rung.unique_key();
        let text = identifier.attributes.texts(tag).join("\\");
        if rung > identifier.level {
            break;
        }
        if text.trim().is_empty() {
            if rung == identifier.level {
                return Err(Wrong::mismatch(tag, "the unique key of the level is missing"));
            }
            continue;
        }
        if text.contains(['*', '?']) {
            return Err(Wrong::mismatch(tag, "a unique key has no wildcards"));
        }
        let attribute = attribute::find(&[tag]).ok_or(Wrong::mismatch(tag, "the key is unknown"))?;
        query.add_key(attribute, &text).map_err(|_| Wrong::mismatch(tag, "a unique key cannot be read"))?;
    }
    Ok(query)
}
