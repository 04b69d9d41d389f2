//! The tree under test: its tracked files, its manifests, its packages.

use crate::code::{self, Word};
use cargo_metadata::{Metadata, MetadataCommand};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::{fs, str};
use walkdir::WalkDir;

/// The one tree, read once for all checks.
pub static TREE: LazyLock<Tree> = LazyLock::new(Tree::read);

pub struct Tree {
    pub root: PathBuf,
    /// Path from the root, with slashes, of each file that is tracked or would be.
    pub files: Vec<String>,
    pub sources: Vec<Source>,
    /// The workspace's own packages.
    pub metadata: Metadata,
}

/// One Rust file.
pub struct Source {
    pub path: String,
    pub text: String,
    /// Whether it is compiled for tests, benchmarks or fuzzing only.
    pub purpose: Purpose,
    /// Every word of it.
    pub all: Vec<Word>,
    /// Its words without what stands under `cfg(test)`; nothing for a file of tests.
    pub code: Vec<Word>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Product,
    Test,
}

impl Purpose {
    /// A file of tests is known by its own name or a folder's; conformance suites count as tests.
    pub fn of(path: &str) -> Self {
        const FOLDERS: [&str; 4] = ["tests", "benches", "fuzz", "conformance"];
        let (path, _) = path.rsplit_once('.').unwrap_or((path, ""));
        if path.split('/').any(|part| FOLDERS.contains(&part)) { Self::Test } else { Self::Product }
    }
}

impl Tree {
    fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a member's folder has a parent").to_owned();
        let metadata = MetadataCommand::new().manifest_path(root.join("Cargo.toml")).no_deps().exec();
        let files = git_files(&root).unwrap_or_else(|| walked_files(&root));
        let sources = files.iter().filter(|path| path.ends_with(".rs")).map(|path| Source::read(&root, path)).collect();
        Self { metadata: metadata.expect("cargo describes the workspace"), root, files, sources }
    }

    /// The text of a file, nothing for one that is no text.
    pub fn text(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.root.join(path)).ok()
    }

    /// A TOML file's content.
    pub fn toml(&self, path: &str) -> toml::Table {
        let text = self.text(path).expect("a manifest is text");
        text.parse().unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The path from the root of a package's folder.
    pub fn folder(&self, package: &cargo_metadata::Package) -> String {
        let folder = package.manifest_path.as_std_path().parent().expect("a manifest is in a folder");
        folder.strip_prefix(&self.root).expect("members are below the root").to_str().expect("UTF-8").to_owned()
    }

    /// The Rust files of the package in this folder: not those of packages further down.
    pub fn sources_of(&self, folder: &str) -> impl Iterator<Item = &Source> {
        const PLACES: [&str; 4] = ["src/", "tests/", "benches/", "build.rs"];
        let folder = format!("{folder}/");
        self.sources.iter().filter(move |source| {
            source.path.strip_prefix(&folder).is_some_and(|rest| PLACES.iter().any(|place| rest.starts_with(place)))
        })
    }
}

impl Source {
    fn read(root: &Path, path: &str) -> Self {
        let text = fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let (all, product) = code::words(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let purpose = Purpose::of(path);
        let code = if purpose == Purpose::Test { Vec::new() } else { product };
        Self { path: path.to_owned(), text, purpose, all, code }
    }
}

/// Tracked files, and new ones that no rule ignores, so that a check speaks before the commit. None outside a checkout.
fn git_files(root: &Path) -> Option<Vec<String>> {
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").current_dir(root).args(arguments).output().ok()?;
    let listed = str::from_utf8(&output.stdout).expect("paths are UTF-8").split_terminator('\0');
    let files: BTreeSet<String> = listed.filter(|path| root.join(path).is_file()).map(str::to_owned).collect();
    (output.status.success() && !files.is_empty()).then(|| files.into_iter().collect())
}

/// What an unpacked archive holds, without what a build has put there.
fn walked_files(root: &Path) -> Vec<String> {
    const SKIPPED: [&str; 4] = [".git", ".venv", "target", "node_modules"];
    let walk = WalkDir::new(root).sort_by_file_name().into_iter();
    let kept = walk.filter_entry(|entry| !SKIPPED.iter().any(|name| entry.file_name() == *name));
    let files = kept.map(|entry| entry.expect("a readable folder")).filter(|entry| entry.file_type().is_file());
    let relative = |path: &Path| path.strip_prefix(root).expect("below the root").to_str().expect("UTF-8").to_owned();
    files.map(|entry| relative(entry.path())).collect()
}

/// Fails with every line of `offenders`, if there are any.
#[track_caller]
pub fn none(offenders: Vec<String>) {
    assert!(offenders.is_empty(), "{} offenders:\n  {}\n", offenders.len(), offenders.join("\n  "));
}

/// Takes the offenders that `exceptions` (what, why) name off the list and complains of exceptions that nothing needs.
/// An exception names the beginning of an offender's line.
pub fn except(offenders: Vec<String>, exceptions: &[(&str, &str)]) -> Vec<String> {
    let needed = |what: &str| offenders.iter().any(|offender| offender.starts_with(what));
    let idle = exceptions.iter().filter(|(what, _)| !needed(what));
    let mut left: Vec<String> = idle.map(|(what, _)| format!("nothing needs this exception: {what}")).collect();
    let listed = |offender: &String| exceptions.iter().any(|(what, _)| offender.starts_with(what));
    left.extend(offenders.iter().filter(|offender| !listed(offender)).cloned());
    left
}
