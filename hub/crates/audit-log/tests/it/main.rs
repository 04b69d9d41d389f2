//! The log as its users and its auditor see it.

mod accesses;

use audit_log::{AuditLog, Config, Event, What, verify};
use imaging_domain::{Principal, StudyUid};
use proptest::prelude::*;
use std::{fs, path::PathBuf};
use tempfile::{TempDir, tempdir};

fn clock() -> i64 {
    1_700_000_000_000
}

fn place() -> (TempDir, Config) {
    let dir = tempdir().expect("a folder");
    let path = dir.path().join("chain.jsonl");
    (dir, Config { path })
}

fn event(n: usize) -> Event {
    let study = StudyUid::parse(&format!("1.2.{n}")).expect("a uid");
    Event::new(What::View, &Principal::Hub).study(&study).count(n)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// A chain of `events`, written in two sittings.
fn chain(events: usize) -> (TempDir, PathBuf) {
    let (dir, config) = place();
    for half in [0..events / 2, events / 2..events] {
        let log = AuditLog::open(&config, "test", clock).expect("opens");
        runtime().block_on(async {
            for n in half {
                log.record(event(n)).await.expect("recorded");
            }
        });
    }
    (dir, config.path)
}

#[test]
fn a_chain_survives_being_closed_and_opened() {
    let (_dir, path) = chain(7);
    assert_eq!(verify(&path).expect("whole").events, 7);
}

#[test]
fn a_line_cut_anywhere_by_a_crash_is_dropped_and_the_rest_goes_on() {
    let (_dir, path) = chain(3);
    let whole = fs::read_to_string(&path).expect("text");
    let last = whole.trim_end().rfind('\n').expect("several lines") + 1;
    for cut in last..whole.len() {
        fs::write(&path, &whole[..cut]).expect("written");
        let log = AuditLog::open(&Config { path: path.clone() }, "test", clock).expect("opens");
        runtime().block_on(log.record(event(9))).expect("recorded");
        drop(log);
        assert_eq!(verify(&path).expect("whole").events, 3, "cut at {cut}");
    }
}

#[test]
fn a_thousand_at_once_share_their_writes() {
    let (log, lines) = AuditLog::memory(clock);
    let runtime = tokio::runtime::Builder::new_multi_thread().build().expect("a runtime");
    runtime.block_on(async {
        let all: Vec<_> = (0..1000)
            .map(|n| {
                let log = log.clone();
                tokio::spawn(async move { log.record(event(n)).await })
            })
            .collect();
        for one in all {
            one.await.expect("no panic").expect("recorded");
        }
    });
    assert_eq!(lines.text().lines().count(), 1000);
    assert!(lines.writes() < 1000, "{} writes", lines.writes());
}

#[test]
fn removed_moved_and_repeated_lines_show() {
    let (_dir, path) = chain(6);
    let whole = fs::read_to_string(&path).expect("text");
    let lines: Vec<&str> = whole.lines().collect();
    let swapped = [lines[0], lines[2], lines[1], lines[3], lines[4], lines[5]];
    for wrong in
        [lines[1..].to_vec(), [&lines[..2], &lines[3..]].concat(), swapped.to_vec(), [&lines[..], &lines[5..]].concat()]
    {
        fs::write(&path, wrong.join("\n") + "\n").expect("written");
        assert!(verify(&path).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_changed_byte_shows(at in 0.0..1.0_f64, mask in 1..=255_u8) {
        let (_dir, path) = chain(4);
        let mut bytes = fs::read_to_string(&path).expect("text").into_bytes();
        let last_line = bytes.len() - 1;
        // the last line has nobody after it to name it: its own change is seen when it is no longer an event's one form
        let end = bytes[..last_line].iter().rposition(|b| *b == b'\n').expect("several lines");
        let at = (at * end as f64) as usize;
        bytes[at] ^= mask;
        fs::write(&path, &bytes).expect("written");
        prop_assert!(verify(&path).is_err());
    }
}
