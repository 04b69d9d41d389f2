//! C-FIND, asked by pynetdicom and by DCMTK.

use crate::{
    dcmtk::{run, words},
    house::{Hospital, peer},
};
use futures_util::{StreamExt, stream};
use imaging_domain::{DataSet, Level, Principal, Query, VR, tags};
use pacs_adapter::{Giving, Images, Listed, Matches, WantedForm};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// As many results as anybody takes, or, after a first one, none and no end.
#[derive(Default)]
struct Endless(Arc<AtomicU64>);

struct Slow;

/// Somewhere that does not answer.
struct Away;

impl Images for Away {
    fn search(&self, _who: &Principal, _query: Query) -> Matches {
        stream::iter([Err(archive::Error::Unavailable)]).boxed()
    }

    fn give(&self, _who: &Principal, _listed: Vec<Listed>, _level: Level, _form: WantedForm) -> Giving {
        stream::empty().boxed()
    }
}

fn result() -> DataSet {
    let mut result = DataSet::new();
    result.put_text(tags::STUDY_INSTANCE_UID, VR::UI, "1.2.3");
    result.put_text(tags::STUDY_DESCRIPTION, VR::LO, "x".repeat(60));
    result
}

impl Images for Slow {
    fn search(&self, _who: &Principal, _query: Query) -> Matches {
        stream::iter([Ok(result())]).chain(stream::pending()).boxed()
    }

    fn give(&self, _who: &Principal, _listed: Vec<Listed>, _level: Level, _form: WantedForm) -> Giving {
        stream::pending().boxed()
    }
}

impl Images for Endless {
    fn search(&self, _who: &Principal, _query: Query) -> Matches {
        let given = Arc::clone(&self.0);
        stream::repeat_with(move || {
            given.fetch_add(1, Ordering::Relaxed);
            Ok(result())
        })
        .boxed()
    }

    fn give(&self, _who: &Principal, _listed: Vec<Listed>, _level: Level, _form: WantedForm) -> Giving {
        stream::empty().boxed()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pynetdicom_finds_by_every_kind_of_matching() {
    let hospital = Hospital::start(None).await;
    let port = hospital.address.port().to_string();
    peer("find_at_adapter.py", vec![port, "matching".to_owned()]).await;
    assert!(hospital.lines.text().contains("peer:FINDER@127.0.0.1"), "no query was written down");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_given_up_when_its_asker_says_so() {
    let endless = Endless::default();
    let given = Arc::clone(&endless.0);
    let hospital = Hospital::start(Some(Arc::new(endless))).await;
    let port = hospital.address.port().to_string();
    peer("find_at_adapter.py", vec![port.clone(), "cancel".to_owned()]).await;
    let at_end = given.load(Ordering::Relaxed);
    assert!(at_end > 20, "{at_end}");
    // who reads nothing is waited for: what was found and not read is what sockets hold
    peer("find_at_adapter.py", vec![port.clone(), "unread".to_owned()]).await;
    let unread = given.load(Ordering::Relaxed) - at_end;
    assert!(unread < 200_000, "{unread} results were made for a peer that reads none");
    peer("find_at_adapter.py", vec![port, "rude".to_owned()]).await;
    let gone = given.load(Ordering::Relaxed);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(given.load(Ordering::Relaxed), gone, "nobody is left to look for");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_given_up_while_nothing_is_found() {
    let hospital = Hospital::start(Some(Arc::new(Slow))).await;
    peer("find_at_adapter.py", vec![hospital.address.port().to_string(), "slow".to_owned()]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_is_away_says_so_and_the_hospital_answers() {
    let hospital = Hospital::start(Some(Arc::new(Away))).await;
    peer("find_at_adapter.py", vec![hospital.address.port().to_string(), "away".to_owned()]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn findscu_finds() {
    let hospital = Hospital::start(None).await;
    let port = hospital.address.port().to_string();
    peer("find_at_adapter.py", vec![port.clone(), "fill".to_owned()]).await;
    for (root, level, keys, expected) in [
        ("-S", "STUDY", &["StudyInstanceUID", "PatientName=WANG*"][..], 2),
        ("-P", "PATIENT", &["PatientID", "PatientName=*"], 4),
        ("-S", "SERIES", &["StudyInstanceUID=1.2.3.1", "SeriesInstanceUID", "Modality"], 2),
        ("-S", "IMAGE", &["StudyInstanceUID=1.2.3.1", "SOPInstanceUID"], 5),
        ("-P", "STUDY", &["StudyInstanceUID", "StudyDate=20240101-20240630"], 2),
    ] {
        let mut args = words(&[root, "-aec", "PACSADAPTER", "-k", &format!("QueryRetrieveLevel={level}")]);
        keys.iter().for_each(|key| args.extend(words(&["-k", key])));
        args.extend(words(&["127.0.0.1", &port]));
        let Some(output) = run("findscu", args).await else { return };
        let text = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{text}");
        assert_eq!(text.matches("(Pending)").count(), expected, "{root} {level} {keys:?}\n{text}");
        assert!(text.contains("[PACSADAPTER"), "{text}");
    }
}
