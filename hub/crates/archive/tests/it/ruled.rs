//! Arrivals by rules: kept, changed, sent on, held, dropped.

use crate::{
    files::{EXPLICIT, image, one, uid},
    world::{World, permit, site, take},
};
use archive::{Error, Fate, Framing, Ingest, Judgement, Outcome, Rules};
use audit_log::What;
use bytes::Bytes;
use catalog::Routes;
use imaging_domain::{AeTitle, DataSet, InstanceUid, Principal, StudyUid, Tag, Value, tags};
use part10::{Coercion, Keep, Limits, Modification, ORIGINAL_ATTRIBUTES_SEQUENCE, Watched, scan};
use std::sync::{Arc, Mutex};

/// The same judgement of everything, and what was asked about.
struct Always(Judgement, Mutex<Vec<String>>);

impl Rules for Always {
    fn watched(&self) -> Arc<Watched> {
        let placed = self.0.coercion.as_ref().map(|(coercion, _)| coercion.placed()).unwrap_or_default();
        // an attribute that the index does not keep
        Arc::new(Watched { kept: [Tag(0x0028, 0x0100)].into(), placed })
    }

    fn judge(&self, _: &Principal, attributes: &DataSet, now_ms: i64) -> Judgement {
        let bits = attributes.int(Tag(0x0028, 0x0100));
        self.1.lock().unwrap().push(format!("{} {bits:?}", attributes.text(tags::PATIENT_ID).unwrap_or_default()));
        let mut judgement = self.0.clone();
        if let Some((_, said)) = &mut judgement.coercion {
            // two changes are never written at the same time
            said.at = format!("2026010203040{}", now_ms % 7 + self.1.lock().unwrap().len() as i64);
        }
        judgement
    }
}

fn rules(judgement: Judgement) -> Arc<Always> {
    Arc::new(Always(judgement, Mutex::default()))
}

fn changed(value: &str) -> Judgement {
    let coercion = Coercion { set: [(tags::PATIENT_ID, value.to_owned())].into(), removed: [tags::MODALITY].into() };
    let (at, system, source) = (String::new(), "GATE".to_owned(), "CT1".to_owned());
    Judgement {
        coercion: Some((coercion, Modification { at, system, source, reason: "COERCE" })),
        ..Judgement::default()
    }
}

fn ruled(world: &World, judgement: Judgement) -> Ingest {
    world.ingest.clone().ruled(rules(judgement))
}

async fn arrive(ingest: &Ingest, file: &Bytes) -> Result<Outcome, Error> {
    take(ingest, Framing::File, file).await
}

fn instance(number: u32) -> InstanceUid {
    InstanceUid::parse(&uid(number)).unwrap()
}

#[tokio::test]
async fn a_changed_arrival_is_stored_as_it_became_and_known_as_it_came() {
    let world = World::hospital();
    let (file, rules) = (image(1, 0), rules(changed("P2")));
    let ingest = world.ingest.clone().ruled(rules.clone());
    let stored = Outcome::Coerced(Box::new(Outcome::Stored(instance(1))));
    assert_eq!(arrive(&ingest, &file).await.unwrap(), stored);
    assert_eq!(rules.1.lock().unwrap().as_slice(), ["P1 Some(8)"]);
    let copies = world.copies(&one(1)).await;
    let held = &copies[0].0[0].instance;
    assert_eq!((held.attributes.text(tags::PATIENT_ID), held.transfer_syntax.as_str()), (Some("P2"), EXPLICIT));
    let given = world.files(&one(1)).await.unwrap().remove(0);
    let keep = Keep::Everything { max_inline_bytes: 64 };
    let header = scan(&given, part10::Framing::File, keep, Limits::default()).unwrap();
    let Value::Sequence(items) = &header.attributes.get(ORIGINAL_ATTRIBUTES_SEQUENCE).unwrap().value else { panic!() };
    let Value::Sequence(was) = &items[0].get(Tag(0x0400, 0x0550)).unwrap().value else { panic!() };
    assert_eq!((was[0].text(tags::PATIENT_ID), was[0].text(tags::MODALITY)), (Some("P1"), Some("OT")));
    // the pixels are the last bytes of both
    assert_eq!(given[given.len() - 256..], file[file.len() - 256..]);
    assert_eq!(world.stored_files(), 1, "what came is gone");
    let again = Outcome::Coerced(Box::new(Outcome::Duplicate(instance(1))));
    assert_eq!(arrive(&ingest, &file).await.unwrap(), again);
    let other = Outcome::Coerced(Box::new(Outcome::Conflict(instance(1))));
    assert_eq!(arrive(&ingest, &image(1, 9)).await.unwrap(), other);
}

#[tokio::test]
async fn what_is_so_already_is_not_said_to_be_changed() {
    let world = World::hospital();
    let coercion = Coercion { set: [(tags::PATIENT_ID, "P1".to_owned())].into(), ..Coercion::default() };
    let judgement =
        Judgement { coercion: changed("").coercion.map(|(_, said)| (coercion, said)), ..Judgement::default() };
    assert_eq!(arrive(&ruled(&world, judgement), &image(1, 0)).await.unwrap(), Outcome::Stored(instance(1)));
}

#[tokio::test]
async fn a_value_that_cannot_be_said_refuses_the_arrival() {
    let world = World::hospital();
    let refused = arrive(&ruled(&world, changed("患者")), &image(1, 0)).await;
    assert!(matches!(refused, Err(Error::Coercion(_))), "{refused:?}");
    assert_eq!((world.stored_files(), world.last_number().await), (0, 0));
}

#[tokio::test]
async fn what_is_dropped_is_written_down_and_leaves_nothing() {
    let world = World::hospital();
    let judgement = Judgement { fate: Fate::Dropped, ..Judgement::default() };
    assert_eq!(arrive(&ruled(&world, judgement), &image(1, 0)).await.unwrap(), Outcome::Dropped(instance(1)));
    assert_eq!((world.stored_files(), world.last_number().await), (0, 0));
    assert_eq!(world.events().into_iter().map(|event| event.0).collect::<Vec<_>>(), [What::Drop]);
}

#[tokio::test]
async fn copies_wait_from_the_moment_that_the_arrival_is_answered() {
    let world = World::hospital();
    let send_to = vec![AeTitle::parse("PACS").unwrap()];
    let judgement = Judgement { send_to: send_to.clone(), ..changed("P2") };
    arrive(&ruled(&world, judgement.clone()), &image(1, 0)).await.unwrap();
    let held = Judgement { fate: Fate::Held, ..judgement };
    arrive(&ruled(&world, held), &image(2, 0)).await.unwrap();
    let waiting = world.index.real.waiting(&permit(), &send_to[0], 0, 10).await.unwrap();
    assert_eq!(waiting.iter().map(|queued| &queued.instance).collect::<Vec<_>>(), [&instance(1)]);
    assert!(world.copies(&one(2)).await.is_empty() && world.last_number().await == 1, "it is held");
    let study = StudyUid::parse(crate::files::STUDY).unwrap();
    assert_eq!(world.index.real.release(&permit(), &site("here"), &study, 7).await.unwrap(), 1);
    assert_eq!(world.files(&one(2)).await.unwrap().len(), 1);
    assert_eq!(world.index.real.waiting(&permit(), &send_to[0], 0, 10).await.unwrap().len(), 2);
}
