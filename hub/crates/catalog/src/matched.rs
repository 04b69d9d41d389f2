//! Whether a data set matches a query, said without a database (PS3.4 C.2.2.2): for lists that are short.

use crate::names::{NameKey, stored};
use imaging_domain::{
    Attribute, DataSet, Element, Key, Matching, Names, Query, Tag, VR, Value, attribute::Rule, is_like, moments,
};

/// The most bytes of a pattern.
const MAX_PATTERN: usize = 1_024;

/// Whether a data set has what every key of a query asks for. Keys of one sequence have to match in one item of it.
pub fn is_match(query: &Query, data_set: &DataSet) -> bool {
    let keys: Vec<(&[Tag], &Key)> = query.keys.iter().map(|key| (key.attribute.path, key)).collect();
    all_match(&keys, data_set, query.names)
}

fn all_match(keys: &[(&[Tag], &Key)], data_set: &DataSet, names: Names) -> bool {
    let plain = |(path, key): &(&[Tag], &Key)| path.len() > 1 || has(data_set.get(path[0]), key, names);
    let nested: Vec<_> = keys.iter().filter(|(path, _)| path.len() > 1).collect();
    let in_one_item = |number: usize, sequence: Tag| {
        if nested[..number].iter().any(|(path, _)| path[0] == sequence) {
            return true;
        }
        let below = nested.iter().filter(|(path, _)| path[0] == sequence);
        let below: Vec<(&[Tag], &Key)> = below.map(|(path, key)| (&path[1..], *key)).collect();
        let items = data_set.items(sequence);
        // a sequence without items has no values either
        let none = items.is_empty() && all_match(&below, &DataSet::new(), names);
        none || items.iter().any(|item| all_match(&below, item, names))
    };
    keys.iter().all(plain) && nested.iter().enumerate().all(|(number, (path, _))| in_one_item(number, path[0]))
}

fn has(element: Option<&Element>, key: &Key, names: Names) -> bool {
    let values = element.map(texts).unwrap_or_default();
    let any = |text: &String| values.iter().any(|value| is_value(key.attribute, text, value, names));
    match &key.matching {
        Matching::Empty => values.iter().all(String::is_empty),
        Matching::Single(text) => any(text),
        Matching::Wildcard(pattern) if key.attribute.rule == Rule::Name => any(pattern),
        // what has so long a pattern is looked for by nobody, and takes the product of the lengths
        Matching::Wildcard(pattern) if pattern.len() > MAX_PATTERN => false,
        Matching::Wildcard(pattern) => values.iter().any(|value| is_like(pattern, value)),
        Matching::List(list) => list.iter().any(any),
        Matching::All(list) => list.iter().all(any),
        Matching::Range { from, to } => {
            values.iter().any(|value| is_between(key.attribute.vr, value, from.as_deref(), to.as_deref()))
        }
        // a date with its own time is what the index has, not what is matched here
        Matching::DateTimes { .. } => false,
    }
}

/// Values as texts; what is no text and no number has none.
fn texts(element: &Element) -> Vec<String> {
    match &element.value {
        Value::Text(values) => values.clone(),
        Value::Int(values) => values.iter().map(ToString::to_string).collect(),
        _ => vec![],
    }
}

fn is_value(attribute: &Attribute, text: &str, value: &str, names: Names) -> bool {
    match attribute.rule {
        Rule::Name => NameKey::parse(text, names).finds(&stored(value)),
        Rule::Number => value.trim().parse::<i64>().ok().is_some_and(|number| number.to_string() == text),
        Rule::Range if attribute.vr == VR::DT => overlap(text, value),
        Rule::Range if attribute.vr == VR::TM => value.starts_with(text),
        _ => value == text,
    }
}

fn overlap(one: &str, other: &str) -> bool {
    match (moments(one), moments(other)) {
        (Some((from, to)), Some((first, last))) => first <= to && from <= last,
        _ => false,
    }
}

