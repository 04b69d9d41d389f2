//! Cases of steps of work and of who is told of them.

use super::{Index, sample::permit};
use crate::ports::{
    DeletionLock::{Held, NotHeld},
    Known, MAX_OF_ONE, MAX_SUBSCRIBERS, Standing, StepState, Subscriber, Workitem,
};
use imaging_domain::{AeTitle, DataSet, InstanceUid, Level, Query, VR, tags, worklist};

fn uid(number: usize) -> InstanceUid {
    InstanceUid::parse(&format!("2.25.{number}")).unwrap()
}

fn item(number: usize, label: &str) -> Workitem {
    let (state, mut attributes) = (StepState::Scheduled, DataSet::new());
    attributes.put_text(tags::PROCEDURE_STEP_STATE, VR::CS, state.word());
    attributes.put_text(tags::WORKLIST_LABEL, VR::LO, label);
    attributes.put_text(tags::PATIENT_NAME, VR::PN, "WANG^FANG=王^芳");
    Workitem { uid: uid(number), state, transaction: None, attributes, version: 0, changed_ms: 5 }
}

fn ended(mut item: Workitem, changed_ms: i64) -> Workitem {
    (item.state, item.changed_ms) = (StepState::Completed, changed_ms);
    item.attributes.put_text(tags::PROCEDURE_STEP_STATE, VR::CS, item.state.word());
    item
}

fn subscriber(owner: &str, ae: &str) -> Subscriber {
    Subscriber { owner: owner.to_owned(), ae: AeTitle::parse(ae).unwrap() }
}

async fn one(index: &impl Index, number: usize) -> Workitem {
    match index.workitem(&permit(), &uid(number)).await.unwrap() {
        Known::Here(item) => *item,
        other => panic!("{other:?}"),
    }
}

pub(super) async fn a_step_is_changed_by_who_has_read_it(index: &impl Index) {
    assert_eq!(index.workitem(&permit(), &uid(1)).await.unwrap(), Known::Never);
    assert!(index.add_workitem(&permit(), item(1, "CT"), vec![]).await.unwrap());
    assert!(!index.add_workitem(&permit(), item(1, "MR"), vec![]).await.unwrap());
    let read = one(index, 1).await;
    assert!(read == item(1, "CT"));
    let mut changed = read.clone();
    (changed.state, changed.transaction) = (StepState::InProgress, Some("2.25.9".into()));
    assert!(index.change_workitem(&permit(), changed.clone()).await.unwrap());
    assert!(!index.change_workitem(&permit(), read).await.unwrap(), "it is another one now");
    assert!(one(index, 1).await == Workitem { version: 1, ..changed.clone() });
    assert!(!index.change_workitem(&permit(), item(2, "CT")).await.unwrap());
}

pub(super) async fn steps_are_found_in_the_order_they_came(index: &impl Index) {
    for number in 1..=1200 {
        let new = item(number, if number % 2 == 0 { "EVEN" } else { "ODD" });
        let new = if number % 3 == 0 { ended(new, 7) } else { new };
        assert!(index.add_workitem(&permit(), new, vec![]).await.unwrap());
    }
    let all = async |keys: &[(_, &str)]| {
        let mut query = Query::at(Level::Study);
        for (tag, text) in keys {
            query.add_key(worklist::find(&[*tag]).unwrap(), text).unwrap();
        }
        let (mut found, mut from) = (vec![], None);
        loop {
            let part = index.workitems(&permit(), &query, from).await.unwrap();
            found.extend(part.found.into_iter().map(|item| item.uid));
            from = part.next;
            if from.is_none() {
                return found;
            }
        }
    };
    let expected = |keep: fn(&usize) -> bool| (1..=1200).filter(keep).map(uid).collect::<Vec<_>>();
    assert!(all(&[]).await == expected(|_| true));
    assert!(all(&[(tags::WORKLIST_LABEL, "EVEN")]).await == expected(|n| n % 2 == 0));
    assert!(all(&[(tags::PROCEDURE_STEP_STATE, "COMPLETED")]).await == expected(|n| n % 3 == 0));
    let both = [(tags::PROCEDURE_STEP_STATE, "SCHEDULED,CANCELED"), (tags::PATIENT_NAME, "王*")];
    assert!(all(&both).await == expected(|n| n % 3 != 0));
    assert!(all(&[(tags::PATIENT_NAME, "LI*")]).await.is_empty());
}

