//! Deleting: what goes, and what is told of it.

use crate::{
    files::{self, image, one},
    world::{World, device, operator, site, take},
};
use access_control::{Object, decide};
use archive::{Error, Framing, Outcome};
use audit_log::{Outcome as AuditOutcome, What};
use catalog::ChangeFeed;
use imaging_domain::{Event, Principal};

const COMMAND: Principal = Principal::Service("command");

#[tokio::test]
async fn a_study_goes_with_its_bytes_and_its_conflicts() {
    let world = World::hospital();
    for (number, shade) in [(1, 0), (1, 9), (2, 0)] {
        world.take(&image(number, shade)).await.unwrap();
    }
    assert_eq!(world.stored_files(), 3);
    let study = files::study().study;
    assert_eq!(world.committer.delete_study(&COMMAND, &study).await.unwrap(), 2);
    assert_eq!(world.stored_files(), 0);
    assert!(world.copies(&files::study()).await.is_empty());
    let permit = decide(&COMMAND, Object::Site(&site("here"))).unwrap();
    let lines = world.index.real.changes_after(&permit, &site("here"), 2, 10).await.unwrap();
    assert!(lines.iter().all(|line| matches!(line.event, Event::Deleted(_))), "{lines:?}");
    assert_eq!(lines.len(), 2);
    assert!(matches!(world.committer.delete_study(&COMMAND, &study).await, Err(Error::NotFound(_))));
    assert!(matches!(world.take(&image(1, 9)).await.unwrap(), Outcome::Stored(_)), "other bytes may come afterwards");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_while_a_study_is_deleted_is_there_or_not_but_never_half() {
    let world = World::hospital();
    world.take(&image(1, 0)).await.unwrap();
    for _ in 0..200 {
        let study = files::study().study;
        let bytes = image(1, 0);
        let (arrived, deleted) =
            tokio::join!(take(&world.ingest, Framing::File, &bytes), world.committer.delete_study(&COMMAND, &study));
        // its bytes were those that the deletion took
        let is_taken = matches!(arrived, Err(Error::NotCommitted));
        assert!(is_taken || arrived.is_ok(), "{arrived:?}");
        if let Err(error) = deleted {
            assert!(matches!(error, Error::NotFound(_)), "{error}");
        }
        let rows = world.copies(&files::study()).await.len();
        assert_eq!(world.stored_files(), rows);
        assert!(!is_taken || rows == 0, "what was refused is not there");
        if rows == 1 {
            assert_eq!(world.files(&one(1)).await.unwrap().len(), 1);
        }
    }
}

#[tokio::test]
async fn who_may_not_delete_is_refused_and_written_down() {
    for who in [Principal::Anonymous, operator(), device(), Principal::Hub] {
        let world = World::hospital();
        world.take(&image(1, 0)).await.unwrap();
        let study = files::study().study;
        assert!(matches!(world.committer.delete_study(&who, &study).await, Err(Error::Denied(_))));
        let (what, outcome, by, about) = world.events().pop().unwrap();
        assert_eq!((what, outcome, by), (What::Delete, AuditOutcome::Denied, who.to_string()));
        assert_eq!(about.as_deref(), Some(study.as_str()));
        assert_eq!(world.stored_files(), 1);
    }
}
