//! Names of persons: their rows, and the functions by which statements ask whether a key finds one.

use super::{fault::Fault, rows};
use crate::names::{NameKey, forms, grams, of_json, stored};
use imaging_domain::{DataSet, Names, tags};
use rusqlite::{
    Connection, OptionalExtension, Transaction,
    functions::{Context, FunctionFlags},
    params,
    types::ValueRef,
};

/// Studies that are read at once while names are filled in.
const FILLED_AT_ONCE: i64 = 500;

/// `name_finds(key, name)` and `name_of_json(text)`; a key is what [`key`] makes.
pub(super) fn define(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function("name_finds", 2, flags, |context| finds(context))?;
    connection.create_scalar_function("name_of_json", 1, flags, |context| Ok(of_json(text(context.get_raw(0)))))
}

fn finds(context: &Context<'_>) -> rusqlite::Result<bool> {
    let name = text(context.get_raw(1));
    if name.is_empty() {
        return Ok(false);
    }
    // The key is the same for all rows of a statement: it is read once.
    let read = |value: ValueRef<'_>| {
        let text = text(value);
        let names = if text.starts_with('F') { Names::Fuzzy } else { Names::Literal };
        Ok::<_, std::convert::Infallible>(NameKey::parse(text.get(1..).unwrap_or_default(), names))
    };
    Ok(context.get_or_create_aux(0, read)?.finds(name))
}

/// A key as `name_finds` takes it.
pub(super) fn key(text: &str, names: Names) -> String {
    let kind = match names {
        Names::Literal => 'L',
        Names::Fuzzy => 'F',
    };
    format!("{kind}{}", text.replace('\0', ""))
}

fn text(value: ValueRef<'_>) -> &str {
    match value {
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).unwrap_or_default(),
        _ => "",
    }
}

/// The names of a study's patient and of its referring physician.
pub(super) fn of_study(connection: &Connection, study: i64) -> Result<[Option<i64>; 2], Fault> {
    let select = "SELECT patient_name, referring_physician_name FROM study WHERE id = ?1";
    Ok(connection.prepare_cached(select)?.query_row([study], |row| Ok([row.get(0)?, row.get(1)?]))?)
}

/// Gives a study the names that its attributes say.
pub(super) fn assign(transaction: &Transaction<'_>, study: i64, attributes: &DataSet) -> Result<(), Fault> {
    let before = of_study(transaction, study)?;
    let mut now = [None; 2];
    for (name, tag) in now.iter_mut().zip([tags::PATIENT_NAME, tags::REFERRING_PHYSICIAN_NAME]) {
        *name = id_of(transaction, &stored(attributes.text(tag).unwrap_or_default()))?;
    }
    if now == before {
        return Ok(());
    }
    let update = "UPDATE study SET patient_name = ?2, referring_physician_name = ?3 WHERE id = ?1";
    transaction.prepare_cached(update)?.execute(params![study, now[0], now[1]])?;
    before
        .into_iter()
        .flatten()
        .filter(|name| !now.contains(&Some(*name)))
        .try_for_each(|name| release(transaction, name))
}

/// The row of a name, made when it is not there; none for no name.
fn id_of(transaction: &Transaction<'_>, name: &str) -> Result<Option<i64>, Fault> {
    if name.is_empty() {
        return Ok(None);
    }
    let select = "SELECT id FROM person_name WHERE name = ?1";
    if let Some(id) = transaction.prepare_cached(select)?.query_row([name], |row| row.get(0)).optional()? {
        return Ok(Some(id));
    }
    let id = transaction.prepare_cached("INSERT INTO person_name (name) VALUES (?1)")?.insert([name])?;
    let mut form = transaction.prepare_cached("INSERT INTO name_form (form, name) VALUES (?1, ?2)")?;
    forms(name).iter().try_for_each(|text| form.execute(params![text, id]).map(drop))?;
    let mut gram = transaction.prepare_cached("INSERT INTO name_gram (gram, name) VALUES (?1, ?2)")?;
    grams(name).iter().try_for_each(|text| gram.execute(params![text, id]).map(drop))?;
    Ok(Some(id))
}

/// Takes a name out when no study has it any more: nothing of a patient stays.
pub(super) fn release(transaction: &Transaction<'_>, id: i64) -> Result<(), Fault> {
    let unused = "SELECT name FROM person_name WHERE id = ?1
        AND NOT EXISTS (SELECT 1 FROM study WHERE patient_name = ?1)
        AND NOT EXISTS (SELECT 1 FROM study WHERE referring_physician_name = ?1)";
    let name: Option<String> = transaction.prepare_cached(unused)?.query_row([id], |row| row.get(0)).optional()?;
    let Some(name) = name else { return Ok(()) };
    let mut form = transaction.prepare_cached("DELETE FROM name_form WHERE form = ?1 AND name = ?2")?;
    forms(&name).iter().try_for_each(|text| form.execute(params![text, id]).map(drop))?;
    let mut gram = transaction.prepare_cached("DELETE FROM name_gram WHERE gram = ?1 AND name = ?2")?;
    grams(&name).iter().try_for_each(|text| gram.execute(params![text, id]).map(drop))?;
    transaction.prepare_cached("DELETE FROM person_name WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Writes the names of all studies of an index that had none.
pub(super) fn fill_in(transaction: &Transaction<'_>) -> Result<(), Fault> {
    let mut last = i64::MIN;
    loop {
        let select = "SELECT id, attributes FROM study WHERE id > ?1 ORDER BY id LIMIT ?2";
        let mut select = transaction.prepare_cached(select)?;
        let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?));
        let studies: Vec<_> =
            select.query_map(params![last, FILLED_AT_ONCE], read)?.collect::<rusqlite::Result<_>>()?;
        for (study, attributes) in &studies {
            assign(transaction, *study, &rows::data_set(attributes)?)?;
        }
        match studies.last() {
            Some((study, _)) => last = *study,
            None => return Ok(()),
        }
    }
}
