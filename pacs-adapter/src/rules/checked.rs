//! A rule of the configuration, checked: attributes are tags, and nothing is asked of it that cannot be done.

use super::{
    attributes::{removable, settable},
    config::{Actions, Conditions, Match, Reason, Rule},
    way::Way,
};
use anyhow::{Context, Result, bail, ensure};
use imaging_domain::{AeTitle, DataSet, Tag, Value, attribute_named, is_like, tags};
use std::collections::{BTreeMap, BTreeSet};

/// Rules, and patterns of one rule, that a configuration may have.
pub(super) const MAX_RULES: usize = 1000;
const MAX_PATTERN: usize = 256;

/// A rule that can be applied.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    pub(super) name: String,
    pub(super) calling: Vec<String>,
    way: Vec<Way>,
    attributes: Vec<(Tag, Match)>,
    pub(super) actions: Actions,
    pub(super) set: BTreeMap<Tag, String>,
    pub(super) removed: BTreeSet<Tag>,
    pub(super) last: bool,
}

/// What is known of where an arrival came from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin<'a> {
    /// `None` where nobody knows; then conditions on it hold.
    pub(super) way: Option<Way>,
    /// The calling AE title, empty when it did not come by one; `None` where nobody knows.
    pub(super) calling: Option<&'a str>,
}

impl Checked {
    /// # Errors
    /// What of the rule cannot be, in words that name it.
    pub(super) fn of(rule: &Rule, number: usize) -> Result<Self> {
        let name = if rule.name.is_empty() { format!("rule {number}") } else { rule.name.clone() };
        Self::read(rule, &name).with_context(|| format!("the rule \"{name}\""))
    }

    fn read(rule: &Rule, name: &str) -> Result<Self> {
        let Rule { when, actions, last, .. } = rule;
        let Conditions { calling, way, modality, attributes } = when;
        let mut conditions = vec![];
        for (keyword, wanted) in attributes {
            conditions.push((named(keyword)?, wanted.clone()));
        }
        if !modality.is_empty() {
            conditions.push((tags::MODALITY, Match::OneOf(modality.clone())));
        }
        let patterns = conditions.iter().flat_map(|(_, wanted)| patterns(wanted)).chain(calling);
        ensure!(patterns.into_iter().all(|pattern| pattern.len() <= MAX_PATTERN), "a pattern is too long");
        if let Some((keyword, _)) = attributes.iter().find(|(_, wanted)| is_empty(wanted)) {
            bail!("the list of {keyword} is empty: leave the condition out, or write what it is about");
        }
        let mut set = BTreeMap::new();
        for (keyword, value) in &actions.set {
            let tag = named(keyword)?;
            settable(tag, value).map_err(|why| anyhow::anyhow!("{keyword} cannot be set to {value:?}: {why}"))?;
            set.insert(tag, value.clone());
        }
        let mut removed = BTreeSet::new();
        for keyword in &actions.remove {
            let tag = named(keyword)?;
            removable(tag).map_err(|why| anyhow::anyhow!("{keyword} cannot be removed: {why}"))?;
            ensure!(!set.contains_key(&tag), "{keyword} is both set and removed");
            removed.insert(tag);
        }
        let does =
            actions.drop || actions.hold || !actions.send_to.is_empty() || !(set.is_empty() && removed.is_empty());
        ensure!(does || *last, "it does nothing");
        let others = actions.hold || !actions.send_to.is_empty() || !(set.is_empty() && removed.is_empty());
        ensure!(!(actions.drop && others), "what is dropped cannot be held, changed or sent");
        let (calling, way) = (calling.clone(), way.clone());
        let (name, actions, last) = (name.to_owned(), actions.clone(), *last);
        Ok(Self { name, calling, way, attributes: conditions, actions, set, removed, last })
    }

    /// The attributes that its conditions look at.
    pub(super) fn looks_at(&self) -> impl Iterator<Item = Tag> {
        self.attributes.iter().map(|(tag, _)| *tag)
    }

    /// Whether its conditions hold.
    pub(super) fn applies(&self, origin: Origin<'_>, data_set: &DataSet) -> bool {
        let called = |title: &str| self.calling.iter().any(|pattern| is_like(pattern, title));
        (self.calling.is_empty() || origin.calling.is_none_or(called))
            && (self.way.is_empty() || origin.way.is_none_or(|way| self.way.contains(&way)))
            && self.attributes.iter().all(|(tag, wanted)| holds(wanted, data_set, *tag))
    }

    /// Whether it depends on where an arrival came from.
    pub(super) fn asks_origin(&self) -> bool {
        !self.calling.is_empty() || !self.way.is_empty()
    }

    /// Why attributes are changed.
    pub(super) fn reason(&self) -> Reason {
        self.actions.reason
    }

    /// Peers that it sends to and that nobody knows with an address.
    pub(super) fn unknown_peer(&self, known: impl Fn(&AeTitle) -> bool) -> Result<()> {
        match self.actions.send_to.iter().find(|title| !known(title)) {
            Some(title) => {
                bail!("the rule \"{}\" sends to {title}: nobody is known by this title with an address", self.name)
            }
            None => Ok(()),
        }
    }
}

fn named(keyword: &str) -> Result<Tag> {
    attribute_named(keyword).with_context(|| format!("{keyword} is no attribute: write its keyword, or gggg,eeee"))
}

fn patterns(wanted: &Match) -> &[String] {
    match wanted {
        Match::Like(pattern) => std::slice::from_ref(pattern),
        Match::OneOf(patterns) => patterns,
        Match::Not(not) => &not.not,
        Match::Present(_) => &[],
    }
}

fn is_empty(wanted: &Match) -> bool {
    !matches!(wanted, Match::Present(_)) && patterns(wanted).is_empty()
}

fn holds(wanted: &Match, data_set: &DataSet, tag: Tag) -> bool {
    let element = data_set.get(tag).filter(|element| !element.is_empty());
    if let Match::Present(wanted) = wanted {
        return wanted.present == element.is_some();
    }
    let values = element.map(|element| texts(&element.value)).unwrap_or_default();
    let like = values.iter().any(|value| patterns(wanted).iter().any(|pattern| is_like(pattern, value)));
    like != matches!(wanted, Match::Not(_))
}

/// Values as the patterns are held against them; sequences and bytes have none.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Text(texts) => texts.clone(),
        Value::Int(numbers) => numbers.iter().map(ToString::to_string).collect(),
        Value::Float(numbers) => numbers.iter().map(ToString::to_string).collect(),
        Value::Tags(tags) => tags.iter().map(|tag| format!("{:04X},{:04X}", tag.group(), tag.element())).collect(),
        Value::Sequence(_) | Value::Bytes(_) | Value::Bulk { .. } => vec![],
    }
}
