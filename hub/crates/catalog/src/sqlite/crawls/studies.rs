//! The studies that an archive told, and those of them that are to be fetched.

use super::super::fault::Fault;
use crate::ports::{DueStudy, FetchEnd, ListedStudy};
use imaging_domain::StudyUid;
use rusqlite::{Connection, Transaction, params};
use std::collections::HashSet;

/// How many instances of a study the index holds, at the site that holds the most.
pub(super) const HELD: &str = "coalesce((SELECT max(instances) FROM study
    WHERE study.StudyInstanceUID = crawl_study.StudyInstanceUID), 0)";

/// Keeps what was told. A study told twice in a pass is counted once, as it was told first.
pub(super) fn keep(
    transaction: &Transaction<'_>,
    archive: &str,
    pass: u64,
    studies: &[ListedStudy],
) -> Result<(), Fault> {
    let other = "(told IS NOT excluded.told OR (mark <> '' AND mark <> excluded.mark))";
    let again = format!("({other} OR state IN ('gone', 'given up') OR {HELD} + left_out < excluded.told)");
    let upsert = format!(
        "INSERT INTO crawl_study (archive, StudyInstanceUID, StudyDate, told, classes, first_pass, seen_pass, mark)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)
         ON CONFLICT (archive, StudyInstanceUID) DO UPDATE SET
           changed_pass = CASE WHEN {other} THEN excluded.seen_pass ELSE changed_pass END,
           tries = CASE WHEN {again} THEN 0 ELSE tries END,
           at_ms = CASE WHEN {again} THEN 0 ELSE at_ms END,
           state = CASE WHEN {again} THEN 'waiting' ELSE state END,
           left_out = CASE WHEN {other} THEN 0 ELSE left_out END,
           StudyDate = excluded.StudyDate, told = excluded.told, classes = excluded.classes, mark = excluded.mark,
           seen_pass = excluded.seen_pass
         WHERE seen_pass < excluded.seen_pass"
    );
    let mut upsert = transaction.prepare_cached(&upsert)?;
    for study in studies {
        let told = study.instances.map(|count| count as i64);
        let classes = study.classes.join("\\");
        upsert.execute(params![archive, study.study.as_str(), study.date, told, classes, pass as i64, study.mark])?;
    }
    Ok(())
}

pub(super) fn look_into(transaction: &Transaction<'_>, archive: &str, before_ms: i64) -> Result<usize, Fault> {
    let update = "UPDATE crawl_study SET state = 'waiting', looked_into = 1, tries = 0, at_ms = 0
        WHERE archive = ?1 AND state = 'whole' AND whole_ms < ?2
          AND seen_pass = (SELECT max(number) FROM crawl_pass WHERE archive = ?1)";
    Ok(transaction.prepare_cached(update)?.execute(params![archive, before_ms])?)
}

pub(super) fn due(connection: &Connection, archive: &str, now_ms: i64, limit: usize) -> Result<Vec<DueStudy>, Fault> {
    let select = format!(
        "SELECT StudyInstanceUID, StudyDate, told, classes, {HELD}, tries, mark, whole_mark, looked_into FROM crawl_study
         WHERE archive = ?1 AND state = 'waiting' AND at_ms <= ?2
         ORDER BY StudyDate DESC, StudyInstanceUID LIMIT ?3"
    );
    let mut select = connection.prepare_cached(&select)?;
    let mut found = select.query(params![archive, now_ms, limit as i64])?;
    let mut out = vec![];
    while let Some(row) = found.next()? {
        let (classes, mark, whole): (String, String, String) = (row.get(3)?, row.get(6)?, row.get(7)?);
        out.push(DueStudy {
            listed: ListedStudy {
                study: StudyUid::parse(&row.get::<_, String>(0)?)?,
                date: row.get(1)?,
                instances: row.get::<_, Option<i64>>(2)?.map(|count| count as u64),
                classes: classes.split('\\').filter(|class| !class.is_empty()).map(str::to_owned).collect(),
                mark: mark.clone(),
            },
            held: row.get::<_, i64>(4)? as u64,
            tries: row.get(5)?,
            is_rewritten: !whole.is_empty() && whole != mark,
            is_looked_into: row.get(8)?,
        });
    }
    Ok(out)
}

