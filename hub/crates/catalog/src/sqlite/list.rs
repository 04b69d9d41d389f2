//! Instances of a scope, and the one that stands for it.

use super::{
    fault::Fault,
    rows::{COPY, COPY_TABLES, Reader},
};
use crate::{
    error::Error,
    ports::{InstanceCopies, Scope},
};
use imaging_domain::{InstanceCopy, InstanceUid, Keeping, SeriesUid, StudyUid};
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// The most instances one call answers.
pub(super) const MAX_INSTANCES: usize = 10_000;

/// Goes series by series, so that a page costs what it holds and not what the study holds.
pub(super) fn instances(
    connection: &Connection,
    scope: &Scope,
    after: Option<&(SeriesUid, InstanceUid)>,
    limit: usize,
) -> Result<Vec<InstanceCopies>, Fault> {
    let mut out = vec![];
    let mut reader = Reader::new(connection);
    for (uid, copies) in series_of(connection, scope, after.map(|(series, _)| series))? {
        let begin = match after {
            Some((series, instance)) if series.as_str() == uid => instance.as_str(),
            _ => "",
        };
        let missing = limit.saturating_sub(out.len());
        if missing == 0 {
            break;
        }
        out.extend(of_series(&mut reader, connection, scope, &copies, (begin, missing))?);
    }
    Ok(out)
}

/// Instances of a series one by one, as they are named.
pub(super) fn named(
    connection: &Connection,
    scope: &Scope,
    named: Vec<InstanceUid>,
) -> Result<Vec<InstanceCopies>, Fault> {
    let (mut out, mut reader) = (vec![], Reader::new(connection));
    for copies in series_of(connection, scope, None)?.values() {
        for instance in named.iter().take(MAX_INSTANCES) {
            let one = Scope { instance: Some(instance.clone()), ..scope.clone() };
            out.extend(of_series(&mut reader, connection, &one, copies, ("", 1))?);
        }
    }
    Ok(out)
}

/// See the port.
pub(super) fn order(connection: &Connection, study: &StudyUid, series: &SeriesUid) -> Result<Vec<InstanceUid>, Fault> {
    let select = "SELECT i.SOPInstanceUID, min(CAST(i.InstanceNumber AS INTEGER))
        FROM study s JOIN series e ON e.study = s.id JOIN instance i ON i.series = e.id
        WHERE s.StudyInstanceUID = ?1 AND e.SeriesInstanceUID = ?2 GROUP BY 1 ORDER BY 2, 1";
    let mut select = connection.prepare_cached(select)?;
    let found = select.query_map(params![study.as_str(), series.as_str()], |row| row.get::<_, String>(0))?;
    found.map(|uid| Ok(InstanceUid::parse(&uid?)?)).collect()
}

