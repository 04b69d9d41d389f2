//! Sizes as a ratchet: what is too long stands in `oversized.txt` with its size, and may only shrink.

use crate::code::{Word, closing, is_identifier};
use crate::tree::{Purpose, Source, TREE, none};
use std::collections::{BTreeMap, BTreeSet};

const LIST: &str = "test-data/tests/tidy/oversized.txt";

const FILE_LINES: usize = 200;
const TEST_FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 40;

/// What is measured: a file, or a function of it.
type Sizes = BTreeMap<String, usize>;

#[test]
fn what_is_too_long_only_shrinks() {
    let mut sizes = Sizes::new();
    measure_files(&mut sizes);
    TREE.sources.iter().for_each(|source| measure_functions(source, &mut sizes));
    let text = TREE.text(LIST).expect("the list is text");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let listed: Sizes = lines.map(entry).collect();

    let mut offenders = Vec::new();
    for (what, size) in &sizes {
        match listed.get(what) {
            None => offenders.push(format!("{what} is too long; split it ({size} lines)")),
            Some(before) if size > before => offenders.push(format!("{what} grew from {before} to {size} lines")),
            Some(_) => {}
        }
    }
    let fine = listed.iter().filter(|(what, _)| !sizes.contains_key(*what));
    offenders.extend(fine.map(|(what, size)| format!("no longer too long, delete this line of {LIST}: {size} {what}")));
    none(offenders);
}

fn entry(line: &str) -> (String, usize) {
    let (size, what) = line.split_once(' ').unwrap_or_else(|| panic!("{LIST}: no size and name: {line}"));
    (what.to_owned(), size.parse().unwrap_or_else(|error| panic!("{LIST}: {error}: {line}")))
}

fn measure_files(sizes: &mut Sizes) {
    for source in &TREE.sources {
        let lines = source.text.lines().count();
        match source.purpose {
            Purpose::Test => note(sizes, source.path.clone(), lines, TEST_FILE_LINES),
            Purpose::Product => note(sizes, source.path.clone(), lines - lines_of_tests(source), FILE_LINES),
        }
    }
    for path in TREE.files.iter().filter(|path| [".js", ".css", ".py"].iter().any(|ending| path.ends_with(ending))) {
        let limit = if Purpose::of(path) == Purpose::Test { TEST_FILE_LINES } else { FILE_LINES };
        note(sizes, path.clone(), TREE.text(path).expect("code is text").lines().count(), limit);
    }
}

fn note(sizes: &mut Sizes, what: String, lines: usize, limit: usize) {
    if lines > limit {
        let size = sizes.entry(what).or_default();
        *size = lines.max(*size);
    }
}

/// How many lines hold words under `cfg(test)` only, blank and comment lines between them included.
fn lines_of_tests(source: &Source) -> usize {
    let product: BTreeSet<usize> = source.code.iter().map(|word| word.line).collect();
    let all: BTreeSet<usize> = source.all.iter().map(|word| word.line).collect();
    let mut count = 0;
    let mut previous: Option<usize> = None;
    for line in all {
        if product.contains(&line) {
            previous = None;
        } else {
            count += previous.map_or(1, |before| line - before);
            previous = Some(line);
        }
    }
    count
}

/// Notes each function by its file, its type and its name; of several with one name, the longest.
fn measure_functions(source: &Source, sizes: &mut Sizes) {
    let words = &source.all;
    let mut owner = (String::new(), 0);
    for (at, word) in words.iter().enumerate() {
        if at > owner.1 {
            owner = (String::new(), 0);
        }
        let brace = || (at..words.len()).find(|i| matches!(words[*i].text.as_str(), "{" | ";"));
        match (word.text.as_str(), brace()) {
            ("impl", Some(open)) if owner.0.is_empty() && begins_item(words, at) => {
                owner = (format!("{}::", implemented(&words[at + 1..open])), closing(words, open));
            }
            ("fn", Some(_)) if words.get(at + 1).is_some_and(|next| is_identifier(&next.text)) => {
                let what = format!("{} {}{}", source.path, owner.0, words[at + 1].text);
                let Some(open) = body(words, at) else { continue };
                note(sizes, what, words[closing(words, open)].line + 1 - word.line, FUNCTION_LINES);
            }
            _ => {}
        }
    }
}

/// Whether an `impl` is an item, not a type in a signature.
fn begins_item(words: &[Word], at: usize) -> bool {
    at == 0 || matches!(words[at - 1].text.as_str(), "}" | ";" | "]" | "{" | "unsafe")
}

/// The type's name in what stands between `impl` and the brace.
fn implemented(header: &[Word]) -> &str {
    let after_for = header.iter().position(|word| word.text == "for").map_or(0, |at| at + 1);
    let mut depth = 0;
    for word in &header[after_for..] {
        match word.text.as_str() {
            "<" => depth += 1,
            ">" => depth -= 1,
            text if depth == 0 && is_identifier(text) => return text,
            _ => {}
        }
    }
    "impl"
}

/// Where the body of the function at `at` opens; none for a declaration without one.
fn body(words: &[Word], at: usize) -> Option<usize> {
    let mut i = at;
    while i < words.len() {
        match words[i].text.as_str() {
            "(" | "[" => i = closing(words, i),
            "{" => return Some(i),
            ";" => return None,
            _ => {}
        }
        i += 1;
    }
    None
}
