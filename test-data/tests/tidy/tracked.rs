//! What is in the repository, and what is not.

use crate::tree::{TREE, none};
use std::collections::BTreeSet;
use std::fs;

const MAX_FILE_BYTES: u64 = 1_000_000;

/// The five folders, the papers, and the tools' own files.
const TOP: [&str; 20] = [
    "Cargo.toml",
    "Cargo.lock",
    "hub",
    "viewer-api",
    "pacs-adapter",
    "test-data",
    "config",
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CONFORMANCE.md",
    "CHANGELOG.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "clippy.toml",
    "deny.toml",
    "rustfmt.toml",
    ".cargo",
    ".ci",
    ".gitignore",
];

const BUILD_FOLDERS: [&str; 6] = ["target", "node_modules", "__pycache__", ".venv", "dist", "artifacts"];
const BUILD_ENDINGS: [&str; 10] = [".o", ".a", ".so", ".rlib", ".rmeta", ".pyc", ".exe", ".dll", ".profraw", ".log"];

/// Hosts of package registries, in pieces so that this file does not name them.
const HOSTS: [&str; 8] = [
    concat!("crates", ".io"),
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
    concat!("npmjs", ".org"),
    concat!("npmjs", ".com"),
    concat!("debian", ".org"),
    concat!("ubuntu", ".com"),
    concat!("proxy.golang", ".org"),
];

/// Beginnings of paths that only one machine has, in pieces for the same reason.
const PLACES: [&str; 3] = [concat!("/", "work/"), concat!("/", "root/"), concat!("/", "home/")];

#[test]
fn no_file_is_large() {
    let size = |path: &&String| fs::metadata(TREE.root.join(path)).expect("a listed file is there").len();
    let large = TREE.files.iter().map(|path| (path, size(&path))).filter(|(_, size)| *size > MAX_FILE_BYTES);
    none(large.map(|(path, size)| format!("{path}: {size} bytes")).collect());
}

#[test]
fn no_build_output_is_tracked() {
    let built = |path: &&String| {
        path.split('/').any(|part| BUILD_FOLDERS.contains(&part)) || BUILD_ENDINGS.iter().any(|end| path.ends_with(end))
    };
    none(TREE.files.iter().filter(built).cloned().collect());
}

#[test]
fn the_top_holds_what_the_layout_names() {
    let top: BTreeSet<&str> = TREE.files.iter().map(|path| path.split('/').next().unwrap_or(path)).collect();
    let mut others: Vec<&str> = top.into_iter().filter(|name| !TOP.contains(name)).collect();
    // the one script that runs all tests
    if let Some(at) = others.iter().position(|name| TREE.text(name).is_some_and(|text| text.starts_with("#!"))) {
        others.remove(at);
    }
    none(others.into_iter().map(|name| format!("{name} is not in the layout")).collect());
}

#[test]
fn nothing_names_a_registry_or_a_machine() {
    let mut offenders = Vec::new();
    // Cargo writes its registry into its lock files
    for path in TREE.files.iter().filter(|path| !path.ends_with("Cargo.lock")) {
        for (at, line) in TREE.text(path).iter().flat_map(|text| text.lines()).enumerate() {
            let host = HOSTS.into_iter().find(|host| line.to_lowercase().contains(host));
            let place = PLACES.into_iter().find(|place| names_place(line, place));
            offenders.extend(host.or(place).map(|what| format!("{path}:{}: {what}", at + 1)));
        }
    }
    none(offenders);
}

/// Whether a path begins here, and is not the rest of a longer one.
fn names_place(line: &str, place: &str) -> bool {
    let inside = |before: &str| before.ends_with(|c: char| c.is_alphanumeric() || "._-*}>)".contains(c));
    line.match_indices(place).any(|(at, _)| !inside(&line[..at]))
}
