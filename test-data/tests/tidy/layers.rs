//! Arrows point down only.

use crate::tree::{TREE, none};
use cargo_metadata::{DependencyKind, Package};
use std::collections::BTreeMap;

/// The crate that only tests may depend on.
const TESTS_ONLY: &str = "test-data";
const PROGRAMS: [&str; 2] = ["hub", "pacs-adapter"];

/// The layer of each crate as the root manifest says it.
pub fn layers() -> BTreeMap<String, u64> {
    let table = TREE.metadata.workspace_metadata["layers"].as_object().expect("a table of layers in the root manifest");
    table.iter().map(|(name, layer)| (name.clone(), layer.as_u64().expect("a layer is a number"))).collect()
}

/// The workspace's own crates that a package depends on, each with the kind of the dependency.
fn own<'a>(
    package: &'a Package,
    layers: &'a BTreeMap<String, u64>,
) -> impl Iterator<Item = (&'a str, DependencyKind)> + 'a {
    let dependencies = package.dependencies.iter().filter(|d| layers.contains_key(&d.name));
    dependencies.map(|d| (d.name.as_str(), d.kind)).filter(|(name, _)| *name != package.name.as_str())
}

#[test]
fn each_crate_has_a_layer() {
    let layers = layers();
    let names: Vec<&str> = TREE.metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let mut offenders: Vec<String> =
        names.iter().filter(|name| !layers.contains_key(**name)).map(|name| format!("{name}: no layer")).collect();
    let gone = layers.keys().filter(|name| !names.contains(&name.as_str()));
    offenders.extend(gone.map(|name| format!("{name}: a layer, but no such crate")));
    none(offenders);
}

#[test]
fn crates_depend_on_lower_layers_only() {
    let layers = layers();
    let mut offenders = Vec::new();
    for package in &TREE.metadata.packages {
        let Some(layer) = layers.get(package.name.as_str()) else { continue };
        for (name, kind) in own(package, &layers) {
            // a test may also look sideways, and use what exists for tests alone
            let fits = match kind {
                DependencyKind::Development => layers[name] <= *layer || name == TESTS_ONLY,
                _ => layers[name] < *layer,
            };
            if !fits {
                offenders.push(format!("{} ({layer}) depends on {name} ({})", package.name, layers[name]));
            }
        }
    }
    none(offenders);
}

#[test]
fn nothing_depends_on_a_program_but_the_tests() {
    let layers = layers();
    let mut offenders = Vec::new();
    for package in TREE.metadata.packages.iter().filter(|package| package.name.as_str() != TESTS_ONLY) {
        let mut programs: Vec<&str> =
            own(package, &layers).filter(|(name, _)| PROGRAMS.contains(name)).map(|(name, _)| name).collect();
        // what is for tests only stays out of what is shipped
        programs
            .extend(own(package, &layers).filter_map(|(name, kind)| {
                (name == TESTS_ONLY && kind != DependencyKind::Development).then_some(name)
            }));
        offenders.extend(programs.iter().map(|name| format!("{} depends on {name}", package.name)));
    }
    none(offenders);
}
