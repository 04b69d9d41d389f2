//! Literal matching of a name: as written, but for case and width, with separators alike.

use super::{
    han::is_han,
    key::{Narrow, Prefilter},
    stored::{condensed, spaced, stored},
    words::{WHOLE, grams_of},
};
use imaging_domain::is_like;

/// A key as a client wrote it. One group finds any group of a name, so that "王*" finds what has ideographs in the second
/// (PS3.5 6.2.1.2); of several groups each finds its own.
pub(super) struct Literal {
    groups: Vec<String>,
}

const WILD: [char; 2] = ['*', '?'];

impl Literal {
    pub(super) fn parse(text: &str) -> Self {
        let mut groups: Vec<String> = stored(text).split('=').map(str::to_owned).collect();
        if groups.len() > 1 {
            groups.iter_mut().filter(|group| group.bytes().all(|b| b == b'*')).for_each(String::clear);
        }
        Self { groups }
    }

    pub(super) fn finds(&self, name: &str) -> bool {
        match self.groups.as_slice() {
            [one] => name.split('=').any(|group| !group.is_empty() && is_match(one, group)),
            several => {
                let mut groups = name.split('=');
                several.iter().all(|key| {
                    let group = groups.next().unwrap_or_default();
                    key.is_empty() || is_match(key, group)
                })
            }
        }
    }

    /// The group that says most narrows the search.
    pub(super) fn prefilter(&self) -> Prefilter {
        let longest = self.groups.iter().max_by_key(|group| group.len());
        let narrow = longest.map_or_else(Vec::new, |group| narrow(group));
        Prefilter { any: vec![narrow] }
    }
}

fn is_match(key: &str, group: &str) -> bool {
    let is_like_it = |key: &str, group: &str| {
        // `WANG^*` also finds `WANG`: carets at the end of a name may be left out (PS3.5 6.2.1.1).
        is_like(key, group) || key.strip_suffix(" *").is_some_and(|family| is_like(family, group))
    };
    if key.starts_with('^') || key.contains("^^") {
        // Which component is which says the key only by its carets.
        return by_component(key, group);
    }
    is_like_it(&spaced(key), &spaced(group))
        || key.contains(is_han) && is_like(&condensed(key), &condensed(group))
        || key.contains('^') && by_component(key, group)
}

/// Component by component; one that the key leaves empty before its last is any, and a star at the end takes the rest.
fn by_component(key: &str, group: &str) -> bool {
    let mut keys = key.split('^').peekable();
    let mut components = group.split('^');
    while let Some(key) = keys.next() {
        let is_last = keys.peek().is_none();
        let component = components.next().unwrap_or_default();
        if !key.is_empty() && !is_like(key, component) {
            return false;
        }
        if is_last && !key.ends_with('*') && components.next().is_some() {
            return false;
        }
    }
    true
}

/// What all names that a group finds have: how one of their forms begins, or else pairs of characters.
fn narrow(key: &str) -> Vec<Narrow> {
    // Empty components in between are any text: only what is before them is a beginning.
    let begin = key.split("^^").next().unwrap_or_default();
    let is_whole = begin.len() == key.len();
    let prefix_of = |text: &str| {
        let end = text.find(WILD).unwrap_or(text.len());
        let text = text[..end].trim_end();
        (!text.is_empty()).then(|| format!("{WHOLE}{text}"))
    };
    let mut prefixes: Vec<String> = prefix_of(&spaced(begin)).into_iter().collect();
    if key.contains(is_han) {
        prefixes.extend(prefix_of(&condensed(begin)));
    }
    let is_open = begin.starts_with(WILD) || begin.is_empty() || begin.starts_with('^');
    if !is_open && !prefixes.is_empty() {
        let is_exact = is_whole && !key.contains(WILD);
        return vec![if is_exact { Narrow::Forms(prefixes) } else { Narrow::Prefixes(prefixes) }];
    }
    let pairs = key.split([' ', '^', '*', '?']).flat_map(grams_of).collect::<Vec<_>>();
    longest_only(pairs).into_iter().map(Narrow::Gram).collect()
}

/// Pairs where there are any; a single character only where nothing longer has it.
pub(super) fn longest_only(grams: Vec<String>) -> Vec<String> {
    let is_part = |gram: &String| grams.iter().any(|other| other.len() > gram.len() && other.contains(gram.as_str()));
    let mut out: Vec<String> = grams.iter().filter(|gram| !is_part(gram)).cloned().collect();
    out.dedup();
    out
}
