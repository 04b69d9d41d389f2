//! Many instances of a study, shown in one go.

use audit_log::{AuditLog, Event, Lines, Outcome, What};
use imaging_domain::{Principal, StudyUid};
use std::time::Duration;

fn log() -> (AuditLog, Lines) {
    AuditLog::memory(|| 1_700_000_000_000)
}

fn event(what: What, who: &Principal, study: &str) -> Event {
    Event::new(what, who).study(&StudyUid::parse(study).expect("a uid")).count(1)
}

/// What was shown of which study, and how much.
fn written(lines: &Lines) -> Vec<(String, u64)> {
    let event = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        (format!("{} {}", line["what"], line["study"]).replace('"', ""), line["count"].as_u64().expect("a number"))
    };
    lines.text().lines().map(event).collect()
}

#[tokio::test]
async fn what_is_shown_in_one_go_has_one_event_before_and_a_number_at_the_end() {
    let (log, lines) = log();
    let (hub, test) = (Principal::Hub, Principal::Service("test"));
    for _ in 0..5 {
        log.record_access(event(What::View, &hub, "1.2.1")).await.expect("recorded");
    }
    assert_eq!(written(&lines), [("view 1.2.1".to_owned(), 1)]);
    // another study, another person and another kind of giving are told at once
    for other in
        [event(What::View, &hub, "1.2.2"), event(What::View, &test, "1.2.1"), event(What::Retrieve, &hub, "1.2.1")]
    {
        let before = written(&lines).len();
        log.record_access(other).await.expect("recorded");
        assert_eq!(written(&lines).len(), before + 1);
    }
    log.end_accesses().await.expect("recorded");
    assert_eq!(written(&lines)[4..], [("view 1.2.1".to_owned(), 4)]);
    // what comes after the end has an event of its own
    log.record_access(event(What::View, &hub, "1.2.1")).await.expect("recorded");
    assert_eq!(written(&lines).len(), 6);
}

#[tokio::test]
async fn what_was_refused_is_told_each_time() {
    let (log, lines) = log();
    for _ in 0..3 {
        let refused = event(What::View, &Principal::Hub, "1.2.1").outcome(Outcome::Denied);
        log.record_access(refused).await.expect("recorded");
    }
    assert_eq!(written(&lines).len(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_number_is_written_when_the_time_is_over() {
    let (log, lines) = log();
    for _ in 0..3 {
        log.record_access(event(What::View, &Principal::Hub, "1.2.1")).await.expect("recorded");
    }
    assert_eq!(written(&lines).len(), 1);
    tokio::time::sleep(Duration::from_secs(11)).await;
    // behind the number in the writer's queue
    log.record(event(What::View, &Principal::Hub, "1.2.9")).await.expect("recorded");
    let (view, more) = (written(&lines), ("view 1.2.1".to_owned(), 2));
    assert_eq!((view.len(), &view[1]), (3, &more));
}

#[tokio::test]
async fn many_that_begin_at_once_are_each_told_or_counted() {
    let (log, lines) = log();
    let each = (0..50).map(|_| log.record_access(event(What::View, &Principal::Hub, "1.2.1")));
    for recorded in futures_util::future::join_all(each).await {
        recorded.expect("recorded");
    }
    log.end_accesses().await.expect("recorded");
    assert_eq!(written(&lines).iter().map(|(_, count)| count).sum::<u64>(), 50);
}