pub(super) async fn what_ended_is_forgotten_unless_it_is_locked(index: &impl Index) {
    let [keeper, other] = [subscriber("machine:a", "A"), subscriber("machine:b", "B")];
    for number in 1..=4 {
        assert!(index.add_workitem(&permit(), item(number, "CT"), vec![]).await.unwrap());
    }
    for (number, changed_ms) in [(1, 10), (2, 10), (3, 30)] {
        assert!(index.change_workitem(&permit(), ended(one(index, number).await, changed_ms)).await.unwrap());
    }
    assert!(index.watch(&permit(), &keeper, &uid(1), Held).await.unwrap());
    assert!(index.watch(&permit(), &other, &uid(2), NotHeld).await.unwrap());
    assert_eq!(index.forget_workitems(&permit(), 20, 10).await.unwrap(), 1);
    assert_eq!(index.workitem(&permit(), &uid(2)).await.unwrap(), Known::Forgotten);
    assert!(!index.add_workitem(&permit(), item(2, "CT"), vec![]).await.unwrap(), "an identifier is used once");
    assert!(index.watchers(&permit(), &uid(2)).await.unwrap().is_empty());
    assert!(index.end_watch(&permit(), &keeper, Some(&uid(1))).await.unwrap());
    assert_eq!(index.forget_workitems(&permit(), 40, 1).await.unwrap(), 1, "so many at once");
    assert_eq!(index.forget_workitems(&permit(), 40, 10).await.unwrap(), 1);
    assert!(one(index, 4).await.state == StepState::Scheduled);
}

pub(super) async fn subscribers_are_told_of_what_they_wanted(index: &impl Index) {
    let [a, b] = [subscriber("machine:a", "SAME"), subscriber("machine:b", "SAME")];
    for number in 1..=3 {
        assert!(index.add_workitem(&permit(), item(number, "CT"), vec![]).await.unwrap());
    }
    assert!(!index.watch(&permit(), &a, &uid(9), NotHeld).await.unwrap(), "it is not here");
    assert!(index.watch(&permit(), &a, &uid(1), NotHeld).await.unwrap());
    index.watch_these(&permit(), &b, vec![uid(1), uid(2), uid(9)], NotHeld).await.unwrap();
    let told = async |number| index.watchers(&permit(), &uid(number)).await.unwrap();
    assert_eq!(told(1).await, [a.clone(), b.clone()]);
    assert_eq!((told(2).await, told(3).await), (vec![b.clone()], vec![]));
    index.watch_these(&permit(), &b, vec![uid(3)], NotHeld).await.unwrap();
    assert_eq!(told(3).await, std::slice::from_ref(&b));
    // what comes is told to those it is added with
    assert!(index.add_workitem(&permit(), item(4, "CT"), vec![(b.clone(), Held)]).await.unwrap());
    assert_eq!(told(4).await, std::slice::from_ref(&b));
    assert!(index.end_watch(&permit(), &b, Some(&uid(1))).await.unwrap());
    assert!(!index.end_watch(&permit(), &b, Some(&uid(1))).await.unwrap());
    assert_eq!(told(1).await, std::slice::from_ref(&a));
    assert!(index.end_watch(&permit(), &b, None).await.unwrap());
    assert!(told(2).await.is_empty() && told(4).await.is_empty());
}

pub(super) async fn standing_subscriptions_are_replaced_and_bounded(index: &impl Index) {
    let standing = |ae: &str, filter: Option<&str>, lock| Standing {
        subscriber: subscriber("machine:a", ae),
        filter: filter.map(str::to_owned),
        lock,
    };
    index.put_standing(&permit(), standing("A", None, Held)).await.unwrap();
    index.put_standing(&permit(), standing("B", Some("WorklistLabel=CT"), NotHeld)).await.unwrap();
    index.put_standing(&permit(), standing("A", Some("WorklistLabel=MR"), NotHeld)).await.unwrap();
    let expected = [standing("A", Some("WorklistLabel=MR"), NotHeld), standing("B", Some("WorklistLabel=CT"), NotHeld)];
    assert_eq!(index.standing(&permit()).await.unwrap(), expected);
    assert!(index.end_standing(&permit(), &expected[0].subscriber).await.unwrap());
    assert!(!index.end_standing(&permit(), &expected[0].subscriber).await.unwrap());
    for number in 1..MAX_OF_ONE {
        index.put_standing(&permit(), standing(&number.to_string(), None, NotHeld)).await.unwrap();
    }
    assert!(index.put_standing(&permit(), standing("ONE MORE", None, NotHeld)).await.is_err());
    let of = |owner: usize| Standing {
        subscriber: subscriber(&format!("machine:{owner}"), "A"),
        filter: None,
        lock: NotHeld,
    };
    for owner in MAX_OF_ONE..MAX_SUBSCRIBERS {
        index.put_standing(&permit(), of(owner)).await.unwrap();
    }
    assert!(index.put_standing(&permit(), of(MAX_SUBSCRIBERS)).await.is_err());
    index.put_standing(&permit(), standing("B", None, NotHeld)).await.unwrap();
}
