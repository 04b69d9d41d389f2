//! Giving: from the cache, from the sites, and what happens when they fail.

use crate::{
    files::{image, one, pixels, study},
    remote::{Region, Site},
    world::{World, permit, radiologist, site, stored},
};
use archive::{BulkData, BulkPlace, Wanted};
use audit_log::{Outcome, What};
use blob_store::BlobStore;
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, future::join_all};
use imaging_domain::{DataSet, ErrorKind, VR, tags};
use std::sync::Arc;

/// The same length, another last byte.
fn altered(file: &Bytes) -> Bytes {
    let mut bytes = file.to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    bytes.into()
}

async fn frame(world: &World, number: u32) -> Result<Bytes, archive::Error> {
    let frames = world.archive.frames(&radiologist(), &one(number), &[1], Wanted::stored()).await?;
    let frames: Vec<Bytes> = frames.frames.try_collect().await?;
    Ok(frames.concat().into())
}

#[tokio::test]
async fn a_hospital_gives_its_files_in_order_and_writes_it_down() {
    let world = World::hospital();
    for number in [3, 1, 2] {
        world.take(&image(number, number as u8)).await.unwrap();
    }
    let before = world.events().len();
    let given = world.files(&study()).await.unwrap();
    let mut expected = vec![];
    for number in 1..=3 {
        expected.push(stored(number, number as u8).await.1);
    }
    assert_eq!(given, expected);
    let event = (What::Retrieve, Outcome::Success, radiologist().to_string(), Some(study().study.to_string()));
    assert_eq!(world.events()[before..], [event]);
    assert_eq!(world.files(&one(4)).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn what_was_fetched_is_given_from_the_cache() {
    let (instance, file) = stored(1, 0).await;
    let region = Region::of(&[("a", Site::Gives(file.clone()))]);
    let world = World::hub(region.clone());
    world.tell(&["a"], &instance).await;
    assert_eq!(world.files(&one(1)).await.unwrap(), std::slice::from_ref(&file));
    region.becomes("a", Site::Down);
    assert_eq!(world.files(&one(1)).await.unwrap(), [file]);
    assert_eq!(region.files_asked(), ["a"]);
    assert!(world.blobs.open(&permit(), &instance.digest).await.is_ok());
}

#[tokio::test]
async fn however_many_ask_there_is_one_fetch() {
    let (instance, file) = stored(1, 7).await;
    let region = Region::of(&[("a", Site::Gives(file.clone())), ("b", Site::Gives(file.clone()))]);
    let world = Arc::new(World::hub(region.clone()));
    world.tell(&["a", "b"], &instance).await;
    region.gate.shut();
    let (mut files, mut frames) = (vec![], vec![]);
    for _ in 0..20 {
        let (one_world, other_world) = (world.clone(), world.clone());
        files.push(tokio::spawn(async move { one_world.files(&one(1)).await }));
        frames.push(tokio::spawn(async move { frame(&other_world, 1).await }));
    }
    region.gate.reached(1).await;
    // all forty are written down, so that all have asked before the file is whole
    while world.given().await < 40 {
        tokio::task::yield_now().await;
    }
    region.gate.open();
    for given in join_all(files).await {
        assert_eq!(given.unwrap().unwrap(), std::slice::from_ref(&file));
    }
    for given in join_all(frames).await {
        assert_eq!(given.unwrap().unwrap(), pixels(7));
    }
    assert_eq!(region.files_asked().len(), 1);
}

#[tokio::test]
async fn a_file_that_landed_while_somebody_looked_is_not_fetched_again() {
    let (instance, file) = stored(1, 7).await;
    let region = Region::of(&[("a", Site::Gives(file.clone()))]);
    let world = Arc::new(World::hub(region.clone()));
    world.tell(&["a"], &instance).await;
    world.blobs.opens.shut();
    let asker = world.clone();
    let asked = tokio::spawn(async move { frame(&asker, 1).await });
    world.blobs.opens.reached(1).await;
    // it has been told that the file is not here; now the fetch of somebody else ends
    let mut staged = world.blobs.real.stage(&permit()).await.unwrap();
    staged.write(file).await.unwrap();
    world.blobs.real.publish(staged.seal().await.unwrap()).await.unwrap();
    world.blobs.opens.open();
    assert_eq!(asked.await.unwrap().unwrap(), pixels(7));
    assert!(region.files_asked().is_empty(), "fetched again");
}

#[tokio::test]
async fn wrong_bytes_are_refused_and_the_next_copy_is_tried() {
    let (instance, file) = stored(1, 7).await;
    let region = Region::of(&[("a", Site::Gives(altered(&file))), ("b", Site::Gives(file.clone()))]);
    let world = World::hub(region.clone());
    world.tell(&["a", "b"], &instance).await;
    assert_eq!(frame(&world, 1).await.unwrap(), pixels(7));
    assert_eq!(region.files_asked(), ["a", "b"]);
    assert_eq!(world.files(&one(1)).await.unwrap(), [file]);
    assert_eq!(world.stored_files(), 1, "the wrong bytes stayed");
}

#[tokio::test]
async fn wrong_bytes_never_end_as_if_they_were_whole() {
    let (instance, file) = stored(1, 7).await;
    let region = Region::of(&[("a", Site::Gives(altered(&file)))]);
    let world = World::hub(region.clone());
    world.tell(&["a"], &instance).await;
    assert_eq!(world.files(&one(1)).await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(frame(&world, 1).await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(world.stored_files(), 0, "the wrong bytes stayed");
    region.becomes("a", Site::Gives(file.clone()));
    assert_eq!(world.files(&one(1)).await.unwrap(), [file]);
}

#[tokio::test]
async fn whoever_followed_wrong_bytes_hears_of_it_and_the_next_gets_the_right_ones() {
    let (instance, file) = stored(1, 7).await;
    let region = Region::of(&[("a", Site::Gives(altered(&file))), ("b", Site::Gives(file.clone()))]);
    let world = World::hub(region.clone());
    world.tell(&["a", "b"], &instance).await;
    if let Ok(given) = world.files(&one(1)).await {
        assert_eq!(given, std::slice::from_ref(&file), "wrong bytes were given as whole");
    }
    assert_eq!(world.files(&one(1)).await.unwrap(), [file]);
}

#[tokio::test]
async fn spoilt_bytes_of_the_cache_are_fetched_anew_and_those_of_a_hospital_stay() {
    let (instance, file) = stored(1, 7).await;
    let region = Region::of(&[("a", Site::Gives(file.clone()))]);
    let hub = World::hub(region.clone());
    hub.tell(&["a"], &instance).await;
    std::fs::write(hub.blob_path(&instance.digest), altered(&file)).unwrap();
    assert_eq!(frame(&hub, 1).await.unwrap(), pixels(7));
    assert_eq!(hub.files(&one(1)).await.unwrap(), std::slice::from_ref(&file));
    assert_eq!(region.files_asked(), ["a"]);
    let hospital = World::hospital();
    hospital.take(&image(1, 7)).await.unwrap();
    std::fs::write(hospital.blob_path(&instance.digest), altered(&file)).unwrap();
    assert_eq!(hospital.files(&one(1)).await.unwrap_err().kind(), ErrorKind::Internal);
    assert_eq!(hospital.stored_files(), 1);
}

#[tokio::test]
async fn bytes_beyond_the_known_length_are_not_taken() {
    let (instance, file) = stored(1, 7).await;
    let longer: Bytes = [&file[..], b"more"].concat().into();
    let region = Region::of(&[("a", Site::Gives(longer)), ("b", Site::Gives(file.clone()))]);
    let world = World::hub(region);
    world.tell(&["a", "b"], &instance).await;
    assert_eq!(frame(&world, 1).await.unwrap(), pixels(7));
    assert_eq!(world.files(&one(1)).await.unwrap(), [file]);
}

#[tokio::test]
async fn a_site_that_is_down_is_passed_over() {
    let (instance, file) = stored(1, 0).await;
    for down in [Site::Down, Site::Silent] {
        let region = Region::of(&[("a", down), ("b", Site::Gives(file.clone()))]);
        let world = World::hub(region.clone());
        world.tell(&["a", "b"], &instance).await;
        assert_eq!(world.files(&one(1)).await.unwrap(), std::slice::from_ref(&file));
        assert_eq!(region.files_asked().last().map(String::as_str), Some("b"));
    }
}

#[tokio::test]
async fn what_one_site_began_another_ends() {
    let (instance, file) = stored(1, 0).await;
    let region = Region::of(&[("a", Site::BreaksOff(file.clone(), 250)), ("b", Site::Gives(file.clone()))]);
    let world = World::hub(region.clone());
    world.tell(&["a", "b"], &instance).await;
    assert_eq!(world.files(&one(1)).await.unwrap(), [file]);
    assert_eq!(region.files_asked(), ["a", "b"]);
}

#[tokio::test]
async fn when_all_are_down_it_is_unavailable_and_not_lost() {
    let (instance, file) = stored(1, 0).await;
    for down in [Site::Down, Site::Silent, Site::BreaksOff(file.clone(), 250)] {
        let region = Region::of(&[("a", down.clone()), ("b", down)]);
        let world = World::hub(region.clone());
        world.tell(&["a", "b"], &instance).await;
        assert!(world.files(&one(1)).await.is_err());
        assert_eq!(frame(&world, 1).await.unwrap_err().kind(), ErrorKind::Unavailable);
        assert_eq!(world.stored_files(), 0);
        region.becomes("b", Site::Gives(file.clone()));
        assert_eq!(world.files(&one(1)).await.unwrap(), std::slice::from_ref(&file), "it did not come back");
    }
}

#[tokio::test]
async fn copies_with_other_bytes_are_a_last_resort() {
    let ((first, _), (second, other)) = (stored(1, 0).await, stored(1, 9).await);
    let region = Region::of(&[("a", Site::Down), ("b", Site::Gives(other.clone()))]);
    let world = World::hub(region);
    world.tell(&["a"], &first).await;
    world.tell(&["b"], &second).await;
    assert_eq!(world.files(&one(1)).await.unwrap(), [other]);
}

#[tokio::test]
async fn headers_of_a_series_come_without_its_files() {
    let ((one_of, _), (two_of, _)) = (stored(1, 0).await, stored(2, 0).await);
    let region = Region::of(&[("a", Site::Silent)]);
    let header = |number: u32| {
        let mut header = DataSet::new();
        header.put_text(tags::SOP_INSTANCE_UID, VR::UI, crate::files::uid(number));
        header.put_text(tags::BODY_PART_EXAMINED, VR::CS, "HEAD");
        header
    };
    *region.headers.lock().unwrap() = Some(vec![header(0), header(1), header(2), header(3)]);
    let world = World::hub(region.clone());
    world.tell(&["a"], &one_of).await;
    world.tell(&["a"], &two_of).await;
    let headers = world.archive.metadata(&radiologist(), &study()).await.unwrap();
    let headers: Vec<_> = headers.map(|header| header.unwrap()).collect().await;
    assert_eq!(headers.iter().map(|header| &header.instance.uid).collect::<Vec<_>>(), [&one_of.uid, &two_of.uid]);
    assert!(headers.iter().all(|header| header.attributes.text(tags::BODY_PART_EXAMINED) == Some("HEAD")));
    assert_eq!(*region.headers_asked.lock().unwrap(), [site("a").to_string()], "a question for each instance");
    assert!(region.files_asked().is_empty());
}

#[tokio::test]
async fn headers_nobody_gives_are_read_from_the_file() {
    let (instance, file) = stored(1, 0).await;
    let region = Region::of(&[("a", Site::Gives(file))]);
    let world = World::hub(region);
    world.tell(&["a"], &instance).await;
    let headers = world.archive.metadata(&radiologist(), &study()).await.unwrap();
    let headers: Vec<_> = headers.try_collect().await.unwrap();
    assert_eq!(headers[0].attributes.int(tags::ROWS), Some(crate::files::SIDE as i64));
}

#[tokio::test]
async fn frames_and_values_outside_are_not_found() {
    let world = World::hospital();
    world.take(&image(1, 0)).await.unwrap();
    for numbers in [&[][..], &[0], &[2], &[1, 2]] {
        let missing = world.archive.frames(&radiologist(), &one(1), numbers, Wanted::stored()).await.err().unwrap();
        assert_eq!(missing.kind(), ErrorKind::NotFound, "{numbers:?}");
    }
    let length = crate::files::image_set(1, 0).len() as u64;
    let at = |offset, wanted| BulkPlace::Span(offset, wanted);
    let value = world.archive.bulk_data(&radiologist(), &one(1), &at(length - 3, 3), Wanted::stored()).await.unwrap();
    let BulkData::Value(value) = value else { panic!("native pixels are a value") };
    let value: Vec<Bytes> = value.all().try_collect().await.unwrap();
    assert_eq!(value.concat(), pixels(0)[pixels(0).len() - 3..]);
    for (offset, wanted) in [(length - 3, 4), (length, 1), (u64::MAX, 2)] {
        let missing = world.archive.bulk_data(&radiologist(), &one(1), &at(offset, wanted), Wanted::stored()).await;
        let missing = missing.err().unwrap();
        assert_eq!(missing.kind(), ErrorKind::NotFound, "{offset} {wanted}");
    }
}
