use crate::{
    files::{below, cases, leave_out},
    server::{MemorySink, Refusal},
};
use imaging_domain::Principal;
use pacs_adapter::{Progress, import};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_taken_in_and_what_is_not_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let sink = MemorySink::default();
    fs::create_dir_all(folder.path().join("a/b")).unwrap();
    for at in 0..40 {
        fs::write(folder.path().join(format!("a/b/{at}")), format!("1.2.{at}")).unwrap();
    }
    fs::write(folder.path().join("a/again"), "1.2.7").unwrap();
    fs::write(folder.path().join("a/DICOMDIR"), "1.2.99").unwrap();
    fs::write(folder.path().join("a/letter.txt"), "Dear Sir").unwrap();
    fs::write(folder.path().join("bad"), "1.3").unwrap();
    sink.0.lock().unwrap().refused.insert("1.3".to_owned(), Refusal::Finish);
    std::os::unix::fs::symlink(folder.path().join("a/b/0"), folder.path().join("link")).unwrap();
    let mut told = Vec::new();
    let summary = import(folder.path(), sink.clone(), &Principal::Service("import"), 4, |now| told.push(now)).await;
    let bytes = 10 * 5 + 30 * 6 + 5 + 8 + 3;
    assert_eq!(summary.total, Progress { stored: 40, duplicates: 1, conflicts: 0, dropped: 0, refused: 4, bytes });
    assert_eq!(told.last(), Some(&summary.total));
    let mut refused: Vec<_> =
        summary.refused.iter().map(|(path, why)| (path.file_name().unwrap().to_str().unwrap(), why.as_str())).collect();
    refused.sort_unstable();
    assert_eq!(
        refused,
        [
            ("DICOMDIR", "DICOMDIR: a table of contents, no instance; it cannot be read: not a DICOM file"),
            ("bad", "cannot be read"),
            ("letter.txt", "data set does not match: no identifier"),
            ("link", "symbolic link: not followed"),
        ]
    );
    let again = import(folder.path(), sink, &Principal::Service("import"), 1, |_| {}).await;
    assert_eq!((again.total.stored, again.total.duplicates), (0, 41));
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_one_complaint() {
    let summary =
        import("/nowhere/at/all".as_ref(), MemorySink::default(), &Principal::Service("import"), 4, |_| {}).await;
    assert_eq!((summary.total.refused, summary.refused.len()), (1, 1));
}

/// A medium of the shared cases without the first two files of the 31 that its DICOMDIR names, every other one in small letters, and
/// with an image that it does not name; what it names.
fn medium(directory: &Path, folder: &Path) -> Vec<Vec<String>> {
    let bytes = fs::read(directory).unwrap();
    fs::create_dir_all(folder.join("77654033")).unwrap();
    fs::write(folder.join("DICOMDIR"), &bytes).unwrap();
    fs::write(folder.join("77654033/extra"), "1.2.1000").unwrap();
    let named = media::referenced_files(&bytes).unwrap();
    assert_eq!((named.len(), named[0].join("/").as_str()), (31, "77654033/CR1/6154"), "{directory:?}");
    for (at, names) in named.iter().enumerate().skip(2) {
        let path = folder.join(names.join("/"));
        let path = if at % 2 == 0 { path } else { folder.join(names.join("/").to_lowercase()) };
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("1.2.{at}")).unwrap();
    }
    named
}

/// The directories of the same medium in several transfer syntaxes; `None` without the cases.
fn directories() -> Option<Vec<PathBuf>> {
    let mut all = below(&cases()?.join("curated/dicomdir/pydicom"));
    all.retain(|path| path.to_string_lossy().contains("DICOMDIR"));
    assert_eq!(all.len(), 4);
    Some(all)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_medium_tells_which_files_it_should_have() {
    for directory in directories().unwrap_or_default() {
        let folder = tempfile::tempdir().unwrap();
        let named = medium(&directory, folder.path());
        // no image, so refused, and not told again as one that is not named
        fs::write(folder.path().join("autorun.inf"), "[autorun]").unwrap();
        let summary = import(folder.path(), MemorySink::default(), &Principal::Service("import"), 4, |_| {}).await;
        assert_eq!((summary.total.stored, summary.total.refused, summary.failed_here), (30, 4, 0), "{summary:?}");
        for names in &named[..2] {
            let missing = (folder.path().join(names.join("/")), "the DICOMDIR names it and it is not there".to_owned());
            assert!(summary.refused.contains(&missing), "{summary:?}");
        }
        assert_eq!(summary.unnamed, 1);
        assert_eq!(summary.first_unnamed, [folder.path().join("77654033/extra")]);
        a_zip_of_it_tells_the_same(folder.path(), &named).await;
    }
}

async fn a_zip_of_it_tells_the_same(folder: &Path, named: &[Vec<String>]) {
    let zip = tempfile::Builder::new().suffix(".zip").tempfile().unwrap().into_temp_path();
    let zipped = Command::new("python3").args(["-m", "zipfile", "-c"]).arg(&zip).arg(folder.join("")).status();
    if !zipped.is_ok_and(|status| status.success()) {
        return leave_out("python3");
    }
    let summary = import(&zip, MemorySink::default(), &Principal::Service("import"), 4, |_| {}).await;
    assert_eq!((summary.total.stored, summary.total.refused, summary.failed_here), (30, 4, 0), "{summary:?}");
    for names in &named[..2] {
        let missing = |path: &PathBuf| path.ends_with(names.join("/"));
        let why = summary.refused.iter().find(|(path, _)| missing(path)).map(|(_, why)| why.as_str());
        assert_eq!(why, Some("the DICOMDIR names it and it is not there"), "{summary:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_medium_says_nothing_of_what_lies_beside_it() {
    let Some(directories) = directories() else { return };
    let folder = tempfile::tempdir().unwrap();
    for (at, directory) in directories.iter().enumerate() {
        medium(directory, &folder.path().join(format!("disk{at}")));
        fs::write(folder.path().join(format!("beside{at}")), format!("1.3.{at}")).unwrap();
    }
    let summary = import(folder.path(), MemorySink::default(), &Principal::Service("import"), 1, |_| {}).await;
    // the same images on each disk, and the one of each that is not named
    assert_eq!((summary.total.stored, summary.total.duplicates, summary.unnamed), (34, 90, 4), "{summary:?}");
}
