//! QIDO-RS at both.

use super::{
    Sides,
    door::Door,
    filling::Batch,
    report::{Better, Report},
};
use crate::figures::percentile_ms;
use anyhow::Result;
use futures_util::future::try_join_all;
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

const CONNECTIONS: [usize; 2] = [1, 8];
const DICOM_JSON: &str = "application/dicom+json";
/// Steps between two studies that are asked for: prime, so that all come before one comes again.
const STRIDE: u64 = 7919;

/// A question, and what it is called.
type Kind = (&'static str, fn(&Batch, u64) -> String);

/// The questions: those of a reader who knows the patient, and the first page of a viewer's list.
const KINDS: [Kind; 4] = [
    ("PatientID", |_, study| format!("/studies?PatientID=LOAD-{study:08}")),
    ("PatientName=A B*", |_, study| format!("/studies?PatientName=LOAD%5EPATIENT+{study}*&limit=50")),
    ("StudyInstanceUID", |batch, study| format!("/studies?StudyInstanceUID={}", batch.place(study).study)),
    ("a day, limit 101", |_, study| {
        format!("/studies?StudyDate={}&limit=101&offset=0", test_data::generator::load_date(study))
    }),
];

/// Measures each kind of question by itself.
pub fn measure(sides: &Sides<'_>, report: &mut Report) -> Result<()> {
    for (name, question) in KINDS {
        for connections in CONNECTIONS {
            let found = sides.in_turns(async |door, _| ask(sides, door, connections, question).await)?;
            let row = |share: f64| {
                let times = |rounds: &[Found]| {
                    rounds.iter().map(|round| percentile_ms(&mut round.times.clone(), share)).collect()
                };
                [times(&found[0]), times(&found[1])]
            };
            let what = format!("QIDO by {name}, {connections} at once");
            report.row(&what, "ms p50", Better::Lower, row(0.5));
            report.row("", "ms p99", Better::Lower, row(0.99));
            let rate = |rounds: &[Found]| rounds.iter().map(|round| round.times.len() as f64 / round.seconds).collect();
            report.row("", "answers/s", Better::Higher, [rate(&found[0]), rate(&found[1])]);
        }
    }
    Ok(())
}

/// What one round found at one of them.
struct Found {
    times: Vec<Duration>,
    seconds: f64,
}

async fn ask(sides: &Sides<'_>, door: &Door, connections: usize, question: fn(&Batch, u64) -> String) -> Result<Found> {
    let batch = Batch::studies(sides.sizes.studies);
    let next = AtomicU64::new(0);
    let mut lines = vec![];
    for _ in 0..connections {
        lines.push(door.dial().await?);
    }
    let begun = Instant::now();
    let (next, time) = (&next, sides.sizes.time);
    let asking = lines.into_iter().map(async |mut line| {
        let mut times = vec![];
        while begun.elapsed() < time {
            let study = next.fetch_add(1, Ordering::Relaxed) * STRIDE % batch.numbers().end;
            times.push(line.get(&question(&batch, study), DICOM_JSON).await?.took);
        }
        anyhow::Ok(times)
    });
    let times = try_join_all(asking).await?.concat();
    Ok(Found { times, seconds: begun.elapsed().as_secs_f64() })
}
