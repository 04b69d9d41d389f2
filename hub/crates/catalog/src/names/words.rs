//! Under which texts a name can be looked up.

use super::{
    han::{is_han, readings, surname},
    simplified::simplified,
    stored::{condensed, spaced},
};
use std::collections::BTreeSet;
use unicode_normalization::char::decompose_canonical;

/// Before a whole component group.
pub(super) const WHOLE: char = '=';
/// Before a word for fuzzy matching.
pub(super) const WORD: char = '~';
/// The most characters of a Chinese name at which a look-up may begin.
const MAX_BEGINNINGS: usize = 8;
/// The most characters of a Chinese name that are read: a text that is no name would be hundreds of times its length.
const MAX_READ: usize = 16;

/// Words of one component group's text, split where nothing is said: Chinese characters by themselves.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let mut out: Vec<String> = vec![];
    let mut last = None;
    for c in text.chars().flat_map(plain) {
        let kind = if is_han(c) { Some(true) } else { c.is_alphanumeric().then_some(false) };
        match (kind, last == Some(kind), out.last_mut()) {
            (None, ..) => {}
            (Some(_), true, Some(word)) => word.push(c),
            _ => out.push(c.to_string()),
        }
        last = Some(kind);
    }
    out
}

/// A letter without its accents, as those who have no key for it write it.
fn plain(c: char) -> Vec<char> {
    match c {
        'ß' => vec!['s', 's'],
        'æ' => vec!['a', 'e'],
        'œ' => vec!['o', 'e'],
        'ø' => vec!['o'],
        'ł' => vec!['l'],
        'đ' => vec!['d'],
        'ı' => vec!['i'],
        '\u{300}'..='\u{36f}' | '\'' | '’' => vec![],
        // Hangul and kana would fall apart too: the marks of Latin letters only.
        '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
            let mut out = vec![];
            decompose_canonical(c, |part| out.extend((!matches!(part, '\u{300}'..='\u{36f}')).then_some(part)));
            out
        }
        _ => vec![c],
    }
}

/// The words of a stored name, for fuzzy matching.
#[derive(Default)]
pub(super) struct Words {
    /// Of letters and syllables: names, also run together in both orders, and what Chinese characters sound like.
    pub(super) spoken: BTreeSet<String>,
    /// Of simplified Chinese characters, from each of them on.
    pub(super) han: BTreeSet<String>,
}

impl Words {
    /// Of a name as `stored` made it.
    pub(super) fn of(name: &str) -> Self {
        let mut out = Self::default();
        for group in name.split('=') {
            let components: Vec<Vec<String>> = group.split('^').map(tokens).filter(|words| !words.is_empty()).collect();
            let is_word = |word: &&String| !word.starts_with(is_han);
            let spoken: Vec<Vec<&str>> =
                components.iter().map(|words| words.iter().filter(is_word).map(String::as_str).collect()).collect();
            out.add_spoken(&spoken);
            let han: String = components.iter().flatten().filter(|word| word.starts_with(is_han)).cloned().collect();
            let family = components.first().map_or(0, |words| {
                words.iter().filter(|word| word.starts_with(is_han)).map(String::len).sum::<usize>()
            });
            out.add_han(&han, if components.len() > 1 { family } else { 0 });
        }
        out
    }

    /// Each word, each component in one, and all in one: as written, with the family name last, and in a name without
    /// carets with the last word first.
    fn add_spoken(&mut self, components: &[Vec<&str>]) {
        for words in components {
            self.spoken.extend(words.iter().map(|word| (*word).to_owned()));
            self.spoken.insert(words.concat());
        }
        let all: Vec<&str> = components.iter().flatten().copied().collect();
        self.spoken.insert(all.concat());
        let family = components.first().map_or(0, Vec::len);
        for at in [family, 1, all.len().saturating_sub(1)] {
            let (first, last) = all.split_at(at.min(all.len()));
            self.spoken.insert([last.concat(), first.concat()].concat());
        }
        self.spoken.remove("");
    }

    /// `family` is how many bytes the surname is long, 0 when nobody said.
    fn add_han(&mut self, name: &str, family: usize) {
        for (at, _) in name.char_indices().take(MAX_BEGINNINGS) {
            self.han.insert(simplified(&name[at..]));
        }
        let name = name.char_indices().nth(MAX_READ).map_or(name, |(end, _)| &name[..end]);
        for (at, _) in name.char_indices().take(MAX_BEGINNINGS) {
            self.spoken.extend(readings(&name[at..]));
        }
        if name.is_empty() {
            return;
        }
        let is_said = family > 0 && family <= name.len();
        let (family, given) = if is_said { name.split_at(family) } else { surname(name) };
        for family in readings(family) {
            self.spoken.extend(readings(given).iter().map(|given| format!("{given}{family}")));
        }
    }
}

/// Texts under which a stored name rests in the index, to be found by how they begin: its component groups, with spaces
/// and in Chinese also without, and its words.
pub(crate) fn forms(name: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for group in name.split('=').filter(|group| !group.is_empty()) {
        out.insert(format!("{WHOLE}{}", spaced(group)));
        if group.contains(is_han) {
            out.insert(format!("{WHOLE}{}", condensed(group)));
        }
    }
    let words = Words::of(name);
    out.extend(words.spoken.iter().chain(&words.han).map(|word| format!("{WORD}{word}")));
    out
}

/// Single characters and pairs of neighbours of a stored name: what a part of it may be found by. Chinese names have two
/// characters or three, so that the usual three letters would be too long.
pub(crate) fn grams(name: &str) -> BTreeSet<String> {
    forms(name).iter().flat_map(|form| grams_of(&form[1..])).collect()
}

/// Pairs of neighbours and single characters of a text; spaces part it.
pub(super) fn grams_of(text: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for word in text.split(' ') {
        let chars: Vec<char> = word.chars().collect();
        out.extend(chars.iter().map(char::to_string));
        out.extend(chars.windows(2).map(|pair| pair.iter().collect::<String>()));
    }
    out
}
