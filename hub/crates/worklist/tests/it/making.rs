//! Making, reading and changing steps.

use crate::world::{World, machine, step, text, uid, user, wanted};
use imaging_domain::{DataSet, Principal, Role, Tag, VR, Value, tags};
use worklist::Error;

#[tokio::test]
async fn a_new_step_has_what_every_step_has() {
    let world = World::new();
    let made = world.list.create(&machine("ris"), Some(uid(1)), step()).await.unwrap();
    assert!(made.is_modified && made.uid == uid(1));
    let read = world.json(&uid(1)).await;
    for (key, value) in [
        ("00080016", "1.2.840.10008.5.1.4.34.6.1"),
        ("00080018", "2.25.1"),
        ("00404010", "20231114221320.000000+0000"),
        ("00741000", "SCHEDULED"),
    ] {
        assert_eq!(read[key]["Value"][0], value, "{key}");
    }
    // attributes of type 2 are there without a value, the key to the step is not
    assert!(read["00400400"].is_object() && read["00741216"].is_object() && read["00081195"].is_null());
    // what was sent whole comes back whole
    let whole = world.list.retrieve(&machine("ris"), &uid(1)).await.unwrap();
    let mut again = whole.clone();
    again.remove(tags::SOP_INSTANCE_UID);
    let made = world.list.create(&machine("ris"), None, again).await.unwrap();
    assert!(!made.is_modified && made.uid.as_str().starts_with("2.25."));
    let within = text(tags::SOP_INSTANCE_UID, VR::UI, "2.25.5");
    let within: DataSet = step().iter().chain(within.iter()).map(|(tag, element)| (tag, element.clone())).collect();
    assert_eq!(world.list.create(&machine("ris"), None, within).await.unwrap().uid, uid(5));
    assert!(matches!(world.list.create(&machine("ris"), Some(uid(1)), step()).await, Err(Error::Exists)));
}

/// Sequences in sequences, sixty deep.
fn deep() -> DataSet {
    (0..60).fold(DataSet::new(), |inner, _| {
        let mut outer = DataSet::new();
        outer.put(tags::SCHEDULED_PROCESSING_PARAMETERS_SEQUENCE, VR::SQ, Value::Sequence(vec![inner]));
        outer
    })
}

