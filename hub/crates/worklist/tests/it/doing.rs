//! Taking steps on and ending them (PS3.4 table CC.1.1-2).

use crate::world::{World, ae, machine, performed, uid};
use catalog::DeletionLock::Held;
use catalog::StepState::{Canceled, Completed};
use imaging_domain::{InstanceUid, tags};
use worklist::{Error, Target};

const KEY: &str = "2.25.7";

#[tokio::test]
async fn a_step_goes_the_way_of_the_table() {
    let world = World::new();
    let change = async |uid: &InstanceUid, state| world.change(uid, state, KEY).await;
    let scheduled = world.made(1).await;
    for state in ["SCHEDULED", "COMPLETED", "CANCELED"] {
        assert!(matches!(change(&scheduled, state).await, Err(Error::Inconsistent)), "{state}");
    }
    assert!(matches!(change(&scheduled, "DONE").await, Err(Error::Attribute { .. })));
    assert!(matches!(world.change(&scheduled, "IN PROGRESS", "").await, Err(Error::TransactionMissing)));
    assert!(matches!(world.change(&scheduled, "IN PROGRESS", "no uid").await, Err(Error::TransactionIncorrect)));
    assert!(matches!(change(&uid(9), "IN PROGRESS").await, Err(Error::NotFound(_))));

    let begun = world.begun(2).await;
    for state in ["SCHEDULED", "IN PROGRESS"] {
        assert!(matches!(change(&begun, state).await, Err(Error::Inconsistent)), "{state}");
    }
    for state in ["IN PROGRESS", "COMPLETED", "CANCELED"] {
        assert!(matches!(world.change(&begun, state, "2.25.8").await, Err(Error::TransactionIncorrect)), "{state}");
    }
    assert!(matches!(world.change(&begun, "CANCELED", "").await, Err(Error::TransactionMissing)));
}

#[tokio::test]
async fn a_step_is_completed_when_it_says_what_was_done() {
    let world = World::new();
    let begun = world.begun(2).await;
    let change = async |uid: &InstanceUid, state| world.change(uid, state, KEY).await;
    assert!(matches!(change(&begun, "COMPLETED").await, Err(Error::NotFinal(_))));
    let mut half = performed();
    let sequence = tags::UNIFIED_PROCEDURE_STEP_PERFORMED_PROCEDURE_SEQUENCE;
    let mut item = half.items(sequence)[0].clone();
    item.remove(tags::PERFORMED_PROCEDURE_STEP_END_DATE_TIME);
    half.put(sequence, imaging_domain::VR::SQ, imaging_domain::Value::Sequence(vec![item]));
    world.list.update(&machine("ai"), &begun, Some(KEY), half).await.unwrap();
    assert!(matches!(change(&begun, "COMPLETED").await, Err(Error::NotFinal("PerformedProcedureStepEndDateTime"))));
    world.list.update(&machine("ai"), &begun, Some(KEY), performed()).await.unwrap();
    assert_eq!(change(&begun, "COMPLETED").await.unwrap(), None);
    assert_eq!(change(&begun, "COMPLETED").await.unwrap(), Some(Completed));
    assert!(matches!(world.change(&begun, "COMPLETED", "2.25.8").await, Err(Error::TransactionIncorrect)));
    for state in ["SCHEDULED", "IN PROGRESS", "CANCELED"] {
        assert!(matches!(change(&begun, state).await, Err(Error::Inconsistent)), "{state}");
    }
}

#[tokio::test]
async fn a_step_that_is_canceled_says_when_and_why() {
    let world = World::new();
    let given_up = world.begun(3).await;
    let change = async |uid: &InstanceUid, state| world.change(uid, state, KEY).await;
    assert_eq!(change(&given_up, "CANCELED").await.unwrap(), None);
    assert_eq!(change(&given_up, "CANCELED").await.unwrap(), Some(Canceled));
    let progress = &world.json(&given_up).await["00741002"]["Value"][0];
    assert_eq!(progress["00404052"]["Value"][0], "20231114221320.000000+0000");
    assert_eq!(progress["0074100E"]["Value"][0]["00080100"]["Value"][0], "110513");
}

#[tokio::test]
async fn one_of_many_takes_a_step_on() {
    let world = World::new();
    let uid = world.made(1).await;
    let claims = (0..16).map(|number| {
        let (list, uid) = (world.list.clone(), uid.clone());
        tokio::spawn(async move {
            let request = crate::world::wanted("IN PROGRESS", &format!("2.25.{}", 100 + number));
            list.change_state(&machine("ai"), &uid, &request).await.is_ok()
        })
    });
    let mut taken = 0;
    for claim in claims.collect::<Vec<_>>() {
        taken += u32::from(claim.await.unwrap());
    }
    assert_eq!(taken, 1);
}

#[tokio::test]
async fn what_ended_is_forgotten_after_some_days() {
    let world = World::new();
    let [kept, ended] = [world.begun(1).await, world.begun(2).await];
    world.change(&ended, "CANCELED", "2.25.7").await.unwrap();
    assert_eq!(world.list.forget(1).await.unwrap(), 0, "it ended now");
    let target = Target::One(ended.clone());
    world.list.subscribe(&machine("ris"), &target, &ae("RIS"), Held).await.unwrap();
    assert_eq!(world.list.forget(0).await.unwrap(), 0, "it is locked");
    world.list.unsubscribe(&machine("ris"), &target, &ae("RIS")).await.unwrap();
    assert_eq!(world.list.forget(0).await.unwrap(), 1);
    assert!(matches!(world.list.retrieve(&machine("ris"), &ended).await, Err(Error::Forgotten)));
    assert!(world.list.retrieve(&machine("ris"), &kept).await.is_ok());
}
