//! In which order results come, and how to go on after one of them.

use crate::{error::Error, ports::Position};
use imaging_domain::Level;
use rusqlite::{Row, types::ValueRef};

/// A column of the order.
struct Column {
    sql: &'static str,
    kind: Kind,
}

enum Kind {
    /// The latest first.
    Descending,
    Text,
    Number,
}

const fn column(sql: &'static str, kind: Kind) -> Column {
    Column { sql, kind }
}

/// The latest study first, then by number; the UIDs make the order total, so that pages do not overlap.
const COLUMNS: [Column; 7] = [
    column("s.StudyDate", Kind::Descending),
    column("s.StudyTime", Kind::Descending),
    column("s.StudyInstanceUID", Kind::Text),
    column("CAST(e.SeriesNumber AS INTEGER)", Kind::Number),
    column("e.SeriesInstanceUID", Kind::Text),
    column("CAST(i.InstanceNumber AS INTEGER)", Kind::Number),
    column("i.SOPInstanceUID", Kind::Text),
];

/// At which of the columns the UID of each level is.
pub(super) const UIDS: [usize; 3] = [2, 4, 6];

fn columns(level: Level) -> &'static [Column] {
    &COLUMNS[..=UIDS[level as usize]]
}

/// The columns, to be selected first.
pub(super) fn selected(level: Level) -> String {
    columns(level).iter().map(|column| column.sql).collect::<Vec<_>>().join(", ")
}

/// All UIDs of a result as one text.
pub(super) fn uids(level: Level) -> String {
    UIDS[..=level as usize].iter().map(|place| COLUMNS[*place].sql).collect::<Vec<_>>().join(" || '\\' || ")
}

/// How many they are.
pub(super) fn count(level: Level) -> usize {
    columns(level).len()
}

/// The row of a level, which makes an order of copies too.
pub(super) fn row_id(level: Level) -> &'static str {
    match level {
        Level::Study => "s.id",
        Level::Series => "e.id",
        Level::Instance => "i.id",
    }
}

/// What follows `ORDER BY`. Copies of a study of the same time come in the order in which the index has them.
pub(super) fn by(level: Level) -> String {
    let mut out: Vec<String> = vec![];
    for column in columns(level) {
        let direction = if matches!(column.kind, Kind::Descending) { " DESC" } else { "" };
        out.push(format!("{}{direction}", column.sql));
    }
    if level == Level::Study {
        out.push("s.shared".into());
    }
    out.push(row_id(level).into());
    out.join(", ")
}

/// The position of a row that begins with the columns.
pub(super) fn position(level: Level, row: &Row<'_>) -> rusqlite::Result<Position> {
    let text = |place| {
        Ok(match row.get_ref(place)? {
            ValueRef::Integer(number) => number.to_string(),
            other => other.as_str()?.to_owned(),
        })
    };
    Ok(Position::new((0..columns(level).len()).map(text).collect::<rusqlite::Result<_>>()?))
}

/// The condition that a row comes after a position; `bind` takes a value and answers its mark.
///
/// # Errors
/// [`Error::Invalid`] when the position is of another level.
pub(super) fn after(level: Level, position: &Position, bind: &mut dyn FnMut(&str) -> String) -> Result<String, Error> {
    let columns = columns(level);
    if position.texts().len() != columns.len() {
        return Err(Error::Invalid("a position is of another query"));
    }
    let marks: Vec<String> = columns
        .iter()
        .zip(position.texts())
        .map(|(column, value)| match column.kind {
            Kind::Number => format!("CAST({} AS INTEGER)", bind(value)),
            _ => bind(value),
        })
        .collect();
    let mut out = String::from("0");
    for (Column { sql, kind }, mark) in columns.iter().zip(&marks).rev() {
        let beyond = if matches!(kind, Kind::Descending) { '<' } else { '>' };
        out = format!("({sql} {beyond} {mark} OR ({sql} = {mark} AND {out}))");
    }
    // Said once more, so that the index of the order begins there.
    Ok(format!("{} <= {} AND {out}", columns[0].sql, marks[0]))
}
