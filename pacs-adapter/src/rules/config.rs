//! What the configuration says of a rule.

use super::way::Way;
use imaging_domain::AeTitle;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use std::collections::BTreeMap;

/// A file of rules of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RuleFile {
    /// The rules, in the order in which they are looked at.
    pub rules: Vec<Rule>,
}

/// One rule: when all its conditions hold, all its actions are done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    /// What it is called in the log, in metrics and in dry runs.
    pub name: String,
    /// For which arrivals.
    pub when: Conditions,
    /// What is done.
    #[serde(rename = "do")]
    pub actions: Actions,
    /// Whether no rule after it is looked at where it applies.
    pub last: bool,
}

/// Conditions; one that is not there holds always. A list with nothing in it is refused: whoever took the last entry out did not
/// mean everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conditions {
    /// One of these calling AE titles; `*` is any run of characters, `?` any one.
    #[serde(deserialize_with = "some", skip_serializing_if = "Vec::is_empty")]
    pub calling: Vec<String>,
    /// One of these ways in.
    #[serde(deserialize_with = "some", skip_serializing_if = "Vec::is_empty")]
    pub way: Vec<Way>,
    /// One of these modalities.
    #[serde(deserialize_with = "some", skip_serializing_if = "Vec::is_empty")]
    pub modality: Vec<String>,
    /// Attributes of the data set, each by its keyword or as `gggg,eeee`.
    pub attributes: BTreeMap<String, Match>,
}

/// A list that has something in it.
fn some<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let list = Vec::deserialize(deserializer)?;
    if list.is_empty() { Err(D::Error::custom("its list is empty: leave it out, or name something")) } else { Ok(list) }
}

/// What an attribute must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Match {
    /// One of its values is like this; `*` is any run of characters, `?` any one.
    Like(String),
    /// One of its values is like one of these.
    OneOf(Vec<String>),
    /// Whether it has a value.
    Present(Present),
    /// None of its values is like one of these; so it is when it has none.
    Not(Not),
}

/// Whether an attribute has a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Present {
    /// It has.
    pub present: bool,
}

/// What an attribute is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Not {
    /// None of these.
    pub not: Vec<String>,
}

/// What is done with an arrival.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Actions {
    /// Peers, with an address, that get a copy.
    pub send_to: Vec<AeTitle>,
    /// It is not kept; its sender hears that it was taken.
    pub drop: bool,
    /// It is kept, and told to nobody until its study is released.
    pub hold: bool,
    /// Attributes and their values, several parted by a backslash.
    pub set: BTreeMap<String, String>,
    /// Attributes that are removed.
    pub remove: Vec<String>,
    /// Why attributes are changed (PS3.3 C.12.1.1.9).
    pub reason: Reason,
}

/// Why attributes are changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Reason {
    /// To make them agree with what the hospital uses.
    #[default]
    Coerce,
    /// Because they were wrong.
    Correct,
}
