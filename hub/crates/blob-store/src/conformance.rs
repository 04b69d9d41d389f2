//! What every store has to do, whatever it is made of. A bug found in one becomes a case here.

use crate::{Blob, BlobStore, Error, StagedBlob, stream};
use access_control::{Object, Permit, Store, View, decide};
use bytes::Bytes;
use futures_util::{TryStreamExt, future::try_join_all};
use imaging_domain::{Digest, Principal};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// Runs every case, each on a store of its own.
///
/// # Panics
/// When a case fails.
pub async fn run<S: BlobStore + 'static>(make: impl Fn() -> S) {
    bytes_come_back(make()).await;
    pieces_of_any_length_keep_their_order(make()).await;
    nothing_is_there_before_publishing(make()).await;
    the_same_bytes_twice_are_one_blob(make()).await;
    many_are_published_at_once(make()).await;
    a_reader_follows_a_growing_blob(make()).await;
    readers_follow_more_than_waits_in_memory(make()).await;
    a_reader_joins_late(make()).await;
    a_follower_hears_of_the_end(make()).await;
    ranges_are_checked(make()).await;
    removing_is_final_and_repeatable(make()).await;
}

fn permits() -> (Permit<Store>, Permit<View>) {
    let test = Principal::Service("test");
    (decide(&test, Object::Region).expect("may store"), decide(&test, Object::Region).expect("may view"))
}

async fn put(store: &impl BlobStore, bytes: &[u8]) -> Digest {
    let mut staged = store.stage(&permits().0).await.expect("staged");
    for chunk in bytes.chunks(100_000) {
        staged.write(Bytes::copy_from_slice(chunk)).await.expect("written");
    }
    let sealed = staged.seal().await.expect("sealed");
    let digest = sealed.digest;
    assert_eq!(sealed.size_bytes, bytes.len() as u64);
    store.publish(sealed).await.expect("published");
    digest
}

async fn whole(blob: Arc<dyn Blob>) -> Vec<u8> {
    let end = blob.size_bytes();
    stream(blob, 0..end).try_collect::<Vec<_>>().await.expect("read").concat()
}

async fn bytes_come_back(store: impl BlobStore) {
    for length in [0, 1, 100_000, 3_000_001] {
        let bytes: Vec<u8> = (0..length).map(|n: u32| (n % 251) as u8).collect();
        let digest = put(&store, &bytes).await;
        assert_eq!(digest.0, <[u8; 32]>::from(Sha256::digest(&bytes)));
        assert!(store.has(&permits().1, &digest).await);
        let blob = store.open(&permits().1, &digest).await.expect("there");
        assert_eq!(whole(blob).await, bytes);
    }
}

/// Stores digest short pieces elsewhere than long ones.
async fn pieces_of_any_length_keep_their_order(store: impl BlobStore) {
    for lengths in
        [&[10, 300_000, 5, 200_000][..], &[300_000, 10], &[5, 5, 900_000, 5, 300_000, 7], &[262_144, 262_145, 1]]
    {
        let pieces: Vec<Bytes> = lengths.iter().zip(1_u8..).map(|(length, byte)| vec![byte; *length].into()).collect();
        let mut staged = store.stage(&permits().0).await.expect("staged");
        for piece in &pieces {
            staged.write(piece.clone()).await.expect("written");
        }
        let (sealed, bytes) = (staged.seal().await.expect("sealed"), pieces.concat());
        let digest = sealed.digest;
        assert_eq!(digest.0, <[u8; 32]>::from(Sha256::digest(&bytes)));
        store.publish(sealed).await.expect("published");
        assert!(whole(store.open(&permits().1, &digest).await.expect("there")).await == bytes);
    }
}

async fn nothing_is_there_before_publishing(store: impl BlobStore) {
    let mut staged = store.stage(&permits().0).await.expect("staged");
    staged.write(Bytes::from_static(b"half")).await.expect("written");
    let sealed = staged.seal().await.expect("sealed");
    let digest = sealed.digest;
    assert!(matches!(store.open(&permits().1, &digest).await, Err(Error::NotFound)));
    drop(sealed);
    assert!(matches!(store.open(&permits().1, &digest).await, Err(Error::NotFound)));
    assert_eq!(store.used_bytes().await.expect("counted"), 0);
}

async fn the_same_bytes_twice_are_one_blob(store: impl BlobStore) {
    let first = put(&store, b"twice").await;
    assert_eq!(put(&store, b"twice").await, first);
    assert_eq!(store.used_bytes().await.expect("counted"), 5);
}

