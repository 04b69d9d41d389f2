//! Taking in: what appears, when, and what leaves nothing behind.

use crate::{
    files::{self, EXPLICIT, element, file_in, image, image_set, one, uid},
    world::{World, device, operator, permit, site, stored, take},
};
use archive::{Error, Framing, Outcome};
use audit_log::{Outcome as AuditOutcome, What};
use blob_store::BlobStore;
use bytes::Bytes;
use catalog::StudyIndex;
use futures_util::{FutureExt, future::join_all};
use imaging_domain::{ErrorKind, InstanceUid, Principal};
use std::{
    collections::HashSet,
    sync::{Arc, atomic::Ordering::SeqCst},
    time::Duration,
};
use tokio::time::sleep;

fn instance_uid(number: u32) -> InstanceUid {
    InstanceUid::parse(&uid(number)).unwrap()
}

async fn assert_nothing_was_stored(world: &World, case: &str) {
    assert_eq!(world.stored_files(), 0, "{case}: bytes stayed");
    assert_eq!(world.blobs.used_bytes().await.unwrap(), 0, "{case}: bytes are counted");
    assert!(world.copies(&files::study()).await.is_empty(), "{case}: it is in the index");
    assert_eq!(world.last_number().await, 0, "{case}: it is in the feed");
}

#[tokio::test]
async fn an_instance_appears_only_after_its_commit() {
    let world = World::hospital();
    world.index.commits.shut();
    let ingest = world.ingest.clone();
    let arrival = tokio::spawn(async move { take(&ingest, Framing::File, &image(1, 0)).await });
    world.index.commits.reached(1).await;
    assert!(world.copies(&one(1)).await.is_empty());
    assert_eq!(world.files(&one(1)).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert!(!arrival.is_finished(), "acknowledged before the commit");
    let written = world.written.notified();
    world.index.commits.open();
    assert_eq!(arrival.await.unwrap().unwrap(), Outcome::Stored(instance_uid(1)));
    assert!(written.now_or_never().is_some(), "nobody was told that the feed grew");
    let copies = world.copies(&one(1)).await;
    assert_eq!(copies[0].0[0].site, site("here"));
    assert_eq!(world.last_number().await, 1);
    let given = world.files(&one(1)).await.unwrap();
    assert!(given[0].ends_with(&image_set(1, 0)), "the data set is not as it came");
}

#[tokio::test]
async fn the_same_bytes_again_are_a_success_and_change_nothing() {
    let world = World::hospital();
    world.take(&image(1, 0)).await.unwrap();
    let (used, files) = (world.blobs.used_bytes().await.unwrap(), world.stored_files());
    let written = world.written.notified();
    let bare =
        Framing::DataSet { transfer_syntax: EXPLICIT.into(), sop_class: files::CLASS.into(), sop_instance: uid(1) };
    for (framing, bytes) in [(Framing::File, image(1, 0)), (bare, image_set(1, 0).into())] {
        let outcome = take(&world.ingest, framing, &bytes).await.unwrap();
        assert_eq!(outcome, Outcome::Duplicate(instance_uid(1)));
    }
    assert!(written.now_or_never().is_none(), "the feed is said to have grown");
    assert_eq!(world.last_number().await, 1);
    assert_eq!(world.copies(&files::study()).await.len(), 1);
    assert_eq!((world.blobs.used_bytes().await.unwrap(), world.stored_files()), (used, files));
    assert!(world.index.conflicts(&permit(), 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn other_bytes_of_the_same_uid_are_kept_aside() {
    let world = World::hospital();
    world.take(&image(1, 0)).await.unwrap();
    let first = world.files(&one(1)).await.unwrap();
    assert_eq!(world.take(&image(1, 9)).await.unwrap(), Outcome::Conflict(instance_uid(1)));
    assert_eq!(world.files(&one(1)).await.unwrap(), first);
    assert_eq!(world.last_number().await, 1);
    let (other, bytes) = stored(1, 9).await;
    let conflicts = world.index.conflicts(&permit(), 10).await.unwrap();
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0].kept, world.copies(&one(1)).await[0].0[0].instance.digest);
    assert_eq!(conflicts[0].aside, other.digest);
    let aside = world.blobs.open(&permit(), &other.digest).await.unwrap();
    assert_eq!(aside.read_at(0, bytes.len()).await.unwrap(), bytes);
}

#[tokio::test]
async fn what_is_no_instance_is_refused_and_leaves_nothing() {
    let study = element(0x0020_000D, "UI", files::STUDY.as_bytes());
    let series = element(0x0020_000E, "UI", files::SERIES.as_bytes());
    let instead = |of: &[u8], new: &[u8]| {
        let full = image_set(1, 0);
        let at = full.windows(of.len()).position(|window| window == of).unwrap();
        file_in(EXPLICIT, 1, &[&full[..at], new, &full[at + of.len()..]].concat())
    };
    let cases = [
        ("nothing", Bytes::new()),
        ("noise", Bytes::from(vec![0xA5; 5000])),
        ("zeros", Bytes::from(vec![0; 5000])),
        ("a web page", Bytes::from_static(b"<!DOCTYPE html><html><body>not found</body></html>")),
        ("no study", instead(&study, &[])),
        ("no series", instead(&series, &[])),
        ("meta information alone", Bytes::from(part10::file_meta(files::CLASS, &uid(1), EXPLICIT))),
        ("a study that is no uid", instead(&study, &element(0x0020_000D, "UI", b"../../etc/passwd"))),
    ];
    for (case, bytes) in cases {
        let world = World::hospital();
        match world.take(&bytes).await {
            Err(error) => assert_eq!(error.kind(), ErrorKind::Invalid, "{case}: {error}"),
            Ok(outcome) => panic!("{case}: {outcome:?}"),
        }
        assert_nothing_was_stored(&world, case).await;
    }
}

/// Damaged files have to be readable: what is left of an image is better than nothing of it.
#[tokio::test]
async fn a_file_cut_in_its_pixels_is_kept_as_it_came() {
    let world = World::hospital();
    let cut = image(1, 0).slice(..image(1, 0).len() - 5);
    assert_eq!(world.take(&cut).await.unwrap(), Outcome::Stored(instance_uid(1)));
    let data_set = image_set(1, 0);
    assert!(world.files(&one(1)).await.unwrap()[0].ends_with(&data_set[..data_set.len() - 5]));
}

#[tokio::test]
async fn a_command_that_speaks_of_another_instance_is_refused() {
    let cases = [(files::CLASS.to_owned(), uid(2)), ("1.2.840.10008.5.1.4.1.1.2".to_owned(), uid(1))];
    for (sop_class, sop_instance) in cases {
        let world = World::hospital();
        let framing = Framing::DataSet { transfer_syntax: EXPLICIT.into(), sop_class, sop_instance };
        let refused = take(&world.ingest, framing, &image_set(1, 0).into()).await.unwrap_err();
        assert!(matches!(refused, Error::Mismatch(_)), "{refused}");
        assert_nothing_was_stored(&world, "command").await;
    }
}

#[tokio::test]
async fn an_arrival_given_up_half_way_leaves_nothing() {
    let world = World::hospital();
    let mut incoming = world.ingest.begin(&device(), Framing::File).await.unwrap();
    incoming.write(image(1, 0).slice(..500)).await.unwrap();
    drop(incoming);
    assert_nothing_was_stored(&world, "given up").await;
}

#[tokio::test]
async fn arrivals_at_the_same_time_share_commits_and_all_appear() {
    const ARRIVALS: u32 = 60;
    let world = World::hospital();
    world.index.commits.shut();
    let arrivals: Vec<_> = (1..=ARRIVALS)
        .map(|number| {
            let ingest = world.ingest.clone();
            tokio::spawn(async move { take(&ingest, Framing::File, &image(number, 0)).await })
        })
        .collect();
    world.blobs.publishes.reached(ARRIVALS as usize).await;
    while world.lines.text().lines().count() < ARRIVALS as usize {
        sleep(Duration::from_millis(5)).await;
    }
    // on one thread: whoever has its bytes published and its event written queues before this goes on
    sleep(Duration::from_millis(50)).await;
    world.index.commits.open();
    for arrived in join_all(arrivals).await {
        assert!(matches!(arrived.unwrap().unwrap(), Outcome::Stored(_)));
    }
    let commits = world.index.commits.count();
    assert!(commits <= 2, "{commits} commits for {ARRIVALS} arrivals that waited together");
    assert_eq!(world.last_number().await, u64::from(ARRIVALS));
    let uids: HashSet<_> =
        world.copies(&files::study()).await.iter().map(|copies| copies.0[0].instance.uid.clone()).collect();
    assert_eq!(uids.len(), ARRIVALS as usize);
    assert_eq!(world.lines.text().lines().count(), ARRIVALS as usize);
}

#[tokio::test]
async fn the_same_instance_from_many_senders_at_once_is_stored_once() {
    let world = Arc::new(World::hospital());
    let arrivals = (0..20).map(|_| {
        let world = world.clone();
        tokio::spawn(async move { world.take(&image(1, 0)).await.unwrap() })
    });
    let outcomes: Vec<_> = join_all(arrivals).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Stored(_))).count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Duplicate(_))).count(), 19);
    assert_eq!((world.last_number().await, world.stored_files()), (1, 1));
}

