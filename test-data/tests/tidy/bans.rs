//! What may stand in no file: unfinished or skipped work, unsafe code, and a second opinion on what a UID is.

use crate::code::lines_with;
use crate::tree::{TREE, except, none};
use toml::Value;

#[test]
fn no_test_is_skipped_and_no_work_unfinished() {
    // in two pieces, so that this line is not what it looks for
    let skipped_example = concat!("```", "ignore");
    let mut offenders = Vec::new();
    for source in &TREE.sources {
        for (at, word) in source.all.iter().enumerate() {
            let attribute = word.text == "#" && source.all.get(at + 1).is_some_and(|next| next.text == "[");
            let ignored = attribute
                && source.all[at..=crate::code::closing(&source.all, at + 1)].iter().any(|w| w.text == "ignore");
            if ignored {
                offenders.push(format!("{}:{}: an ignored test", source.path, word.line));
            }
        }
        for unfinished in ["todo", "unimplemented"] {
            let lines = lines_with(&source.all, &[unfinished, "!"]);
            offenders.extend(lines.iter().map(|line| format!("{}:{line}: {unfinished}", source.path)));
        }
        let examples = source.text.lines().enumerate().filter(|(_, line)| line.contains(skipped_example));
        offenders.extend(examples.map(|(at, _)| format!("{}:{}: an ignored example", source.path, at + 1)));
    }
    none(offenders);
}

#[test]
fn each_crate_has_the_workspace_s_lints_and_edition() {
    let root = TREE.toml("Cargo.toml");
    let workspace = &root["workspace"];
    let mut offenders = Vec::new();
    if workspace["lints"]["rust"].get("unsafe_code").and_then(Value::as_str) != Some("forbid") {
        offenders.push("Cargo.toml: unsafe code is not forbidden".to_owned());
    }
    if workspace["package"].get("edition").and_then(Value::as_str) != Some("2024") {
        offenders.push("Cargo.toml: the edition is not 2024".to_owned());
    }
    let inherited = |table: &Value| table.get("workspace").and_then(Value::as_bool) == Some(true);
    for package in &TREE.metadata.packages {
        let path = format!("{}/Cargo.toml", TREE.folder(package));
        let manifest = TREE.toml(&path);
        if !manifest.get("lints").is_some_and(inherited) {
            offenders.push(format!("{path}: lints are not the workspace's"));
        }
        if !manifest["package"].get("edition").is_some_and(inherited) {
            offenders.push(format!("{path}: the edition is not the workspace's"));
        }
    }
    none(offenders);
}

#[test]
fn only_the_domain_knows_what_a_uid_is() {
    const HOME: &str = "hub/crates/imaging-domain/src/uid.rs";
    const EXCEPTIONS: [(&str, &str); 3] = [
        ("hub/crates/imaging-domain/src/matching.rs:", "a range of dates or times, whose fraction has a point"),
        ("hub/crates/catalog/src/sqlite/columns.rs:", "a time, whose fraction has a point"),
        ("hub/crates/blob-store/src/derived.rs:", "a file's name"),
    ];
    const CLASSES: [&str; 4] = ["is_ascii_digit", "is_ascii_alphanumeric", "is_numeric", "is_digit"];
    let mut offenders = Vec::new();
    for source in TREE.sources.iter().filter(|source| source.path != HOME) {
        for statement in source.code.split(|word| word.text == ";") {
            let class = statement.iter().find(|word| CLASSES.contains(&word.text.as_str()));
            let point = statement.iter().any(|word| matches!(word.text.as_str(), "'.'" | "b'.'"));
            let pattern = statement.iter().find(|word| word.text.contains('"') && is_uid_pattern(&word.text));
            if let Some(word) = class.filter(|_| point).or(pattern) {
                offenders.push(format!("{}:{}: digits and points are read here", source.path, word.line));
            }
        }
    }
    none(except(offenders, &EXCEPTIONS));
}

/// Whether a literal looks like a pattern of digits and points.
fn is_uid_pattern(literal: &str) -> bool {
    ["[0-9.", "[.0-9", "[0-9\\.", "\\d.", "[\\d", "\\.\\d", "\\.[0-9"].iter().any(|piece| literal.contains(piece))
}
