//! A watched folder.

use crate::server::{MemorySink, Refusal};
use pacs_adapter::{WatchConfig, watch};
use std::{
    fs,
    io::Write,
    path::Path,
    time::{Duration, Instant},
};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

async fn until(what: &str, mut there: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !there() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what} does not come");
        sleep(Duration::from_millis(50)).await;
    }
}

fn stored(sink: &MemorySink) -> Vec<String> {
    let mut all: Vec<_> = sink.0.lock().unwrap().stored.keys().cloned().collect();
    all.sort();
    all
}

fn files(folder: &Path) -> Vec<String> {
    let all = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
    let files = all.filter(|entry| entry.file_type().is_file());
    files.map(|entry| entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_whole_is_taken_and_what_cannot_be_read_goes_aside_with_the_reason() {
    let place = tempfile::tempdir().unwrap();
    let [folder, taken] = ["in", "taken"].map(|name| place.path().join(name));
    fs::create_dir_all(folder.join("deep")).unwrap();
    let sink = MemorySink::default();
    sink.0.lock().unwrap().refused.insert(String::new(), Refusal::Begin);
    let config = WatchConfig { folder: folder.clone(), quiet_s: 2, taken_to: taken.clone(), ..WatchConfig::default() };
    let stop = CancellationToken::new();
    let watching = tokio::spawn(watch(config, place.path().to_owned(), sink.clone(), stop.clone()));

    // while nothing can be stored, for a reason of ours, everything stays
    fs::write(folder.join("deep/a"), "1.2.1").unwrap();
    sleep(Duration::from_secs(4)).await;
    assert_eq!(files(&folder), ["deep/a"]);
    sink.0.lock().unwrap().refused.clear();
    until("the first file", || stored(&sink) == ["1.2.1"]).await;

    // one that is still being written is left alone, and so is one under a name that is not its own yet
    let mut slow = fs::File::create(folder.join("slow")).unwrap();
    fs::write(folder.join(".copying"), "1.2.9").unwrap();
    for piece in ["1", ".", "2", ".", "3", "3", "3", "3"] {
        slow.write_all(piece.as_bytes()).unwrap();
        sleep(Duration::from_millis(700)).await;
    }
    assert_eq!(stored(&sink), ["1.2.1"]);
    fs::write(folder.join("letter.txt"), "Dear Sir").unwrap();
    fs::rename(folder.join(".copying"), folder.join("copied")).unwrap();
    until("the whole file", || stored(&sink) == ["1.2.1", "1.2.3333", "1.2.9"]).await;
    until("an empty folder", || files(&folder).is_empty()).await;
    assert_eq!(files(&taken), ["copied", "deep/a", "slow"]);
    let unread = place.path().join("unread");
    assert_eq!(files(&unread), ["letter.txt", "letter.txt.why.txt"]);
    let why = fs::read_to_string(unread.join("letter.txt.why.txt")).unwrap();
    assert!(why.ends_with("letter.txt: data set does not match: no identifier\n"), "{why}");
    stop.cancel();
    watching.await.unwrap();
}

#[tokio::test]
async fn without_a_folder_nothing_is_watched() {
    let place = tempfile::tempdir().unwrap();
    watch(WatchConfig::default(), place.path().to_owned(), MemorySink::default(), CancellationToken::new()).await;
}