/// Whether a value begins within a range, both ends of which are whole.
fn is_between(vr: VR, value: &str, from: Option<&str>, to: Option<&str>) -> bool {
    if vr != VR::DT {
        return !value.is_empty() && from.is_none_or(|from| value >= from) && to.is_none_or(|to| value <= to);
    }
    let Some((first, _)) = moments(value) else { return false };
    let after = |from| moments(from).is_some_and(|(from, _)| first >= from);
    let before = |to| moments(to).is_some_and(|(_, to)| first <= to);
    from.is_none_or(after) && to.is_none_or(before)
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging_domain::{Level, tags, worklist};

    fn item() -> DataSet {
        let station = |code: &str, scheme: &str| {
            let mut out = DataSet::new();
            out.put_text(tags::CODE_VALUE, VR::SH, code);
            out.put_text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, scheme);
            out
        };
        let mut out = DataSet::new();
        out.put_text(tags::PATIENT_NAME, VR::PN, "WANG^XIAOMING=王^小明");
        out.put_text(tags::PATIENT_ID, VR::LO, "P1");
        out.put_text(tags::SCHEDULED_PROCEDURE_STEP_START_DATE_TIME, VR::DT, "20261127083000+0800");
        let stations = Value::Sequence(vec![station("CT1", "99A"), station("CT2", "99B")]);
        out.put(tags::SCHEDULED_STATION_NAME_CODE_SEQUENCE, VR::SQ, stations);
        out
    }

    fn found(keys: &[(&[Tag], &str)], names: Names) -> bool {
        let mut query = Query { names, ..Query::at(Level::Study) };
        for (path, text) in keys {
            query.add_key(worklist::find(path).unwrap(), text).unwrap();
        }
        is_match(&query, &item())
    }

    #[test]
    fn keys_match_as_the_index_does() {
        let (name, id) = (&[tags::PATIENT_NAME][..], &[tags::PATIENT_ID][..]);
        let start = &[tags::SCHEDULED_PROCEDURE_STEP_START_DATE_TIME][..];
        for (path, text) in [
            (name, "wang*"),
            (name, "王*"),
            (id, "P?"),
            (id, "*"),
            (start, "20261127"),
            (start, "20261127-"),
            (start, "-20261127"),
            (start, "20261127003000"),
            (start, "202611270830+0800-202611270830+0800"),
        ] {
            assert!(found(&[(path, text)], Names::Literal), "{text}");
        }
        for (path, text) in
            [(name, "LI*"), (id, "p1"), (start, "20261128-"), (start, "-20261126"), (start, "202611270831+0800")]
        {
            assert!(!found(&[(path, text)], Names::Literal), "{text}");
        }
        assert!(found(&[(name, "xiaoming wang")], Names::Fuzzy));
        assert!(!found(&[(name, "li")], Names::Fuzzy));
    }

    #[test]
    fn keys_of_one_sequence_match_one_item() {
        let code = &[tags::SCHEDULED_STATION_NAME_CODE_SEQUENCE, tags::CODE_VALUE][..];
        let scheme = &[tags::SCHEDULED_STATION_NAME_CODE_SEQUENCE, tags::CODING_SCHEME_DESIGNATOR][..];
        assert!(found(&[(code, "CT1"), (scheme, "99A"), (&[tags::PATIENT_ID], "P1")], Names::Literal));
        assert!(!found(&[(code, "CT1"), (scheme, "99B")], Names::Literal));
        let empty = |path: &[Tag]| {
            let key = Key { attribute: worklist::find(path).unwrap(), matching: Matching::Empty };
            is_match(&Query { keys: vec![key], ..Query::at(Level::Study) }, &item())
        };
        assert!(
            empty(&[tags::SCHEDULED_STATION_CLASS_CODE_SEQUENCE, tags::CODE_VALUE]) && empty(&[tags::ADMISSION_ID])
        );
        assert!(!empty(code) && !empty(&[tags::PATIENT_ID]));
    }
}
