//! Whoever watches the way in is told of every arrival once.

use crate::{
    files::image,
    world::{World, take},
};
use archive::{Error, Framing, Outcome, Seen, Witness};
use async_trait::async_trait;
use bytes::Bytes;
use imaging_domain::{Instance, Principal, tags};
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Told(Mutex<Vec<(String, Seen)>>);

#[async_trait]
impl Witness for Told {
    fn took(&self, seen: &Seen, instance: &Instance, outcome: &Outcome) {
        let modality = instance.attributes.text(tags::MODALITY).unwrap_or_default();
        let kind = if matches!(outcome, Outcome::Stored(_)) { "stored" } else { "else" };
        self.0.lock().unwrap().push((format!("{kind} {modality}"), seen.clone()));
    }

    async fn refused(&self, seen: &Seen, error: &Error) {
        self.0.lock().unwrap().push((error.to_string(), seen.clone()));
    }
}

#[tokio::test]
async fn every_arrival_is_told_once_with_its_beginning() {
    let (world, told) = (World::hospital(), Arc::new(Told::default()));
    let ingest = world.ingest.clone().witnessed(told.clone());
    let file = image(1, 1);
    for _ in 0..2 {
        take(&ingest, Framing::File, &file).await.unwrap();
    }
    let page =
        Bytes::from_static(b"<html>no image, and longer than a piece is, so that it is refused on the way</html>");
    take(&ingest, Framing::File, &page).await.unwrap_err();
    take(&ingest, Framing::File, &file.slice(..file.len() / 2)).await.unwrap_err();
    ingest.begin(&Principal::Anonymous, Framing::File).await.err().unwrap();
    drop(ingest.begin(&Principal::Service("test"), Framing::File).await.unwrap());
    let told = told.0.lock().unwrap();
    assert_eq!(told.len(), 5, "{told:?}");
    assert!(told[0].0.starts_with("stored "), "{told:?}");
    assert!(told[1].0.starts_with("else "), "{told:?}");
    for (_, seen) in &told[..2] {
        assert_eq!((seen.bytes, seen.ended), (file.len() as u64, true));
        assert_eq!(seen.head, file[..file.len().min(archive::MAX_HEAD)]);
    }
    assert_eq!(told[2].1.head, page[..told[2].1.bytes as usize]);
    assert_eq!((told[3].1.bytes, told[3].1.ended), (file.len() as u64 / 2, true));
    assert_eq!((told[4].1.bytes, told[4].1.who.clone()), (0, Principal::Anonymous));
}
