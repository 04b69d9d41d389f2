//! Asking for steps of others to be canceled (PS3.4 CC.2.2).

use crate::world::{World, ae, heard, machine, performed, text, uid};
use catalog::DeletionLock::NotHeld;
use imaging_domain::{DataSet, VR, tags};
use worklist::{Asked, Error, Target};

#[tokio::test]
async fn a_step_that_nobody_began_is_canceled() {
    let world = World::new();
    let uid = world.made(1).await;
    world.list.subscribe(&machine("ris"), &Target::One(uid.clone()), &ae("RIS"), NotHeld).await.unwrap();
    let mut events = world.list.connect(&machine("ris"), &ae("RIS")).await.unwrap();
    let why = text(tags::REASON_FOR_CANCELLATION, VR::LT, "patient left");
    let ask = async || world.list.request_cancel(&machine("ward"), &uid, &ae("WARD"), &why).await.unwrap();
    assert_eq!(ask().await, Asked::Canceled);
    assert_eq!(ask().await, Asked::Already);
    let read = world.json(&uid).await;
    assert_eq!(read["00741000"]["Value"][0], "CANCELED");
    assert_eq!(read["00741002"]["Value"][0]["00741238"]["Value"][0], "patient left");
    let told = [(2, ""), (1, "IN PROGRESS"), (1, "CANCELED")];
    assert_eq!(heard(&mut events), told.map(|(kind, state)| (kind, "1".to_owned(), state.to_owned())));
    // whoever asks for the state that it has is told so, with whatever key
    assert!(world.change(&uid, "CANCELED", "2.25.99").await.unwrap().is_some());
}

#[tokio::test]
async fn of_a_step_that_was_begun_its_subscribers_are_told() {
    let world = World::new();
    let begun = world.begun(1).await;
    let why = text(tags::CONTACT_DISPLAY_NAME, VR::LO, "Ward 3");
    let ask = async || world.list.request_cancel(&machine("ward"), &begun, &ae("WARD"), &why).await;
    assert!(matches!(ask().await, Err(Error::NotContacted)), "nobody would hear of it");
    world.list.subscribe(&machine("ai"), &Target::One(begun.clone()), &ae("AI"), NotHeld).await.unwrap();
    let mut events = world.list.connect(&machine("ai"), &ae("AI")).await.unwrap();
    assert_eq!(ask().await.unwrap(), Asked::Told);
    let event: serde_json::Value = serde_json::from_str(&events.recv().await.unwrap()).unwrap();
    assert_eq!((&event["00001002"]["Value"][0], &event["00741236"]["Value"][0]), (&2.into(), &"WARD".into()));
    assert_eq!(event["0074100C"]["Value"][0], "Ward 3");
    assert_eq!(world.json(&begun).await["00741000"]["Value"][0], "IN PROGRESS");

    world.list.update(&machine("ai"), &begun, Some("2.25.7"), performed()).await.unwrap();
    world.change(&begun, "COMPLETED", "2.25.7").await.unwrap();
    assert!(matches!(ask().await, Err(Error::Completed)));
    let nowhere = world.list.request_cancel(&machine("ward"), &uid(9), &ae("WARD"), &DataSet::new()).await;
    assert!(matches!(nowhere, Err(Error::NotFound(_))));
}
