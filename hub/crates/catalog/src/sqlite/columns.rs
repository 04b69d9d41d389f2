//! Columns of matchable attributes: their names, and the form in which a value rests in them and is compared.

use imaging_domain::{Attribute, DataSet, Level, PersonName, Tag, VR, attribute, attribute::Rule, attribute::Source};
use std::sync::LazyLock;

/// What stands for the digits that a time leaves out at the upper end of a range (PS3.5 6.2 TM).
const LAST_TIME: &str = "235959.999999";
const FIRST_TIME: &str = "000000.000000";

/// Attributes of a level that have columns.
pub(super) fn at(level: Level) -> impl Iterator<Item = &'static Attribute> {
    attribute::at(level).filter(|a| a.rule != Rule::None && a.source == Source::File)
}

/// Columns of an attribute; a name has one for each component group.
pub(super) fn of(attribute: &Attribute) -> Vec<String> {
    let keyword = attribute.keyword;
    match attribute.rule {
        Rule::Name => vec![keyword.to_owned(), format!("{keyword}_ideographic"), format!("{keyword}_phonetic")],
        _ => vec![keyword.to_owned()],
    }
}

/// Whether a column holds several values, as a JSON array of texts: value multiplicity above one, or nested items.
pub(super) fn is_many(attribute: &Attribute) -> bool {
    attribute.path.len() > 1 || attribute.is_multiple()
}

/// All columns of a level, in the order of [`values`].
pub(super) fn names(level: Level) -> &'static [String] {
    static NAMES: LazyLock<[Vec<String>; 3]> =
        LazyLock::new(|| [Level::Study, Level::Series, Level::Instance].map(|level| at(level).flat_map(of).collect()));
    &NAMES[level as usize]
}

/// What the columns of a level hold for a data set.
pub(super) fn values(level: Level, data_set: &DataSet) -> Vec<String> {
    let mut out = Vec::with_capacity(names(level).len());
    for attribute in at(level) {
        let mut texts = vec![];
        gather(attribute.path, data_set, &mut texts);
        match attribute.rule {
            Rule::Name => {
                let groups: Vec<[String; 3]> = texts.iter().map(|text| name_groups(text)).collect();
                for i in 0..3 {
                    out.push(joined(attribute, groups.iter().map(|group| group[i].clone()).collect()));
                }
            }
            _ => out.push(joined(attribute, texts.iter().map(|text| normal(attribute, text)).collect())),
        }
    }
    out
}

fn gather<'a>(path: &[Tag], data_set: &'a DataSet, out: &mut Vec<&'a str>) {
    match path {
        [] => {}
        [tag] => out.extend(data_set.texts(*tag).iter().map(String::as_str)),
        [tag, rest @ ..] => data_set.items(*tag).iter().for_each(|item| gather(rest, item, out)),
    }
}

fn joined(attribute: &Attribute, mut texts: Vec<String>) -> String {
    if is_many(attribute) {
        texts.retain(|text| !text.is_empty());
        return serde_json::Value::from(texts).to_string();
    }
    match texts.len() {
        1 => texts.remove(0),
        _ => texts.join("\\"),
    }
}

/// The three component groups of a name as they are compared.
pub(super) fn name_groups(text: &str) -> [String; 3] {
    let name = PersonName::parse(&without_nul(text));
    [name.alphabetic, name.ideographic, name.phonetic].map(|group| imaging_domain::folded(&group))
}

/// A value as it is compared. A date or time that is none becomes empty: it matches no range and sorts last.
pub(super) fn normal(attribute: &Attribute, text: &str) -> String {
    let text = without_nul(text);
    let text = text.trim();
    match (attribute.rule, attribute.vr) {
        (Rule::Range, VR::TM) => time_from(text).unwrap_or_default(),
        (Rule::Range, _) => date(text).unwrap_or_default(),
        (Rule::Number, _) => text.parse::<i64>().map_or_else(|_| text.to_owned(), |number| number.to_string()),
        _ => text.to_owned(),
    }
}

/// Eight digits, also from the ACR-NEMA form with points (PS3.5 6.2 DA, note 1).
pub(super) fn date(text: &str) -> Option<String> {
    let digits: String = text.trim().chars().filter(|c| *c != '.').collect();
    (digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

/// `HHMMSS.FFFFFF`, what is left out being the earliest.
pub(super) fn time_from(text: &str) -> Option<String> {
    time(text, FIRST_TIME)
}

/// `HHMMSS.FFFFFF`, what is left out being the latest.
pub(super) fn time_to(text: &str) -> Option<String> {
    time(text, LAST_TIME)
}

fn time(text: &str, padding: &str) -> Option<String> {
    let mut digits: String = text.trim().chars().filter(|c| *c != ':').collect();
    let valid = digits.len() >= 2
        && digits.is_ascii()
        && digits.bytes().enumerate().all(|(i, b)| if i == 6 { b == b'.' } else { b.is_ascii_digit() });
    if !valid {
        return None;
    }
    digits.truncate(padding.len());
    digits.push_str(&padding[digits.len()..]);
    Some(digits)
}

/// NUL is padding, and SQLite ends a pattern there: neither a column nor a key has one.
pub(super) fn without_nul(text: &str) -> String {
    text.replace('\0', "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging_domain::tags;

    #[test]
    fn dates_and_times_rest_in_one_form() {
        let of = |tag| attribute::find(&[tag]).unwrap();
        for (tag, text, expected) in [
            (tags::STUDY_DATE, "20240131", "20240131"),
            (tags::STUDY_DATE, "2024.01.31", "20240131"),
            (tags::STUDY_DATE, "unknown", ""),
            (tags::STUDY_TIME, "1230", "123000.000000"),
            (tags::STUDY_TIME, "12:30:05.5", "123005.500000"),
            (tags::STUDY_TIME, "123005.1234567", "123005.123456"),
            (tags::STUDY_TIME, "noon", ""),
            (tags::SERIES_NUMBER, "+05", "5"),
            (tags::PATIENT_ID, " A 1\0", "A 1"),
        ] {
            assert_eq!(normal(of(tag), text), expected, "{text}");
        }
    }
}
