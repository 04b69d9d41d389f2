//! A watched folder.

use crate::server::{MemorySink, Refusal};
use pacs_adapter::{WatchConfig, watch};
use std::{
    fs,
    io::Write,
    path::Path,
    sync::{Arc, Mutex},
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
    let watching = tokio::spawn(watch(config, place.path().to_owned(), sink.clone(), |_| {}, stop.clone()));

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
    let nobody = |_: &str| {};
    watch(WatchConfig::default(), place.path().to_owned(), MemorySink::default(), nobody, CancellationToken::new())
        .await;
}

/// A share that is not mounted yet, and the one who says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_comes_late_is_told_once_and_watched_when_it_is_there() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("share");
    let config = WatchConfig { folder: folder.clone(), quiet_s: 1, ..WatchConfig::default() };
    let (sink, stop, told) = (MemorySink::default(), CancellationToken::new(), Arc::new(Mutex::new(vec![])));
    let (heard, to, stopped) = (Arc::clone(&told), sink.clone(), stop.clone());
    let tell = move |trouble: &str| heard.lock().unwrap().push(trouble.to_owned());
    let dir = place.path().to_owned();
    let watching = tokio::spawn(async move { watch(config, dir, to, tell, stopped).await });
    until("a word about it", || !told.lock().unwrap().is_empty()).await;
    sleep(Duration::from_secs(2)).await;
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("a"), "1.2.1").unwrap();
    until("the file", || stored(&sink) == ["1.2.1"] && files(&folder).is_empty()).await;
    let told = told.lock().unwrap().clone();
    assert!(told.len() == 1 && told[0].starts_with("the folder is not there: "), "{told:?}");
    stop.cancel();
    watching.await.unwrap();
}

/// What has the name of a file that was read, and is not that file, was never taken in.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_replaced_while_it_was_read_is_taken_too() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("in");
    fs::create_dir(&folder).unwrap();
    let config = WatchConfig { folder: folder.clone(), quiet_s: 1, ..WatchConfig::default() };
    let (sink, stop) = (MemorySink::default(), CancellationToken::new());
    // whoever stores waits until another file has come under the same name
    let gate = sink.0.lock().unwrap();
    fs::write(folder.join("image"), "1.2.1").unwrap();
    let watching = tokio::spawn(watch(config, place.path().to_owned(), sink.clone(), |_| {}, stop.clone()));
    std::thread::sleep(Duration::from_secs(4));
    fs::write(place.path().join("new"), "1.2.2").unwrap();
    fs::rename(place.path().join("new"), folder.join("image")).unwrap();
    drop(gate);
    until("both files", || stored(&sink) == ["1.2.1", "1.2.2"]).await;
    until("an empty folder", || files(&folder).is_empty()).await;
    stop.cancel();
    watching.await.unwrap();
}

/// A data set that ends early is waited for, and then goes aside.
#[tokio::test(flavor = "multi_thread")]
async fn half_an_image_is_never_taken_in() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("in");
    fs::create_dir(&folder).unwrap();
    let whole = test_data::generator::instance_of_size(20_000, 1);
    fs::write(folder.join("half"), &whole[..whole.len() / 2]).unwrap();
    let config = WatchConfig { folder: folder.clone(), quiet_s: 1, ..WatchConfig::default() };
    let (sink, stop) = (MemorySink::default(), CancellationToken::new());
    let watching = tokio::spawn(watch(config, place.path().to_owned(), sink.clone(), |_| {}, stop.clone()));
    sleep(Duration::from_secs(5)).await;
    assert_eq!(files(&folder), ["half"], "somebody may still write to it");
    let unread = place.path().join("unread");
    let begun = Instant::now();
    while files(&folder) == ["half"] {
        assert!(begun.elapsed() < Duration::from_secs(120), "it stays");
        sleep(Duration::from_millis(200)).await;
    }
    assert!(begun.elapsed() > Duration::from_secs(30), "it was waited for");
    assert_eq!(files(&unread), ["half", "half.why.txt"]);
    assert!(sink.0.lock().unwrap().begun.is_empty(), "nothing of it was stored");
    stop.cancel();
    watching.await.unwrap();
}