/// Rows of each series of a scope by UID, those before `from` left out.
pub(super) fn series_of(
    connection: &Connection,
    scope: &Scope,
    from: Option<&SeriesUid>,
) -> Result<BTreeMap<String, Vec<i64>>, Fault> {
    let select = "SELECT e.SeriesInstanceUID, e.id FROM study s JOIN series e ON e.study = s.id
        WHERE s.StudyInstanceUID = ?1 AND (?2 IS NULL OR e.SeriesInstanceUID = ?2) AND e.SeriesInstanceUID >= ?3";
    let mut select = connection.prepare_cached(select)?;
    let only = scope.series.as_ref().map(SeriesUid::as_str);
    let mut found = select.query(params![scope.study.as_str(), only, from.map_or("", SeriesUid::as_str)])?;
    let mut out: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    while let Some(row) = found.next()? {
        out.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    Ok(out)
}

/// At most `window.1` instances of a series after `window.0`, with their copies in all rows of that series. Each row
/// gives its first so many, so together they have every copy of the first so many.
fn of_series(
    reader: &mut Reader<'_>,
    connection: &Connection,
    scope: &Scope,
    series: &[i64],
    window: (&str, usize),
) -> Result<Vec<InstanceCopies>, Fault> {
    let select = format!(
        "SELECT {COPY} FROM {COPY_TABLES} WHERE i.series = ?1 AND i.SOPInstanceUID > ?2
         AND (?3 IS NULL OR i.SOPInstanceUID = ?3) ORDER BY i.SOPInstanceUID LIMIT ?4"
    );
    let mut select = connection.prepare_cached(&select)?;
    let only = scope.instance.as_ref().map(InstanceUid::as_str);
    let mut out: BTreeMap<InstanceUid, Vec<InstanceCopy>> = BTreeMap::new();
    for id in series {
        let mut found = select.query(params![id, window.0, only, window.1 as i64])?;
        while let Some(row) = found.next()? {
            let copy = reader.copy(row)?;
            out.entry(copy.instance.uid.clone()).or_default().push(copy);
        }
    }
    Ok(out.into_values().take(window.1).map(in_order).collect())
}

/// What nobody has seen comes last: it stands for an instance only when nothing else does.
fn in_order(mut copies: Vec<InstanceCopy>) -> InstanceCopies {
    let is_promised = |copy: &InstanceCopy| copy.instance.keeping == Keeping::Promised;
    copies.sort_by(|a, b| {
        (is_promised(a), a.instance.stored_ms, &a.site).cmp(&(is_promised(b), b.instance.stored_ms, &b.site))
    });
    InstanceCopies(copies)
}

/// See the port. Images are instances with frames; series without any stand back when another has some.
pub(super) fn representative(connection: &Connection, scope: &Scope) -> Result<InstanceCopies, Fault> {
    let nothing = || Fault::Is(Error::NotFound(scope.what()));
    let found = match scope {
        // it stands for itself
        Scope { series: Some(_), instance: Some(_), .. } => scope.clone(),
        _ => {
            let series = middle_series(connection, scope)?.ok_or_else(nothing)?;
            let instance = middle_instance(connection, scope, &series)?.ok_or_else(nothing)?;
            Scope { series: Some(series), instance: Some(instance), ..scope.clone() }
        }
    };
    instances(connection, &found, None, 1)?.pop().ok_or_else(nothing)
}

fn middle_series(connection: &Connection, scope: &Scope) -> Result<Option<SeriesUid>, Fault> {
    let select = "SELECT e.SeriesInstanceUID, min(CAST(e.SeriesNumber AS INTEGER)),
            max(EXISTS (SELECT 1 FROM instance i WHERE i.series = e.id AND i.frames > 0)) AS images
        FROM study s JOIN series e ON e.study = s.id
        WHERE s.StudyInstanceUID = ?1 AND (?2 IS NULL OR e.SeriesInstanceUID = ?2)
          AND (?3 IS NULL OR EXISTS (SELECT 1 FROM instance i WHERE i.series = e.id AND i.SOPInstanceUID = ?3))
        GROUP BY 1 ORDER BY images, 2, 1";
    let only = scope.series.as_ref().map(SeriesUid::as_str);
    let instance = scope.instance.as_ref().map(InstanceUid::as_str);
    let found = middle(connection, select, params![scope.study.as_str(), only, instance])?;
    found.map(|uid| Ok(SeriesUid::parse(&uid)?)).transpose()
}

fn middle_instance(connection: &Connection, scope: &Scope, series: &SeriesUid) -> Result<Option<InstanceUid>, Fault> {
    let select = "SELECT i.SOPInstanceUID, min(CAST(i.InstanceNumber AS INTEGER)), max(i.frames > 0) AS images,
            min(i.SOPClassUID)
        FROM study s JOIN series e ON e.study = s.id JOIN instance i ON i.series = e.id
        WHERE s.StudyInstanceUID = ?1 AND e.SeriesInstanceUID = ?2 AND (?3 IS NULL OR i.SOPInstanceUID = ?3)
        GROUP BY 1 ORDER BY images, 4, 2, 1";
    let only = scope.instance.as_ref().map(InstanceUid::as_str);
    let found = middle(connection, select, params![scope.study.as_str(), series.as_str(), only])?;
    found.map(|uid| Ok(InstanceUid::parse(&uid)?)).transpose()
}

/// The middle of the rows with images, which come last; of all rows when none has.
fn middle(connection: &Connection, select: &str, values: impl rusqlite::Params) -> Result<Option<String>, Fault> {
    let mut select = connection.prepare_cached(select)?;
    let rows = select.query_map(values, |row| Ok((row.get::<_, String>(0)?, row.get::<_, bool>(2)?)))?;
    let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let first_image = rows.iter().position(|(_, images)| *images).unwrap_or(0);
    let candidates = &rows[first_image..];
    Ok(candidates.get(candidates.len() / 2).map(|(uid, _)| uid.clone()))
}