#[tokio::test]
async fn what_is_no_new_step_is_refused() {
    let world = World::new();
    let item = || Value::Sequence(vec![DataSet::new()]);
    let one = |text: &str| Value::Text(if text.is_empty() { vec![] } else { vec![text.to_owned()] });
    let cases: [(Tag, VR, Value); 14] = [
        (tags::PROCEDURE_STEP_STATE, VR::CS, one("IN PROGRESS")),
        (tags::PROCEDURE_STEP_STATE, VR::CS, one("")),
        (tags::SCHEDULED_PROCEDURE_STEP_PRIORITY, VR::CS, one("URGENT")),
        (tags::SCHEDULED_PROCEDURE_STEP_PRIORITY, VR::CS, one("")),
        (tags::PROCEDURE_STEP_LABEL, VR::LO, one("")),
        (tags::SCHEDULED_PROCEDURE_STEP_START_DATE_TIME, VR::DT, one("")),
        (tags::SCHEDULED_PROCEDURE_STEP_START_DATE_TIME, VR::DT, one("tomorrow")),
        (tags::INPUT_READINESS_STATE, VR::CS, one("SOON")),
        (tags::TRANSACTION_UID, VR::UI, one("1.2")),
        (tags::PROCEDURE_STEP_PROGRESS_INFORMATION_SEQUENCE, VR::SQ, item()),
        (tags::UNIFIED_PROCEDURE_STEP_PERFORMED_PROCEDURE_SEQUENCE, VR::SQ, item()),
        (tags::SOP_CLASS_UID, VR::UI, one("1.2.840.10008.5.1.4.34.6.2")),
        (tags::SOP_INSTANCE_UID, VR::UI, one("1.9")),
        (tags::COMMENTS_ON_THE_SCHEDULED_PROCEDURE_STEP, VR::LT, one(&"x".repeat(worklist::MAX_STEP))),
    ];
    let cases = cases.into_iter().chain([
        (tags::SCHEDULED_PROCEDURE_STEP_START_DATE_TIME, VR::LO, one("tomorrow")),
        (tags::SCHEDULED_PROCEDURE_STEP_PRIORITY, VR::US, Value::Int(vec![7])),
        (tags::PROCEDURE_STEP_LABEL, VR::LO, Value::Text(vec![String::new()])),
        (tags::PROCEDURE_STEP_LABEL, VR::LO, one(&"x".repeat(601))),
        // what cannot be read back is not kept
        (tags::SCHEDULED_PROCESSING_PARAMETERS_SEQUENCE, VR::SQ, Value::Sequence(vec![deep()])),
    ]);
    for (tag, vr, value) in cases {
        let mut wrong = step();
        wrong.put(tag, vr, value);
        let told = world.list.create(&machine("ris"), Some(uid(1)), wrong).await;
        assert!(matches!(told, Err(Error::Attribute { .. } | Error::Invalid(_))), "{tag}: {told:?}");
    }
    assert!(matches!(world.list.retrieve(&machine("ris"), &uid(1)).await, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn who_may_work_is_decided_and_written_down() {
    let world = World::new();
    for (who, may_read, may_work) in [
        (machine("ris"), true, true),
        (user(Role::Radiologist), true, true),
        (user(Role::Technician), true, true),
        (user(Role::Operator), false, false),
        (user(Role::Auditor), false, false),
        (Principal::Hub, true, false),
        (Principal::Anonymous, false, false),
    ] {
        let made = world.list.create(&who, None, step()).await;
        assert_eq!(made.is_ok(), may_work, "{who}");
        let step = world.list.create(&machine("ris"), None, step()).await.unwrap().uid;
        assert_eq!(world.list.retrieve(&who, &step).await.is_ok(), may_read, "{who}");
        let changed = world.list.change_state(&who, &step, &wanted("IN PROGRESS", "2.25.8")).await;
        assert_eq!(changed.is_ok(), may_work, "{who}");
        let last = world.last_event();
        let expected = if may_work { "success" } else { "denied" };
        assert_eq!((&last["what"], &last["outcome"]), (&"work".into(), &expected.into()), "{last}");
        assert_eq!(last["principal"], who.to_string());
        assert_eq!(last["study"].as_str(), may_work.then_some("1.2.3"));
    }
}

#[tokio::test]
async fn attributes_are_changed_by_who_may() {
    let world = World::new();
    let (ris, uid) = (machine("ris"), world.made(1).await);
    let comment = || text(tags::COMMENTS_ON_THE_SCHEDULED_PROCEDURE_STEP, VR::LT, "bring priors");
    let update = async |transaction: Option<&str>, changes| world.list.update(&ris, &uid, transaction, changes).await;
    update(None, comment()).await.unwrap();
    assert_eq!(world.json(&uid).await["00400400"]["Value"][0], "bring priors");
    // nobody has a key to what nobody has taken on
    assert!(matches!(update(Some("2.25.7"), comment()).await, Err(Error::TransactionIncorrect)));
    for (tag, vr) in [
        (tags::PROCEDURE_STEP_STATE, VR::CS),
        (tags::PATIENT_ID, VR::LO),
        (tags::PATIENT_NAME, VR::PN),
        (tags::SOP_INSTANCE_UID, VR::UI),
        (tags::REFERENCED_REQUEST_SEQUENCE, VR::SQ),
    ] {
        assert!(matches!(update(None, text(tag, vr, "x")).await, Err(Error::Attribute { .. })), "{tag}");
    }
    for (tag, value) in [(tags::PROCEDURE_STEP_LABEL, ""), (tags::INPUT_READINESS_STATE, "SOON")] {
        assert!(matches!(update(None, text(tag, VR::LO, value)).await, Err(Error::Attribute { .. })));
    }
    assert!(matches!(update(None, DataSet::new()).await, Err(Error::Invalid(_))));
    // once it is begun, whoever has the key
    world.change(&uid, "IN PROGRESS", "2.25.7").await.unwrap();
    assert!(matches!(update(None, comment()).await, Err(Error::TransactionMissing)));
    assert!(matches!(update(Some("2.25.8"), comment()).await, Err(Error::TransactionIncorrect)));
    update(Some("2.25.7"), comment()).await.unwrap();
    let mut within = comment();
    within.put_text(tags::TRANSACTION_UID, VR::UI, "2.25.7");
    update(None, within).await.unwrap();
    assert!(world.json(&uid).await["00081195"].is_null());
    world.change(&uid, "CANCELED", "2.25.7").await.unwrap();
    assert!(matches!(update(Some("2.25.7"), comment()).await, Err(Error::Inconsistent)));
}
