//! Rough figures, printed (`--nocapture`); the bounds are far away so that only a lost index or cache fails.
#![allow(clippy::disallowed_methods, reason = "a stop-watch")]

use super::config;
use crate::{
    conformance::sample::{image, permit, query, site, with},
    ports::{Arrival, ChangeFeed, StudyIndex},
    sqlite::Sqlite,
};
use imaging_domain::{Change, Event, Instance, Level, Tag, tags};
use std::time::{Duration, Instant};

/// Studies of 3 instances in 2 series; six patients share a name, three a day.
fn study(number: u32) -> Vec<Instance> {
    let name = format!("FAMILY{}^GIVEN{}=王{}^小明", number % 3500, number % 7, number % 3500);
    let date = format!("20{:02}{:02}{:02}", number % 20, number % 12 + 1, number % 28 + 1);
    let id = format!("PID{number}");
    let values = [(tags::PATIENT_NAME, name.as_str()), (tags::PATIENT_ID, &id), (tags::STUDY_DATE, &date)];
    [(1, 1), (1, 2), (2, 1)].map(|(series, instance)| with(image(number, series, instance), &values)).to_vec()
}

#[tokio::test]
async fn rough_figures() {
    let folder = tempfile::tempdir().unwrap();
    let index = Sqlite::open(&config(&folder)).unwrap();
    let begin = Instant::now();
    let mut number = 0;
    for batch in (1..=20_000).flat_map(study).collect::<Vec<_>>().chunks(1000) {
        let line =
            |(number, instance): (u64, &Instance)| Change { number, event: Event::Stored(Box::new(instance.clone())) };
        let lines: Vec<Change> = (number + 1..).zip(batch).map(line).collect();
        number = index.apply(&permit(), &site("a"), lines, 0).await.unwrap();
    }
    let per_second = 60_000.0 / begin.elapsed().as_secs_f64();
    println!("apply, 20,000 studies of 3 instances in batches of 1000: {per_second:.0} instances/s");
    let many: Vec<_> = (1..=20_000).map(|n| image(20_001, 1 + n / 500, n)).collect();
    let begin = Instant::now();
    for batch in many.chunks(1000) {
        let line =
            |(number, instance): (u64, &Instance)| Change { number, event: Event::Stored(Box::new(instance.clone())) };
        let lines: Vec<Change> = (number + 1..).zip(batch).map(line).collect();
        number = index.apply(&permit(), &site("a"), lines, 0).await.unwrap();
    }
    println!("apply, series of 500: {:.0} instances/s", 20_000.0 / begin.elapsed().as_secs_f64());
    let begin = Instant::now();
    for batch in (30_001..=30_334).flat_map(study).collect::<Vec<_>>().chunks(50) {
        let arrivals = batch.iter().map(|i| Arrival::new(site("b"), i.clone())).collect();
        index.commit(&permit(), arrivals).await.unwrap();
    }
    println!("commit, 1000 instances in batches of 50: {:?}", begin.elapsed());
    searches(&index).await;
    assert!(per_second > 500.0);
}

type Keys<'a> = &'a [(&'a [Tag], &'a str)];

async fn searches(index: &Sqlite) {
    let rows: [(&str, Keys<'_>); 8] = [
        ("latest 100", &[]),
        ("date", &[(&[tags::STUDY_DATE], "20070428")]),
        ("date range", &[(&[tags::STUDY_DATE], "20100101-20101231")]),
        ("patient id", &[(&[tags::PATIENT_ID], "PID777")]),
        ("name prefix", &[(&[tags::PATIENT_NAME], "FAMILY777*")]),
        ("ideographic prefix", &[(&[tags::PATIENT_NAME], "王777*")]),
        ("name infix", &[(&[tags::PATIENT_NAME], "*LY777*")]),
        ("modality", &[(&[tags::MODALITIES_IN_STUDY], "MR")]),
    ];
    for (what, keys) in rows {
        for level in [Level::Study, Level::Series] {
            let asked = query(level, keys).page(100, 0);
            let mut times = vec![];
            let mut found = 0;
            for _ in 0..21 {
                let begin = Instant::now();
                found = index.search(&permit(), &asked).await.unwrap().matches.len();
                times.push(begin.elapsed());
            }
            times.sort();
            println!("{level:?} by {what}: {found} results, p50 {:?}", times[10]);
            assert!(times[10] < Duration::from_secs(1), "{what}");
        }
    }
}
