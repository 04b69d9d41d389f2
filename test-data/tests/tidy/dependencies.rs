//! Each outside crate is decided once, with its reason, and used.

use crate::code::{Word, is_identifier};
use crate::tree::{TREE, except, none};
use cargo_metadata::DependencyKind;
use std::collections::BTreeSet;
use toml::{Table, Value};

const SECTION: &str = "[workspace.dependencies]";
const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

#[test]
fn each_outside_crate_has_its_reason() {
    let text = TREE.text("Cargo.toml").expect("a manifest is text");
    let section = text.lines().skip_while(|line| *line != SECTION).skip(1).take_while(|line| !line.starts_with('['));
    let lines: Vec<&str> = section.filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let declared = TREE.toml("Cargo.toml")["workspace"]["dependencies"].as_table().expect("a table").len();
    assert_eq!(lines.len(), declared, "each dependency stands on a line of its own");
    let outside = lines.into_iter().filter(|line| !line.contains("path = "));
    let bare = outside.filter(|line| line.split_once(" # ").is_none_or(|(_, reason)| reason.trim().is_empty()));
    none(bare.map(|line| format!("no reason: {line}")).collect());
}

#[test]
fn each_declared_crate_has_a_user() {
    let manifests = TREE.files.iter().filter(|path| path.ends_with("/Cargo.toml"));
    let used: BTreeSet<String> = manifests.flat_map(|path| tables(&TREE.toml(path))).map(|(_, name, _)| name).collect();
    let root = TREE.toml("Cargo.toml");
    let declared = root["workspace"]["dependencies"].as_table().expect("a table");
    let idle = declared.keys().filter(|name| !used.contains(*name)).map(|name| format!("{name}: no crate uses it"));
    const EXCEPTIONS: [(&str, &str); 0] = [];
    none(except(idle.collect(), &EXCEPTIONS));
}

#[test]
fn each_member_takes_the_workspace_s_dependencies() {
    let mut offenders = Vec::new();
    for package in &TREE.metadata.packages {
        let path = format!("{}/Cargo.toml", TREE.folder(package));
        for (kind, name, value) in tables(&TREE.toml(&path)) {
            let inherited = value.get("workspace").and_then(Value::as_bool) == Some(true);
            // a crate that switches a feature of its own on for its tests has no other way to say so
            let itself = name == package.name.as_str() && value.get("path").and_then(Value::as_str) == Some(".");
            if !inherited && !itself {
                offenders.push(format!("{path}: {name} in [{kind}] is not the workspace's"));
            }
        }
    }
    none(offenders);
}

/// Each dependency of a manifest, also those under `[target.*]`: kind, name, what it says.
fn tables(manifest: &Table) -> Vec<(&'static str, String, Value)> {
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let holders = std::iter::once(manifest).chain(targets.filter_map(Value::as_table));
    let mut found = Vec::new();
    for (holder, kind) in holders.flat_map(|holder| KINDS.map(|kind| (holder, kind))) {
        let table = holder.get(kind).and_then(Value::as_table);
        found.extend(table.into_iter().flatten().map(|(name, value)| (kind, name.clone(), value.clone())));
    }
    found
}

#[test]
fn each_dependency_is_named_in_the_code() {
    let mut offenders = Vec::new();
    for package in &TREE.metadata.packages {
        let mut shipped = BTreeSet::new();
        let mut all = BTreeSet::new();
        for source in TREE.sources_of(&TREE.folder(package)) {
            shipped.extend(identifiers(&source.code));
            all.extend(identifiers(&source.all));
        }
        let others = package.dependencies.iter().filter(|d| d.name != package.name.as_str());
        let named = others.map(|d| (d, d.rename.as_ref().unwrap_or(&d.name).replace('-', "_")));
        for (dependency, name) in named {
            let what = match dependency.kind {
                DependencyKind::Normal if !all.contains(name.as_str()) => "is used nowhere",
                DependencyKind::Normal if !shipped.contains(name.as_str()) => "is a dev-dependency",
                DependencyKind::Development if !all.contains(name.as_str()) => "is used by no test",
                _ => continue,
            };
            offenders.push(format!("{}: {} {what}", package.name, dependency.name));
        }
    }
    const EXCEPTIONS: [(&str, &str); 0] = [];
    none(except(offenders, &EXCEPTIONS));
}

#[test]
fn no_dev_dependency_repeats_a_dependency() {
    let mut offenders = Vec::new();
    for package in &TREE.metadata.packages {
        let of = |kind| package.dependencies.iter().filter(move |d| d.kind == kind);
        for tested in of(DependencyKind::Development) {
            let shipped = of(DependencyKind::Normal).find(|shipped| shipped.name == tested.name);
            // a repetition that switches on a feature for the tests says something
            if shipped.is_some_and(|shipped| tested.features.iter().all(|name| shipped.features.contains(name))) {
                offenders.push(format!("{}: {} is a dependency already", package.name, tested.name));
            }
        }
    }
    none(offenders);
}

fn identifiers(words: &[Word]) -> impl Iterator<Item = &str> {
    words.iter().map(|word| word.text.as_str()).filter(|text| is_identifier(text))
}
