//! Every store against the one suite, and what only a disk can get wrong.

use access_control::{Object, Store, View, decide};
use blob_store::{
    BlobStore, Bounded, Checked, Config, DerivedStore, Disk, DiskDerived, Error, Marks, Memory, conformance,
};
use bytes::Bytes;
use futures_util::future::try_join_all;
use imaging_domain::{Digest, Principal};
use std::{fs, path::Path, sync::Arc};
use tempfile::{TempDir, tempdir};

fn disk(dir: &Path) -> Disk {
    Disk::open(&Config { dir: dir.to_owned(), reserve_bytes: 0 }).expect("opens")
}

async fn put(store: &dyn BlobStore, bytes: &'static [u8]) -> Digest {
    let permit = decide::<Store>(&Principal::Service("test"), Object::Region).expect("may");
    let mut staged = store.stage(&permit).await.expect("staged");
    staged.write(Bytes::from_static(bytes)).await.expect("written");
    let sealed = staged.seal().await.expect("sealed");
    let digest = sealed.digest;
    store.publish(sealed).await.expect("published");
    digest
}

fn folders() -> impl Fn() -> (TempDir, Disk) {
    || {
        let dir = tempdir().expect("a folder");
        let store = disk(dir.path());
        (dir, store)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_conforms() {
    conformance::run(Memory::default).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn disk_conforms() {
    let make = folders();
    // the folder outlives its store until the process ends; it is removed here
    let kept = std::sync::Mutex::new(vec![]);
    conformance::run(|| {
        let (dir, store) = make();
        kept.lock().expect("not poisoned").push(dir);
        store
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cache_conforms() {
    let kept = std::sync::Mutex::new(vec![]);
    conformance::run(|| {
        let dir = tempdir().expect("a folder");
        let store = Disk::open_cache(&Config { dir: dir.path().to_owned(), reserve_bytes: 0 }).expect("opens");
        kept.lock().expect("not poisoned").push(dir);
        store
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn checked_conforms() {
    conformance::run(|| Checked::new(Arc::new(Memory::default()))).await;
    let kept = std::sync::Mutex::new(vec![]);
    conformance::run(|| {
        let (dir, store) = folders()();
        kept.lock().expect("not poisoned").push(dir);
        Checked::new(Arc::new(store))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bounded_conforms() {
    let kept = std::sync::Mutex::new(vec![]);
    conformance::run(|| {
        let (dir, store) = folders()();
        kept.lock().expect("not poisoned").push(dir);
        Bounded::new(store, Marks { quota_bytes: Some(1 << 30), reserve_bytes: 0, resume_bytes: 0 })
    })
    .await;
}

#[tokio::test]
async fn at_its_quota_a_store_takes_nothing_until_there_is_room_again() {
    let dir = tempdir().expect("a folder");
    let marks = Marks { quota_bytes: Some(30), reserve_bytes: 0, resume_bytes: 15 };
    let store = Bounded::new(disk(dir.path()), marks);
    let [may, view] = [(); 2].map(|()| Principal::Service("test"));
    let may = decide::<Store>(&may, Object::Region).expect("may");
    let view = decide::<View>(&view, Object::Region).expect("may");
    // one that alone is too long is refused in its middle and leaves nothing, and holds nobody up where there is room
    let too_long = async |length| {
        let mut staged = store.stage(&may).await.expect("staged");
        staged.write(Bytes::from_static(b"seven..")).await.expect("written");
        assert!(matches!(staged.write(Bytes::from(vec![0; length])).await, Err(Error::Full)));
    };
    too_long(24).await;
    let first = put(&store, b"ten bytes.").await;
    put(&store, b"ten others").await;
    // where there is little, the next ones hear so before they are sent
    too_long(4).await;
    assert!(matches!(store.stage(&may).await, Err(Error::Full)));
    assert_eq!(store.open(&view, &first).await.expect("there").read_at(0, 3).await.expect("read"), "ten");
    store.remove(&may, &first).await.expect("removed");
    put(&store, b"it goes on").await;
}

#[tokio::test]
async fn what_was_spoilt_on_the_disk_is_repaired_by_whoever_brings_it_again() {
    let dir = tempdir().expect("a folder");
    let store = disk(dir.path());
    let digest = put(&store, b"as it was").await;
    let name = digest.to_string();
    fs::write(dir.path().join("blobs").join(&name[..2]).join(&name), b"as it isn").expect("spoilt");
    assert_eq!(put(&store, b"as it was").await, digest);
    let view = decide::<View>(&Principal::Service("test"), Object::Region).expect("may");
    let blob = store.open(&view, &digest).await.expect("there");
    assert_eq!(blob.read_at(0, 9).await.expect("read"), "as it was");
    assert_eq!(store.used_bytes().await.expect("counted"), 9);
}

#[tokio::test]
async fn what_a_crash_left_half_written_goes_and_the_rest_stays() {
    let dir = tempdir().expect("a folder");
    let digest = put(&disk(dir.path()), b"whole").await;
    fs::write(dir.path().join("staging/7"), b"half").expect("written");
    let store = disk(dir.path());
    assert_eq!(fs::read_dir(dir.path().join("staging")).expect("listed").count(), 0);
    assert_eq!(store.used_bytes().await.expect("counted"), 5);
    let view = decide::<View>(&Principal::Service("test"), Object::Region).expect("may");
    assert_eq!(store.open(&view, &digest).await.expect("there").size_bytes(), 5);
}

#[tokio::test]
async fn a_flipped_bit_is_never_given() {
    let dir = tempdir().expect("a folder");
    let digest = put(&disk(dir.path()), b"an image").await;
    let name = digest.to_string();
    let path = dir.path().join("blobs").join(&name[..2]).join(&name);
    fs::write(&path, b"an imagf").expect("written");
    let store = Checked::new(Arc::new(disk(dir.path())));
    let view = decide::<View>(&Principal::Service("test"), Object::Region).expect("may");
    assert!(matches!(store.open(&view, &digest).await, Err(Error::Corrupt)));
}

fn cache(dir: &Path) -> Checked {
    let disk = Disk::open_cache(&Config { dir: dir.to_owned(), reserve_bytes: 0 }).expect("opens");
    Checked::cache(Arc::new(disk))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cache_conforms() {
    let kept = std::sync::Mutex::new(vec![]);
    conformance::run(|| {
        let dir = tempdir().expect("a folder");
        let store = cache(dir.path());
        kept.lock().expect("not poisoned").push(dir);
        store
    })
    .await;
}

#[tokio::test]
async fn what_a_power_loss_tore_in_a_cache_is_never_given() {
    let view = decide::<View>(&Principal::Service("test"), Object::Region).expect("may");
    let remove = decide::<Store>(&Principal::Service("test"), Object::Region).expect("may");
    // what may be found after the restart of a file that was not synced: nothing of it, its beginning, a hole
    for torn in [&b""[..], b"an im", b"an im\0\0\0"] {
        let dir = tempdir().expect("a folder");
        let before = cache(dir.path());
        let digest = put(&before, b"an image").await;
        assert!(before.open(&view, &digest).await.is_ok());
        drop(before);
        let name = digest.to_string();
        let path = dir.path().join("blobs").join(&name[..2]).join(&name);
        fs::write(&path, torn).expect("written");
        let after = cache(dir.path());
        assert!(matches!(after.open(&view, &digest).await, Err(Error::Corrupt)));
        // bytes that come again do not make right what is there
        put(&after, b"an image").await;
        assert!(matches!(after.open(&view, &digest).await, Err(Error::Corrupt)));
        after.remove(&remove, &digest).await.expect("removed");
        put(&after, b"an image").await;
        let blob = after.open(&view, &digest).await.expect("there");
        assert_eq!(blob.read_at(0, 8).await.expect("read"), Bytes::from_static(b"an image"));
    }
}

#[tokio::test]
async fn more_than_may_wait_to_be_synced_can_be_put_into_a_cache() {
    let dir = tempdir().expect("a folder");
    let store = cache(dir.path());
    let permit = decide::<Store>(&Principal::Service("test"), Object::Region).expect("may");
    let mut sealed = vec![];
    for number in 0..300_u32 {
        let mut staged = store.stage(&permit).await.expect("staged");
        staged.write(Bytes::from(number.to_string())).await.expect("written");
        sealed.push(staged.seal().await.expect("sealed"));
    }
    let digests: Vec<Digest> = sealed.iter().map(|sealed| sealed.digest).collect();
    try_join_all(sealed.into_iter().map(|sealed| store.publish(sealed))).await.expect("published");
    drop(store);
    let view = decide::<View>(&Principal::Service("test"), Object::Region).expect("may");
    let after = cache(dir.path());
    for digest in digests {
        after.open(&view, &digest).await.expect("there after a restart");
    }
}

#[tokio::test]
async fn a_full_disk_refuses_before_anything_is_written() {
    let dir = tempdir().expect("a folder");
    let store = Disk::open(&Config { dir: dir.path().to_owned(), reserve_bytes: u64::MAX }).expect("opens");
    let permit = decide::<Store>(&Principal::Service("test"), Object::Region).expect("may");
    assert!(matches!(store.stage(&permit).await, Err(Error::Full)));
}

#[tokio::test]
async fn a_store_says_beforehand_whether_it_would_take_a_blob() {
    let dir = tempdir().expect("a folder");
    let marks = Marks { quota_bytes: Some(12), reserve_bytes: 0, resume_bytes: 8 };
    let store = Bounded::new(disk(dir.path()), marks);
    let permit = decide::<Store>(&Principal::Service("test"), Object::Region).expect("may");
    assert!(store.is_accepting().await.expect("a disk"));
    let first = put(&store, b"0123456789").await;
    assert!(store.is_accepting().await.expect("a disk"), "two bytes are left");
    let second = put(&store, b"ab").await;
    assert!(!store.is_accepting().await.expect("a disk"));
    assert!(matches!(store.stage(&permit).await, Err(Error::Full)));
    store.remove(&permit, &second).await.expect("removed");
    assert!(!store.is_accepting().await.expect("a disk"), "once it was full there has to be more room");
    store.remove(&permit, &first).await.expect("removed");
    assert!(store.is_accepting().await.expect("a disk") && store.stage(&permit).await.is_ok());
}

#[tokio::test]
async fn eviction_begins_with_the_longest_unread() {
    let dir = tempdir().expect("a folder");
    let store = disk(dir.path());
    let (old, new) = (put(&store, b"0123456789").await, put(&store, b"abcdefghij").await);
    let view = decide::<View>(&Principal::Service("test"), Object::Region).expect("may");
    store.open(&view, &old).await.expect("there");
    store.evict_to(10, 0).await;
    assert!(store.open(&view, &old).await.is_ok());
    assert!(matches!(store.open(&view, &new).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_cache_makes_room_on_a_disk_that_has_none() {
    let dir = tempdir().expect("a folder");
    let store = disk(dir.path());
    let (old, new) = (put(&store, b"0123456789").await, put(&store, b"abcdefghij").await);
    let (free, _) = store.room().await.expect("a disk");
    assert_eq!(store.evict_to(u64::MAX, free / 2).await, []);
    assert_eq!(store.evict_to(u64::MAX, u64::MAX).await, [old, new], "as far as it is to be had");
}

#[tokio::test]
async fn derived_things_are_kept_within_their_bounds() {
    for open in [DiskDerived::open, DiskDerived::open_remembering] {
        keeps_within_its_bounds(open).await;
    }
}

async fn keeps_within_its_bounds(open: fn(&Path, u64) -> Result<DiskDerived, Error>) {
    let dir = tempdir().expect("a folder");
    let view = decide::<View>(&Principal::Service("test"), Object::Region).expect("may");
    let derived = open(dir.path(), 8).expect("opens");
    derived.put("aa-1.jpg", Bytes::from_static(b"1234")).await;
    derived.put("bb-2.jpg", Bytes::from_static(b"5678")).await;
    assert!(derived.get(&view, "aa-1.jpg").await.is_some());
    derived.put("cc-3.jpg", Bytes::from_static(b"9012")).await;
    assert!(derived.get(&view, "bb-2.jpg").await.is_none());
    let again = open(dir.path(), 8).expect("opens");
    assert_eq!(again.get(&view, "aa-1.jpg").await.as_deref(), Some(&b"1234"[..]));
    again.put("../escape", Bytes::from_static(b"x")).await;
    assert!(again.get(&view, "../escape").await.is_none());
}
