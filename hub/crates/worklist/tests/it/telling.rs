//! Who hears what (PS3.4 CC.2.3 and CC.2.4).

use crate::world::{World, ae, code, heard, machine, step, text, uid};
use catalog::DeletionLock::{Held, NotHeld};
use imaging_domain::{DataSet, VR, Value, tags};
use worklist::{Error, Target};

fn event(number: u64, uid: &str, state: &str) -> (u64, String, String) {
    (number, uid.to_owned(), state.to_owned())
}

#[tokio::test]
async fn one_step_is_followed() {
    let world = World::new();
    let (ris, uid) = (machine("ris"), world.made(1).await);
    let mut events = world.list.connect(&ris, &ae("RIS")).await.unwrap();
    world.list.subscribe(&ris, &Target::One(uid.clone()), &ae("RIS"), NotHeld).await.unwrap();
    assert_eq!(heard(&mut events), [event(1, "1", "SCHEDULED")], "how far it is now");
    let update = async |key, changes| world.list.update(&ris, &uid, key, changes).await.unwrap();
    update(None, text(tags::INPUT_READINESS_STATE, VR::CS, "INCOMPLETE")).await;
    update(None, text(tags::COMMENTS_ON_THE_SCHEDULED_PROCEDURE_STEP, VR::LT, "nothing to tell")).await;
    let mut station = DataSet::new();
    station.put(tags::SCHEDULED_STATION_NAME_CODE_SEQUENCE, VR::SQ, code("CT1"));
    update(None, station).await;
    world.change(&uid, "IN PROGRESS", "2.25.7").await.unwrap();
    let mut progress = DataSet::new();
    let half = text(tags::PROCEDURE_STEP_PROGRESS, VR::DS, "50");
    progress.put(tags::PROCEDURE_STEP_PROGRESS_INFORMATION_SEQUENCE, VR::SQ, Value::Sequence(vec![half]));
    update(Some("2.25.7"), progress).await;
    world.change(&uid, "CANCELED", "2.25.7").await.unwrap();
    let expected = [
        event(1, "1", "SCHEDULED"),
        event(5, "1", ""),
        event(1, "1", "IN PROGRESS"),
        event(3, "1", ""),
        event(1, "1", "CANCELED"),
    ];
    assert_eq!(heard(&mut events), expected);
    world.list.unsubscribe(&ris, &Target::One(uid.clone()), &ae("RIS")).await.unwrap();
    let again = world.list.unsubscribe(&ris, &Target::One(uid), &ae("RIS")).await;
    assert!(matches!(again, Err(Error::NotFound(_))));
    let nowhere = world.list.subscribe(&ris, &Target::One(crate::world::uid(9)), &ae("RIS"), NotHeld).await;
    assert!(matches!(nowhere, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn every_step_is_followed_until_that_is_suspended() {
    let world = World::new();
    let ris = machine("ris");
    world.made(1).await;
    let mut events = world.list.connect(&ris, &ae("ALL")).await.unwrap();
    world.list.subscribe(&ris, &Target::Every, &ae("ALL"), NotHeld).await.unwrap();
    assert_eq!(heard(&mut events), [], "without a lock only what comes is told");
    world.list.subscribe(&ris, &Target::Every, &ae("ALL"), Held).await.unwrap();
    assert_eq!(heard(&mut events), [event(1, "1", "SCHEDULED")]);
    let mut assigned = step();
    assigned.put(tags::SCHEDULED_STATION_NAME_CODE_SEQUENCE, VR::SQ, code("CT1"));
    world.list.create(&ris, Some(uid(2)), assigned).await.unwrap();
    assert_eq!(heard(&mut events), [event(1, "2", "SCHEDULED"), event(5, "2", "")]);
    world.list.suspend(&ris, &ae("ALL")).await.unwrap();
    assert!(matches!(world.list.suspend(&ris, &ae("ALL")).await, Err(Error::NotFound(_))));
    let third = world.made(3).await;
    world.change(&uid(1), "IN PROGRESS", "2.25.7").await.unwrap();
    assert_eq!(heard(&mut events), [event(1, "1", "IN PROGRESS")], "the others go on");
    world.list.unsubscribe(&ris, &Target::Every, &ae("ALL")).await.unwrap();
    world.change(&third, "IN PROGRESS", "2.25.7").await.unwrap();
    world.change(&uid(1), "CANCELED", "2.25.7").await.unwrap();
    assert_eq!(heard(&mut events), []);
    assert!(matches!(world.list.unsubscribe(&ris, &Target::Every, &ae("ALL")).await, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn a_filter_says_which_steps_are_followed() {
    let world = World::new();
    let ris = machine("ris");
    let other = |label: &str| {
        let mut out = step();
        out.put_text(tags::WORKLIST_LABEL, VR::LO, label);
        out
    };
    for (number, label) in [(1, "CT"), (2, "MR")] {
        world.list.create(&ris, Some(uid(number)), other(label)).await.unwrap();
    }
    let mut events = world.list.connect(&ris, &ae("CT")).await.unwrap();
    let target = Target::Filtered("WorklistLabel=CT".into());
    world.list.subscribe(&ris, &target, &ae("CT"), Held).await.unwrap();
    assert_eq!(heard(&mut events), [event(1, "1", "SCHEDULED")]);
    for (number, label) in [(3, "MR"), (4, "CT")] {
        world.list.create(&ris, Some(uid(number)), other(label)).await.unwrap();
    }
    for number in 1..=4 {
        world.change(&uid(number), "IN PROGRESS", "2.25.7").await.unwrap();
    }
    let expected = [event(1, "4", "SCHEDULED"), event(1, "1", "IN PROGRESS"), event(1, "4", "IN PROGRESS")];
    assert_eq!(heard(&mut events), expected);
    let wrong = Target::Filtered("limit=perhaps".into());
    assert!(matches!(world.list.subscribe(&ris, &wrong, &ae("CT"), NotHeld).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn a_title_is_its_owners() {
    let world = World::new();
    let (one, two, uid) = (machine("one"), machine("two"), world.made(1).await);
    let target = Target::One(uid.clone());
    let mut of_one = world.list.connect(&one, &ae("SAME")).await.unwrap();
    let mut of_two = world.list.connect(&two, &ae("SAME")).await.unwrap();
    world.list.subscribe(&one, &target, &ae("SAME"), NotHeld).await.unwrap();
    assert!(matches!(world.list.unsubscribe(&two, &target, &ae("SAME")).await, Err(Error::NotFound(_))));
    world.change(&uid, "IN PROGRESS", "2.25.7").await.unwrap();
    assert_eq!((heard(&mut of_one).len(), heard(&mut of_two).len()), (2, 0));
}

#[tokio::test]
async fn connections_are_bounded_and_one_that_is_gone_makes_room() {
    let world = World::new();
    let connect = async || world.list.connect(&machine("one"), &ae("SAME")).await;
    let mut open = vec![];
    let refused = loop {
        match connect().await {
            Ok(events) => open.push(events),
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, Error::Busy) && open.len() == 16);
    assert!(world.list.connect(&machine("two"), &ae("SAME")).await.is_ok());
    open.pop();
    assert!(connect().await.is_ok());
}

#[tokio::test]
async fn who_does_not_listen_is_hung_up_on() {
    let world = World::new();
    let (ris, uid) = (machine("ris"), world.made(1).await);
    let mut events = world.list.connect(&ris, &ae("RIS")).await.unwrap();
    for _ in 0..9_000 {
        world.list.subscribe(&ris, &Target::One(uid.clone()), &ae("RIS"), NotHeld).await.unwrap();
    }
    let mut told = 0;
    while events.recv().await.is_some() {
        told += 1;
    }
    assert_eq!(told, 8_192, "as many as wait for one, and then the end");
}