async fn many_are_published_at_once(store: impl BlobStore) {
    let mut sealed = vec![];
    for n in 0..200_u32 {
        let mut staged = store.stage(&permits().0).await.expect("staged");
        staged.write(Bytes::from(n.to_string())).await.expect("written");
        sealed.push(staged.seal().await.expect("sealed"));
    }
    let digests: Vec<Digest> = sealed.iter().map(|sealed| sealed.digest).collect();
    try_join_all(sealed.into_iter().map(|sealed| store.publish(sealed))).await.expect("published");
    for digest in digests {
        store.open(&permits().1, &digest).await.expect("there");
    }
}

async fn a_reader_follows_a_growing_blob(store: impl BlobStore) {
    let mut staged = store.stage(&permits().0).await.expect("staged");
    staged.write(Bytes::from_static(b"one ")).await.expect("written");
    let follower = staged.follow();
    let early = tokio::spawn({
        let follower = Arc::clone(&follower);
        async move { follower.stream().try_collect::<Vec<_>>().await }
    });
    staged.write(Bytes::from_static(b"two ")).await.expect("written");
    let mut first = follower.stream();
    assert!(first.try_next().await.expect("no end yet").is_some());
    staged.write(Bytes::from_static(b"three")).await.expect("written");
    let sealed = staged.seal().await.expect("sealed");
    store.publish(sealed).await.expect("published");
    assert_eq!(early.await.expect("no panic").expect("read").concat(), b"one two three");
    let late = follower.stream().try_collect::<Vec<_>>().await.expect("read");
    assert_eq!(late.concat(), b"one two three");
}

async fn readers_follow_more_than_waits_in_memory(store: impl BlobStore) {
    let mut staged = store.stage(&permits().0).await.expect("staged");
    let pieces: Vec<Bytes> =
        (0..12_u8).map(|number| Bytes::from(vec![number; 300_000 + usize::from(number)])).collect();
    let follower = staged.follow();
    let mut readers = vec![];
    for piece in &pieces {
        staged.write(piece.clone()).await.expect("written");
        let follower = Arc::clone(&follower);
        readers.push(tokio::spawn(async move { follower.stream().try_collect::<Vec<_>>().await }));
    }
    let from_the_middle = follower.stream_from(700_000);
    store.publish(staged.seal().await.expect("sealed")).await.expect("published");
    let whole = pieces.concat();
    readers.push(tokio::spawn(async move { follower.stream().try_collect::<Vec<_>>().await }));
    for reader in readers {
        assert!(reader.await.expect("no panic").expect("read").concat() == whole);
    }
    assert!(from_the_middle.try_collect::<Vec<_>>().await.expect("read").concat() == whole[700_000..]);
}

async fn a_reader_joins_late(store: impl BlobStore) {
    for before in [1, 3, 4, 9] {
        let pieces: Vec<Bytes> = (0..12_u8).map(|number| Bytes::from(vec![number; 300_001])).collect();
        let mut staged = store.stage(&permits().0).await.expect("staged");
        for piece in &pieces[..before] {
            staged.write(piece.clone()).await.expect("written");
        }
        let follower = staged.follow();
        let reader = tokio::spawn(async move { follower.stream().try_collect::<Vec<_>>().await });
        for piece in &pieces[before..] {
            tokio::task::yield_now().await;
            staged.write(piece.clone()).await.expect("written");
        }
        let sealed = staged.seal().await.expect("sealed");
        assert!(reader.await.expect("no panic").expect("read").concat() == pieces.concat(), "after {before}");
        store.publish(sealed).await.expect("published");
    }
}

async fn a_follower_hears_of_the_end(store: impl BlobStore) {
    let mut staged: Box<dyn StagedBlob> = store.stage(&permits().0).await.expect("staged");
    let follower = staged.follow();
    staged.write(Bytes::from_static(b"never whole")).await.expect("written");
    drop(staged);
    let seen = follower.stream().try_collect::<Vec<_>>().await;
    assert!(matches!(seen, Err(Error::Abandoned)));
}

async fn ranges_are_checked(store: impl BlobStore) {
    let digest = put(&store, b"0123456789").await;
    let blob = store.open(&permits().1, &digest).await.expect("there");
    assert_eq!(blob.read_at(3, 4).await.expect("inside"), Bytes::from_static(b"3456"));
    assert_eq!(blob.read_at(10, 0).await.expect("at the end"), Bytes::new());
    for (offset, length) in [(7, 4), (11, 0), (u64::MAX, 1)] {
        assert!(matches!(blob.read_at(offset, length).await, Err(Error::OutOfRange)));
    }
}

async fn removing_is_final_and_repeatable(store: impl BlobStore) {
    let digest = put(&store, b"to be removed").await;
    let open = store.open(&permits().1, &digest).await.expect("there");
    for _ in 0..2 {
        store.remove(&permits().0, &digest).await.expect("removed");
    }
    assert!(matches!(store.open(&permits().1, &digest).await, Err(Error::NotFound)));
    assert_eq!(whole(open).await, b"to be removed");
    assert_eq!(store.used_bytes().await.expect("counted"), 0);
}
