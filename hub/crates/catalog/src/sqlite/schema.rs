//! The schema and its versions, kept in `PRAGMA user_version`.

use super::{fault::Fault, names};
use crate::error::Error;
use rusqlite::{Connection, TransactionBehavior};

/// One step each, in order; a step that was released never changes.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
    include_str!("migrations/0005.sql"),
    include_str!("migrations/0006.sql"),
    include_str!("migrations/0007.sql"),
    include_str!("migrations/0008.sql"),
    include_str!("migrations/0009.sql"),
    include_str!("migrations/0010.sql"),
    include_str!("migrations/0011.sql"),
    include_str!("migrations/0012.sql"),
    include_str!("migrations/0013.sql"),
    include_str!("migrations/0014.sql"),
];
/// The steps after which the names of the studies that are there are to be written.
const NAMES: [i64; 2] = [4, 12];

/// Brings the database to the newest version; each step is one transaction.
///
/// # Errors
/// [`Error::Invalid`] when a newer program wrote it.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), Fault> {
    for (version, step) in (1_i64..).zip(MIGRATIONS) {
        // Two programs may open the same new file: who waited looks again.
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if version_of(&transaction)? < version {
            transaction.execute_batch(step)?;
            if NAMES.contains(&version) {
                names::fill_in(&transaction)?;
            }
            transaction.pragma_update(None, "user_version", version)?;
        }
        transaction.commit()?;
    }
    if version_of(connection)? > MIGRATIONS.len() as i64 {
        return Err(Error::Invalid("the index was written by a newer program").into());
    }
    Ok(())
}

fn version_of(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::columns;
    use imaging_domain::{
        Level,
        attribute::{Rule, Source, TABLE},
    };

    #[test]
    fn every_matchable_attribute_has_its_columns() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        for attribute in TABLE.iter().filter(|a| a.rule != Rule::None && a.source == Source::File) {
            let table = match attribute.level {
                Level::Study => "study",
                Level::Series => "series",
                Level::Instance => "instance",
            };
            for column in columns::of(attribute) {
                let found: i64 = connection
                    .query_row("SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2", (table, &column), |row| {
                        row.get(0)
                    })
                    .unwrap();
                assert_eq!(found, 1, "{table}.{column}");
            }
        }
    }

    #[test]
    fn names_of_an_older_index_are_filled_in() {
        let mut connection = Connection::open_in_memory().unwrap();
        for step in &MIGRATIONS[..3] {
            connection.execute_batch(step).unwrap();
        }
        connection.pragma_update(None, "user_version", 3).unwrap();
        let attributes = r#"{"00100010":{"vr":"PN","Value":[{"Alphabetic":"WANG^FANG","Ideographic":"王^芳"}]}}"#;
        connection.execute_batch("INSERT INTO site (id, site) VALUES (1, 'a'), (2, 'b')").unwrap();
        let insert = "INSERT INTO study (site, StudyInstanceUID, attributes) VALUES (?1, ?2, ?3)";
        for (site, uid) in [(1, "1.2"), (2, "1.2"), (1, "1.3")] {
            connection.execute(insert, (site, uid, attributes)).unwrap();
        }
        migrate(&mut connection).unwrap();
        let count = |select| connection.query_row(select, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(count("SELECT count(*) FROM person_name WHERE name = 'wang^fang=王^芳'"), 1);
        assert_eq!(count("SELECT count(*) FROM study JOIN person_name n ON n.id = patient_name"), 3);
        assert_eq!(count("SELECT count(*) FROM name_form WHERE form = '~wangfang'"), 1);
        assert_eq!(count("SELECT count(*) FROM name_gram WHERE gram = '王芳'"), 1);
        assert_eq!(count("SELECT sum(shared) FROM study"), 2);
    }

    #[test]
    fn lines_of_an_older_feed_that_later_ones_replaced_go() {
        let mut connection = Connection::open_in_memory().unwrap();
        for step in &MIGRATIONS[..13] {
            connection.execute_batch(step).unwrap();
        }
        connection.pragma_update(None, "user_version", 13).unwrap();
        let rows = "INSERT INTO site (id, site) VALUES (1, 'a'), (2, 'b');
            INSERT INTO study (id, site, StudyInstanceUID) VALUES (1, 1, '1.2');
            INSERT INTO series (id, study, SeriesInstanceUID) VALUES (1, 1, '1.3');
            INSERT INTO instance (series, site, SOPInstanceUID, change, digest, size_bytes, data_set_offset, frames, stored_ms,
                transfer_syntax, attributes, SOPClassUID) VALUES (1, 1, '1.4', 7, x'00', 0, 0, 1, 0, '', '{}', '');
            INSERT INTO deletion (site, change, uid) VALUES (1, 3, '1.4'), (1, 8, '1.4'), (1, 4, '1.5'), (2, 3, '1.4');";
        connection.execute_batch(rows).unwrap();
        migrate(&mut connection).unwrap();
        let mut left = connection.prepare("SELECT change FROM deletion WHERE site = 1 ORDER BY change").unwrap();
        let left: Vec<i64> = left.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert_eq!(left, [4, 8]);
    }

    #[test]
    fn a_newer_index_is_refused_and_an_old_one_is_migrated_once() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        migrate(&mut connection).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(migrate(&mut connection), Err(Fault::Is(Error::Invalid(_)))));
    }
}
