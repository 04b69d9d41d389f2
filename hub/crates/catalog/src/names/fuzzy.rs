//! Fuzzy semantic matching of a name (PS3.18 8.3.4.2): words in any order, each as the beginning of one of the name's.

use super::{
    han::{is_han, readings},
    key::{Narrow, Prefilter},
    literal::longest_only,
    simplified::simplified,
    stored::stored,
    words::{WORD, Words, grams_of, tokens},
};

/// The most words of a key that are looked at.
const MAX_WORDS: usize = 16;

/// What a client wrote, as words.
pub(super) struct Fuzzy {
    words: Vec<Word>,
}

struct Word {
    text: String,
    /// A star stood before it: it may be in the middle of a word.
    anywhere: bool,
    /// How it sounds, when it is of Chinese characters.
    readings: Vec<String>,
}

impl Fuzzy {
    pub(super) fn parse(text: &str) -> Self {
        let mut words = vec![];
        let text = stored(text).replace('?', "*");
        for (number, piece) in text.split('*').enumerate() {
            for (place, text) in tokens(piece).into_iter().enumerate() {
                let glued = piece.starts_with(|c: char| c.is_alphanumeric());
                let anywhere = number > 0 && place == 0 && glued;
                words.push(if text.starts_with(is_han) {
                    Word { readings: readings(&text), text: simplified(&text), anywhere }
                } else {
                    Word { text, anywhere, readings: vec![] }
                });
            }
        }
        words.truncate(MAX_WORDS);
        Self { words }
    }

    /// Whether each word is found, or all of them run together; a key without words finds every name.
    pub(super) fn finds(&self, name: &str) -> bool {
        let words = Words::of(name);
        self.words.iter().all(|word| word.is_in(&words))
            || self.together().is_some_and(|(text, anywhere)| is_among(&words, &text, anywhere))
    }

    /// The key run together, when it is several words of letters: "xiao ming" for a "Xiaoming".
    fn together(&self) -> Option<(String, bool)> {
        let is_spoken = self.words.len() > 1 && self.words.iter().all(|word| !word.text.starts_with(is_han));
        let text = self.words.iter().map(|word| word.text.as_str()).collect();
        is_spoken.then(|| (text, self.words[0].anywhere))
    }

    pub(super) fn prefilter(&self) -> Prefilter {
        let mut any = vec![self.words.iter().flat_map(Word::narrow).collect()];
        any.extend(self.together().map(|(text, anywhere)| narrow(&text, anywhere)));
        Prefilter { any }
    }
}

impl Word {
    fn is_in(&self, words: &Words) -> bool {
        if !self.text.starts_with(is_han) {
            return is_among(words, &self.text, self.anywhere);
        }
        if words.han.is_empty() {
            // Who is written in letters only may be anybody who sounds like it; whoever is written in characters is not.
            return self.readings.iter().any(|reading| is_among(words, reading, false));
        }
        words.han.iter().any(|word| word.starts_with(&self.text))
    }

    fn narrow(&self) -> Vec<Narrow> {
        if self.text.starts_with(is_han) {
            return vec![Narrow::Prefixes([&self.text].into_iter().chain(&self.readings).map(form).collect())];
        }
        narrow(&self.text, self.anywhere)
    }
}

fn is_among(words: &Words, text: &str, anywhere: bool) -> bool {
    words.spoken.iter().any(|word| if anywhere { word.contains(text) } else { word.starts_with(text) })
}

fn narrow(text: &str, anywhere: bool) -> Vec<Narrow> {
    if anywhere {
        return longest_only(grams_of(text).into_iter().collect()).into_iter().map(Narrow::Gram).collect();
    }
    vec![Narrow::Prefixes(vec![form(text)])]
}

fn form(word: impl std::fmt::Display) -> String {
    format!("{WORD}{word}")
}
