//! Whoever may not see gets nothing, and it is written down.

use crate::{
    files::{image, one, study},
    remote::{Region, Site},
    world::{World, operator, stored},
};
use archive::{BulkPlace, Error, PictureRequest, Wanted};
use audit_log::{Outcome, What};
use imaging_domain::{ErrorKind, Principal};
use rendering::{Format, Settings};

fn picture() -> PictureRequest {
    let settings = Settings { fit: Some((8, 8)), format: Format::Png, ..Settings::default() };
    PictureRequest { scope: one(1), frame: None, settings }
}

/// Tries every way of seeing; the answers, and what each is called in the audit log.
async fn try_everything(world: &World, who: &Principal) -> Vec<(What, Option<Error>)> {
    let archive = &world.archive;
    vec![
        (What::Retrieve, archive.retrieve(who, &study(), Wanted::stored()).await.err()),
        (What::Retrieve, archive.metadata(who, &study()).await.err()),
        (What::Retrieve, archive.frames(who, &one(1), &[1], Wanted::stored()).await.err()),
        (What::Retrieve, archive.bulk_data(who, &one(1), &BulkPlace::Span(0, 10), Wanted::stored()).await.err()),
        (What::View, archive.rendered(who, &picture()).await.err()),
        (What::View, archive.thumbnail(who, &picture()).await.err()),
        (What::View, archive.animated(who, &picture(), &[]).await.err()),
        (What::View, archive.rendition(who, &one(1)).await.err()),
        (What::View, archive.document(who, &one(1)).await.err()),
        (What::View, archive.report(who, &one(1)).await.err()),
    ]
}

#[tokio::test]
async fn access_denied_gives_nothing_and_leaves_an_event() {
    for who in [Principal::Anonymous, operator()] {
        let world = World::hospital();
        world.take(&image(1, 0)).await.unwrap();
        let before = world.events().len();
        let tried = try_everything(&world, &who).await;
        let study = Some(study().study.to_string());
        let expected: Vec<_> =
            tried.iter().map(|(what, _)| (*what, Outcome::Denied, who.to_string(), study.clone())).collect();
        for (what, refused) in tried {
            assert_eq!(refused.map(|error| error.kind()), Some(ErrorKind::Forbidden), "{what:?} by {who}");
        }
        assert_eq!(world.events()[before..], expected);
    }
}

#[tokio::test]
async fn who_is_denied_learns_not_whether_there_is_such_a_study() {
    let world = World::hospital();
    for (what, refused) in try_everything(&world, &Principal::Anonymous).await {
        assert_eq!(refused.map(|error| error.kind()), Some(ErrorKind::Forbidden), "{what:?}");
    }
}

#[tokio::test]
async fn for_who_is_denied_no_site_is_asked() {
    let (instance, file) = stored(1, 0).await;
    let region = Region::of(&[("a", Site::Gives(file))]);
    let world = World::hub(region.clone());
    world.tell(&["a"], &instance).await;
    try_everything(&world, &operator()).await;
    assert!(region.files_asked().is_empty());
    assert!(region.headers_asked.lock().unwrap().is_empty());
}
