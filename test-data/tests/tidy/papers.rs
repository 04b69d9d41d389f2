//! The papers are there, and their links lead somewhere.

use crate::tree::{TREE, none};
use std::collections::BTreeSet;

const PAPERS: [&str; 5] = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CONFORMANCE.md", "CHANGELOG.md"];

#[test]
fn the_papers_are_there() {
    let there = |name: &&str| TREE.files.iter().any(|path| path == name);
    let mut offenders: Vec<String> = PAPERS.iter().filter(|n| !there(n)).map(|n| format!("{n} is missing")).collect();
    if !TREE.files.iter().any(|path| path.starts_with("LICENSE")) {
        offenders.push("no licence".to_owned());
    }
    none(offenders);
}

#[test]
fn links_between_papers_lead_somewhere() {
    let mut offenders = Vec::new();
    for path in TREE.files.iter().filter(|path| path.ends_with(".md")) {
        let text = TREE.text(path).expect("a paper is text");
        let folder = TREE.root.join(path).parent().expect("a file is in a folder").to_owned();
        for target in targets(&text) {
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let place = if file.is_empty() { TREE.root.join(path) } else { folder.join(file) };
            if !place.exists() {
                offenders.push(format!("{path}: {target} is not there"));
            } else if !heading.is_empty() && place.extension().is_some_and(|ending| ending == "md") {
                let other = std::fs::read_to_string(place).expect("a paper is text");
                if !other.lines().any(|line| line.starts_with('#') && anchor(line) == heading) {
                    offenders.push(format!("{path}: {target} has no such heading"));
                }
            }
        }
    }
    none(offenders);
}

/// Papers that say which test shows what they say.
const STATEMENTS: [&str; 3] = ["CONFORMANCE.md", "pacs-adapter/docs/conformance.md", "pacs-adapter/docs/peers.md"];

#[test]
fn tests_and_files_that_statements_name_are_there() {
    let words = TREE.sources.iter().flat_map(|source| source.all.windows(2));
    let functions: BTreeSet<&str> =
        words.filter(|pair| pair[0].text == "fn").map(|pair| pair[1].text.as_str()).collect();
    // what looks like a test may be a setting
    let settings: String = ["hub", "pacs-adapter", "gate"]
        .map(|name| TREE.text(&format!("config/{name}.example.toml")).expect("an example is text"))
        .concat();
    let is_setting = |name: &str| settings.contains(&format!("# {name} = "));
    let mut offenders = Vec::new();
    for path in STATEMENTS {
        let text = TREE.text(path).expect("a paper is text");
        // every other piece stands between backquotes
        for name in text.split('`').skip(1).step_by(2) {
            let is_word = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
            let is_test = is_word && name.matches('_').count() >= 2;
            if is_test && !functions.contains(name) && !is_setting(name) {
                offenders.push(format!("{path}: there is no {name}"));
            }
            let is_file = name.ends_with(".rs") && name.contains('/') && !name.contains(['*', '{']);
            if is_file && !TREE.files.iter().any(|file| file == name) {
                offenders.push(format!("{path}: {name} is not there"));
            }
        }
    }
    none(offenders);
}

/// Where the links of a Markdown text lead, without those that leave the tree.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    let inline = text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    inline.filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
}

/// A heading's anchor: lower case, spaces as hyphens, no punctuation.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}
