//! Names and signatures.

use crate::code::{Word, closing, follows, lines_with};
use crate::tree::{Purpose, TREE, except, none};

/// Names that say nothing of what is inside.
const EMPTY_NAMES: [&str; 9] =
    ["util", "utils", "common", "misc", "manager", "managers", "helper", "helpers", "shared"];

#[test]
fn no_module_is_named_after_nothing() {
    let mut offenders = Vec::new();
    let is_code = |path: &&String| [".rs", ".js", ".py", ".css"].iter().any(|ending| path.ends_with(ending));
    for path in TREE.files.iter().filter(is_code) {
        let parts = path.split('/').map(|part| part.split_once('.').map_or(part, |(stem, _)| stem));
        offenders.extend(parts.filter(|part| EMPTY_NAMES.contains(part)).map(|part| format!("{path}: {part}")));
    }
    for source in &TREE.sources {
        for name in EMPTY_NAMES {
            let lines = lines_with(&source.all, &["mod", name]);
            offenders.extend(lines.iter().map(|line| format!("{}:{line}: mod {name}", source.path)));
        }
    }
    none(offenders);
}

#[test]
fn no_public_function_takes_a_bool() {
    const EXCEPTIONS: [(&str, &str); 0] = [];
    let mut offenders = Vec::new();
    for source in TREE.sources.iter().filter(|source| source.purpose == Purpose::Product) {
        for (name, parameters) in public_functions(&source.code) {
            let lines = lines_with(parameters, &[":", "bool"]);
            offenders.extend(lines.iter().map(|line| format!("{}: {name} takes a bool on line {line}", source.path)));
        }
    }
    none(except(offenders, &EXCEPTIONS));
}

/// The name and the parameters of each `pub` function and of each function of a `pub` trait.
fn public_functions(words: &[Word]) -> Vec<(&str, &[Word])> {
    let mut found = Vec::new();
    let mut trait_ends = 0;
    for (at, word) in words.iter().enumerate() {
        if follows(words, at, &["pub", "trait"]) {
            let open = (at..words.len()).find(|i| words[*i].text == "{").expect("a trait has a body");
            trait_ends = closing(words, open);
        }
        let qualified = words[..at].iter().rev().take_while(|w| QUALIFIERS.contains(&w.text.as_str())).count();
        let public = at.checked_sub(qualified + 1).is_some_and(|before| words[before].text == "pub");
        if word.text == "fn" && (public || at < trait_ends) {
            let open = parameters(words, at);
            found.push((words[at + 1].text.as_str(), &words[open..=closing(words, open)]));
        }
    }
    found
}

/// Where the parameters of the function at `at` open, behind its generic ones, whose bounds may have brackets too.
fn parameters(words: &[Word], at: usize) -> usize {
    let mut depth = 0;
    for i in at..words.len() {
        match words[i].text.as_str() {
            "<" => depth += 1,
            ">" if words[i - 1].text != "-" => depth -= 1,
            "(" if depth == 0 => return i,
            _ => {}
        }
    }
    words.len() - 1
}

const QUALIFIERS: [&str; 4] = ["async", "const", "unsafe", "extern"];