#[tokio::test]
async fn a_failing_store_or_index_acknowledges_nothing() {
    let world = World::hospital();
    for fault in [&world.blobs.stage_fails, &world.blobs.publish_fails, &world.index.fails] {
        fault.store(true, SeqCst);
        let failed = world.take(&image(1, 0)).await.unwrap_err();
        assert_eq!(failed.kind(), ErrorKind::Unavailable, "{failed}");
        assert!(world.copies(&files::study()).await.is_empty());
        assert_eq!(world.last_number().await, 0);
        fault.store(false, SeqCst);
    }
    let outcomes: Vec<_> = world.events().into_iter().map(|(what, outcome, ..)| (what, outcome)).collect();
    // at first nothing had come; then bytes that were not kept; then a line of the index that was not
    let failed = [(What::Store, AuditOutcome::Success), (What::Store, AuditOutcome::Failed)];
    assert_eq!(outcomes, [&failed[..], &failed[..1]].concat());
    assert_eq!(world.take(&image(1, 0)).await.unwrap(), Outcome::Stored(instance_uid(1)));
    assert_eq!((world.files(&one(1)).await.unwrap().len(), world.stored_files()), (1, 1));
}

#[tokio::test]
async fn who_may_not_store_is_refused_and_written_down() {
    for who in [Principal::Anonymous, operator(), Principal::Hub, Principal::Site(site("a"))] {
        let world = World::hospital();
        let refused = world.ingest.begin(&who, Framing::File).await.err().unwrap();
        assert_eq!(refused.kind(), ErrorKind::Forbidden);
        assert_eq!(world.events(), [(What::Store, AuditOutcome::Denied, who.to_string(), None)]);
    }
}