pub(super) fn end(transaction: &Transaction<'_>, archive: &str, study: &StudyUid, end: &FetchEnd) -> Result<(), Fault> {
    let (state, at_ms, why) = match end {
        FetchEnd::Whole { at_ms, has_changed, left_out } => {
            return is_whole(transaction, (archive, study), *at_ms, *has_changed, *left_out);
        }
        FetchEnd::Again { at_ms, why } => ("waiting", *at_ms, why.as_str()),
        FetchEnd::GivenUp { why } => ("given up", 0, why.as_str()),
    };
    let update = "UPDATE crawl_study SET state = ?3, at_ms = ?4, why = ?5, tries = tries + 1
                  WHERE archive = ?1 AND StudyInstanceUID = ?2";
    transaction.prepare_cached(update)?.execute(params![archive, study.as_str(), state, at_ms, why])?;
    Ok(())
}

fn is_whole(
    transaction: &Transaction<'_>,
    (archive, study): (&str, &StudyUid),
    whole_ms: i64,
    has_changed: bool,
    left_out: u64,
) -> Result<(), Fault> {
    let update = "UPDATE crawl_study SET state = 'whole', at_ms = 0, why = '', tries = tries + 1, whole_mark = mark,
                    whole_ms = ?3, looked_into = 0, left_out = ?5, changed_pass = CASE WHEN ?4 THEN seen_pass ELSE changed_pass END
                  WHERE archive = ?1 AND StudyInstanceUID = ?2";
    transaction.prepare_cached(update)?.execute(params![
        archive,
        study.as_str(),
        whole_ms,
        has_changed,
        left_out as i64
    ])?;
    Ok(())
}

/// So many instances of a study that rules had left out are here now, or gone: they lack where they are told.
pub(in crate::sqlite) fn left_out_no_more(
    transaction: &Transaction<'_>,
    study: &StudyUid,
    count: u64,
) -> Result<(), Fault> {
    let update = "UPDATE crawl_study SET left_out = max(0, left_out - ?2)
        WHERE archive IN (SELECT archive FROM crawl_pass) AND StudyInstanceUID = ?1";
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    transaction.prepare_cached(update)?.execute(params![study.as_str(), count])?;
    Ok(())
}

pub(super) fn untold(
    connection: &Connection,
    archive: &str,
    studies: Vec<StudyUid>,
) -> Result<HashSet<StudyUid>, Fault> {
    let select = "SELECT 1 FROM crawl_study WHERE archive = ?1 AND StudyInstanceUID = ?2
        AND seen_pass = (SELECT max(number) FROM crawl_pass WHERE archive = ?1)";
    let mut select = connection.prepare_cached(select)?;
    let mut out = HashSet::new();
    for study in studies {
        if !select.exists([archive, study.as_str()])? {
            out.insert(study);
        }
    }
    Ok(out)
}

pub(super) fn unseen(connection: &Connection, archive: &str, limit: usize) -> Result<Vec<StudyUid>, Fault> {
    let select = "WITH pass AS (SELECT max(number) AS number FROM crawl_pass WHERE archive = ?1)
        SELECT StudyInstanceUID FROM crawl_study, pass WHERE archive = ?1 AND state <> 'gone' AND seen_pass < number
        AND EXISTS (SELECT 1 FROM crawl_study AS seen WHERE seen.archive = ?1 AND seen.seen_pass = number) LIMIT ?2";
    let mut select = connection.prepare_cached(select)?;
    let mut found = select.query(params![archive, limit as i64])?;
    let mut out = vec![];
    while let Some(row) = found.next()? {
        out.push(StudyUid::parse(&row.get::<_, String>(0)?)?);
    }
    Ok(out)
}

pub(super) fn is_gone(transaction: &Transaction<'_>, archive: &str, study: &StudyUid) -> Result<(), Fault> {
    let update = "UPDATE crawl_study SET state = 'gone',
        changed_pass = (SELECT max(number) FROM crawl_pass WHERE archive = ?1)
        WHERE archive = ?1 AND StudyInstanceUID = ?2";
    transaction.prepare_cached(update)?.execute([archive, study.as_str()])?;
    Ok(())
}
