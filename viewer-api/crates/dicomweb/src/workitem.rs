//! Requests about steps of work (PS3.18 chapter 11).

use crate::{
    error::Error,
    parameters::{Pair, pairs},
    query::parse_worklist_search,
};
use imaging_domain::InstanceUid;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The identifier of a step that is to be made (PS3.18 11.4.1.2): `?workitem=UID`, `?AffectedSOPInstanceUID=UID` of older
/// clients, or the UID alone.
///
/// # Errors
/// When it is no UID.
pub fn workitem_parameter(query: &str) -> Result<Option<InstanceUid>, Error> {
    let named = parameter(query, &["workitem", "AffectedSOPInstanceUID"])?;
    Ok(named.map(|uid| InstanceUid::parse(&uid)).transpose()?)
}

/// The Transaction UID of a change (PS3.18 11.6.1.2): `?transaction=UID`, `?transaction-uid=UID`, or the UID alone.
///
/// # Errors
/// When the query string cannot be read.
pub fn transaction_parameter(query: &str) -> Result<Option<String>, Error> {
    parameter(query, &["transaction", "transaction-uid"])
}

/// The value of a parameter.
///
/// # Errors
/// When the query string cannot be read.
pub fn named_parameter(query: &str, name: &str) -> Result<Option<String>, Error> {
    let found = pairs(query)?.into_iter().find(|pair| pair.name == name);
    Ok(found.map(|pair| pair.value).filter(|value| !value.is_empty()))
}

/// The value of a parameter that has one of these names, or that is the whole query string.
fn parameter(query: &str, names: &[&str]) -> Result<Option<String>, Error> {
    let pairs = pairs(query)?;
    let is_uid = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let value = |Pair { name, value }: &Pair| match value.as_str() {
        "" if is_uid(name) => Some(name.clone()),
        "" => None,
        value => names.contains(&name.as_str()).then(|| value.trim().to_owned()),
    };
    Ok(pairs.iter().find_map(value))
}

/// What a request to subscribe says beside whom and what (PS3.18 11.10.1.2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subscription {
    /// Whether steps are to be kept until the subscription ends.
    pub deletion_lock: bool,
    /// The filter, as the query string of a search; empty when there is none.
    pub filter: String,
}

/// Reads the query string of a request to subscribe. A filter is `filter=key=value,key=value`, or keys as a search has them.
///
/// # Errors
/// When it is malformed, or a filter has a key that no step is found by: who asked for less is not told of everything.
pub fn parse_subscription(query: &str) -> Result<Subscription, Error> {
    let mut out = Subscription::default();
    let mut keys: Vec<(String, String)> = vec![];
    for Pair { name, value } in pairs(query)? {
        match (name.as_str(), value.as_str()) {
            ("deletionlock", "true") => out.deletion_lock = true,
            ("deletionlock", "false" | "") => {}
            ("deletionlock", _) => return Err(Error::invalid("deletionlock", "it is neither true nor false")),
            ("accept" | "charset", _) => {}
            ("filter", value) => keys.extend(filter(value)?),
            _ => keys.push((name, value)),
        }
    }
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let keys: Vec<String> = keys.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    out.filter = keys.join("&");
    let (query, warnings) = parse_worklist_search(&out.filter)?;
    if !warnings.is_empty() || query.keys.is_empty() != out.filter.is_empty() {
        return Err(Error::invalid("filter", "it has a key that no workitem is found by"));
    }
    Ok(out)
}

/// Keys with commas between them; what has no equals sign is one more value of the key before.
fn filter(text: &str) -> Result<Vec<(String, String)>, Error> {
    let mut keys: Vec<(String, String)> = vec![];
    for part in text.split(',').filter(|part| !part.is_empty()) {
        match (part.split_once('='), keys.last_mut()) {
            (Some((name, value)), _) => keys.push((name.trim().to_owned(), value.to_owned())),
            (None, Some((_, value))) => {
                value.push(',');
                value.push_str(part);
            }
            (None, None) => return Err(Error::invalid("filter", "it begins with no key")),
        }
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_stand_in_many_ways() {
        for query in ["workitem=1.2.3", "AffectedSOPInstanceUID=1.2.3", "1.2.3", "accept=application/json&1.2.3"] {
            assert_eq!(workitem_parameter(query).unwrap().unwrap().as_str(), "1.2.3", "{query}");
        }
        assert_eq!(workitem_parameter("").unwrap(), None);
        assert!(workitem_parameter("workitem=a%20b").is_err());
        assert_eq!(transaction_parameter("transaction=1.5").unwrap().as_deref(), Some("1.5"));
        assert_eq!(transaction_parameter("1.5").unwrap().as_deref(), Some("1.5"));
        assert_eq!(transaction_parameter("other=1.5").unwrap(), None);
    }

    #[test]
    fn filters_are_keys_of_a_search() {
        let read = |query| parse_subscription(query).unwrap();
        assert_eq!(read("deletionlock=true"), Subscription { deletion_lock: true, filter: String::new() });
        let filter = read("filter=WorklistLabel%3DCT,ProcedureStepState%3DSCHEDULED,COMPLETED").filter;
        let (query, _) = parse_worklist_search(&filter).unwrap();
        assert_eq!(query.keys.len(), 2);
        assert_eq!(read("filter=ScheduledStationNameCodeSequence.CodeValue%3DX").filter.matches('=').count(), 1);
        assert_eq!(read("WorklistLabel=CT").filter, "WorklistLabel=CT");
        for wrong in ["deletionlock=perhaps", "filter=CT", "filter=Nonsense%3D1", "Modality=CT", "WorklistLabel=*"] {
            assert!(parse_subscription(wrong).is_err(), "{wrong}");
        }
    }
}
