//! The form in which a name rests in the index.

use imaging_domain::{PersonName, folded};

/// The most characters of a component group that are compared; nobody's name is longer.
const MAX_GROUP: usize = 256;

/// A PN value in the form in which names are compared: case folded, width narrowed, runs of spaces one, carets between
/// components and `=` between groups kept, empty ends cut off. Empty when there is no name.
pub(crate) fn stored(value: &str) -> String {
    let name = PersonName::parse(&value.replace('\0', ""));
    let groups = [name.alphabetic, name.ideographic, name.phonetic].map(|group| group_of(&group));
    groups.join("=").trim_end_matches('=').to_owned()
}

fn group_of(text: &str) -> String {
    let short: String = text.chars().take(MAX_GROUP).collect();
    let components: Vec<String> = short.split('^').map(folded).collect();
    components.join("^").trim_end_matches('^').to_owned()
}

/// The same of a name in the DICOM JSON model (PS3.18 F.2.2). Empty when it is none.
pub(crate) fn of_json(text: &str) -> String {
    let json: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let group = |name: &str| json.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
    stored(&format!("{}={}={}", group("Alphabetic"), group("Ideographic"), group("Phonetic")))
}

/// A component group with spaces for its carets.
pub(super) fn spaced(group: &str) -> String {
    folded(group)
}

/// A component group without separators: between Chinese characters they mean nothing to who asks.
pub(super) fn condensed(group: &str) -> String {
    group.chars().filter(|c| !matches!(c, ' ' | '^')).collect()
}
