//! A query of the one language as the address of a search, the other way round than [`parse_search`](crate::parse_search).

use imaging_domain::{Include, Key, Level, Matching, NO_LIMIT, Names, Query, json};
use std::fmt::Write;

/// Path and query string of a search, below the root of the service. Sites cannot be said in it.
///
/// ```
/// use imaging_domain::{Level, Query, StudyUid};
/// let query = Query::at(Level::Series).in_study(&StudyUid::parse("1.2").unwrap()).page(25, 0);
/// assert_eq!(dicomweb::search_path(&query), "/series?limit=25&0020000D=1.2");
/// ```
pub fn search_path(query: &Query) -> String {
    let mut path = match query.level {
        Level::Study => "/studies?",
        Level::Series => "/series?",
        Level::Instance => "/instances?",
    }
    .to_owned();
    // a text takes whatever is written to it
    let limit = if query.page.limit == NO_LIMIT { 0 } else { query.page.limit };
    let _ = write!(path, "limit={limit}");
    if query.page.offset > 0 {
        let _ = write!(path, "&offset={}", query.page.offset);
    }
    if query.names == Names::Fuzzy {
        path.push_str("&fuzzymatching=true");
    }
    if query.keys.iter().any(|key| key.matching == Matching::Empty) {
        path.push_str("&emptyvaluematching=true");
    }
    if query.keys.iter().any(|key| matches!(key.matching, Matching::All(_))) {
        path.push_str("&multiplevaluematching=true");
    }
    include(&query.include, &mut path);
    query.keys.iter().for_each(|key| write_key(key, &mut path));
    path
}

fn include(include: &Include, path: &mut String) {
    match include {
        Include::All => path.push_str("&includefield=all"),
        Include::These(tags) if tags.is_empty() => {}
        Include::These(tags) => {
            let names: Vec<String> = tags.iter().map(|tag| json::key(*tag)).collect();
            let _ = write!(path, "&includefield={}", names.join(","));
        }
    }
}

fn write_key(key: &Key, path: &mut String) {
    let name = key.attribute.path.iter().map(|tag| json::key(*tag)).collect::<Vec<_>>().join(".");
    let range = |from: Option<&str>, to: Option<&str>| format!("{}-{}", from.unwrap_or(""), to.unwrap_or(""));
    let mut put = |name: &str, text: &str| {
        let _ = write!(path, "&{name}={}", encoded(text));
    };
    match &key.matching {
        Matching::Single(text) | Matching::Wildcard(text) => put(&name, text),
        Matching::List(values) => put(&name, &values.join(",")),
        Matching::All(values) => put(&name, &values.join("\\")),
        Matching::Empty => put(&name, "\"\""),
        Matching::Range { from, to } => put(&name, &range(from.as_deref(), to.as_deref())),
        Matching::DateTimes { from, to } => {
            let date = |end: &Option<(String, String)>| end.as_ref().map(|(date, _)| date.clone());
            let time = |end: &Option<(String, String)>| end.as_ref().map(|(_, time)| time.clone());
            put(&name, &range(date(from).as_deref(), date(to).as_deref()));
            if let Some(of_time) = imaging_domain::time_of(key.attribute.tag()) {
                put(&json::key(of_time), &range(time(from).as_deref(), time(to).as_deref()));
            }
        }
    }
}

/// Everything but unreserved characters as percent and two digits (RFC 3986 2.1).
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~,*".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_search;
    use imaging_domain::{attribute, tags};

    #[test]
    fn what_is_written_is_read_as_it_was() {
        for (tag, text) in [
            (tags::PATIENT_NAME, "王*"),
            (tags::PATIENT_NAME, "MÜLLER^J?RG&x=1#"),
            (tags::PATIENT_ID, "a b+c%"),
            (tags::STUDY_DATE, "20240101-"),
            (tags::STUDY_DATE, "20240101-20240131"),
            (tags::STUDY_TIME, "10-1230"),
            (tags::STUDY_INSTANCE_UID, "1.2\\1.3"),
            (tags::MODALITY, "CT"),
        ] {
            let mut query = Query::at(Level::Instance);
            query.page.limit = NO_LIMIT;
            query.add_key(attribute::find(&[tag]).unwrap(), text).unwrap();
            query.include.add(tags::STUDY_DESCRIPTION);
            let path = search_path(&query);
            let (read, warnings) = parse_search(Level::Instance, path.split_once('?').unwrap().1).unwrap();
            assert!(read == query && warnings.is_empty(), "{path} {read:?}");
        }
    }

    #[test]
    fn a_range_of_dates_with_times_stays_one() {
        let mut query = Query::at(Level::Study);
        query.page.limit = NO_LIMIT;
        for (tag, text) in [(tags::STUDY_DATE, "20240101-20240131"), (tags::STUDY_TIME, "10-1230")] {
            query.add_key(attribute::find(&[tag]).unwrap(), text).unwrap();
        }
        query.combine_date_times();
        let path = search_path(&query);
        assert!(parse_search(Level::Study, path.split_once('?').unwrap().1).unwrap().0 == query, "{path}");
        let request = [attribute::find(&[tags::REQUEST_ATTRIBUTES_SEQUENCE, tags::REQUESTED_PROCEDURE_ID]).unwrap()];
        let keys = request.map(|attribute| Key { attribute, matching: Matching::Empty });
        let path = search_path(&Query { keys: keys.into(), ..Query::at(Level::Series) });
        assert_eq!(path, "/series?limit=1000&emptyvaluematching=true&00400275.00401001=%22%22");
    }
}
