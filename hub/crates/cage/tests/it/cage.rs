//! Workers that misbehave in every way, and the cage that goes on.

use cage::{Bounds, Cage, Config, Error, Job, Message};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use std::time::Duration;

/// Long enough for whatever is not meant to run into it, on the slowest machine.
const LONG: Duration = Duration::from_secs(600);
const SHORT: Duration = Duration::from_millis(300);
const BOUNDS: Bounds = Bounds { head: 64, body: 16 << 20 };

fn config(argument: &str, time_limit: Duration) -> Config {
    let memory_bytes = 256 << 20;
    let (program, arguments) = (env!("CARGO_BIN_EXE_hostile-worker").into(), vec![argument.into()]);
    Config { program, arguments, workers: 2, memory_bytes, time_limit, jobs_each: 1000 }
}

fn cage(time_limit: Duration) -> Cage {
    Cage::new(config("worker", time_limit)).expect("a thread")
}

fn job(head: &str, body: &[u8]) -> Job {
    let message = Message { head: head.into(), body: body.to_vec().into() };
    Job { message, bounds: BOUNDS, answer: Bounds { head: 64, body: body.len() } }
}

async fn echoes(cage: &Cage) -> bool {
    let answer = cage.run(job("echo", b"still here")).await;
    answer.is_ok_and(|answer| &answer.body[..] == b"still here")
}

#[tokio::test]
async fn what_goes_wrong_has_its_own_error_and_costs_one_worker() {
    let cage = cage(LONG);
    for (head, expected) in [
        ("eat", Error::MemoryLimit),
        ("abort", Error::Crashed),
        ("exit", Error::Crashed),
        ("overflow", Error::Crashed),
        ("long", Error::Crashed),
    ] {
        assert_eq!(cage.run(job(head, b"1")).await, Err(expected), "{head}");
        assert!(echoes(&cage).await, "after {head}");
    }
}

#[tokio::test]
async fn a_job_that_does_not_end_is_ended() {
    let cage = cage(SHORT);
    for head in ["sleep", "spin"] {
        // As many as there are places, and one more.
        let (one, two, three) =
            tokio::join!(cage.run(job(head, b"")), cage.run(job(head, b"")), cage.run(job(head, b"")));
        assert_eq!((one, two, three), (Err(Error::TimeLimit), Err(Error::TimeLimit), Err(Error::TimeLimit)));
    }
}

/// Process id of the only worker of a cage.
async fn who(cage: &Cage) -> String {
    let mut who = job("who", b"");
    who.answer.body = 64;
    String::from_utf8(cage.run(who).await.expect("a number").body.to_vec()).expect("digits")
}

async fn kill(number: &str) {
    let killed = tokio::process::Command::new("kill").args(["-9", number]).status().await.expect("kill");
    assert!(killed.success());
}

/// Processor time that a process took so far, in ticks.
fn ticks(number: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{number}/stat")).expect("a process");
    status.split(' ').nth(13).expect("user time").parse().expect("a number")
}

#[tokio::test]
async fn a_worker_killed_in_the_middle_of_its_job_is_replaced() {
    let cage = Cage::new(Config { workers: 1, ..config("worker", LONG) }).expect("a thread");
    let number = who(&cage).await;
    let before = ticks(&number);
    let spinning = tokio::spawn({
        let cage = cage.clone();
        async move { cage.run(job("spin", b"")).await }
    });
    while ticks(&number) < before + 5 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    kill(&number).await;
    assert_eq!(spinning.await.expect("no panic"), Err(Error::Crashed));
    assert!(echoes(&cage).await);
}

/// Waits until the last thread of a child of this process has ended: all that it had open is closed by then. In /proc
/// the first thread alone may be dead already (waitid(2)).
fn wait_for_the_end(number: &str) {
    let number = Pid::from_raw(number.parse().expect("digits")).expect("a process");
    // Nothing is left to wait for when the cage saw the end first.
    let _ = waitid(WaitId::Pid(number), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT);
}

#[tokio::test]
async fn a_worker_that_dies_while_it_waits_costs_nobody_anything() {
    let cage = Cage::new(Config { workers: 1, ..config("worker", LONG) }).expect("a thread");
    let number = who(&cage).await;
    kill(&number).await;
    wait_for_the_end(&number);
    assert!(echoes(&cage).await);
    assert_ne!(who(&cage).await, number);
}

#[tokio::test]
async fn workers_end_with_their_cage() {
    let cage = cage(LONG);
    let number = who(&cage).await;
    drop(cage);
    while std::path::Path::new(&format!("/proc/{number}")).exists() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn large_jobs_go_in_and_come_out_whole() {
    let cage = cage(LONG);
    let body: Vec<u8> = (0..BOUNDS.body).map(|at| ((at * 31) >> 7) as u8).collect();
    for _ in 0..3 {
        let answer = cage.run(job("echo", &body)).await.expect("an answer");
        assert!(answer.body == body);
    }
    let larger = vec![0; BOUNDS.body + 1];
    assert_eq!(cage.run(job("echo", &larger)).await, Err(Error::TooLarge));
}

#[tokio::test]
async fn what_a_codec_prints_is_no_answer() {
    let answer = cage(LONG).run(job("noise", b"12345")).await.expect("an answer");
    assert_eq!(&answer.body[..], b"quiet");
}

#[tokio::test]
async fn a_worker_reaches_nothing_outside() {
    let cage = cage(LONG);
    let protections = cage.announce().await.expect("a worker");
    assert!(protections.on().contains(&"resource limits"));
    let try_it = async |what: &str| {
        let mut job = job("try", what.as_bytes());
        job.answer.body = 64;
        String::from_utf8(cage.run(job).await.expect("an answer").body.to_vec()).expect("words")
    };
    assert_eq!(try_it("nothing").await, "done");
    let mut denied = vec!["write"];
    if protections.on().contains(&"seccomp") {
        denied.extend(["read", "connect", "socket", "process", "thread"]);
    }
    if protections.on().contains(&"landlock: files") {
        denied.push("read");
    }
    for what in denied {
        assert_ne!(try_it(what).await, "done", "{what}");
    }
    assert!(!std::path::Path::new("/tmp/a-worker-was-here").exists());
}

#[tokio::test]
async fn programs_that_are_no_workers_are_no_workers() {
    for argument in ["garbage", "nothing at all"] {
        let cage = Cage::new(config(argument, LONG)).expect("a thread");
        assert_eq!(cage.run(job("echo", b"")).await, Err(Error::NoWorker), "{argument}");
    }
    let missing = Config { program: "/nowhere/at-all".into(), ..config("worker", LONG) };
    assert_eq!(Cage::new(missing).expect("a thread").run(job("echo", b"")).await, Err(Error::NoWorker));
}

#[tokio::test]
async fn a_worker_is_replaced_after_its_last_job() {
    let cage = Cage::new(Config { jobs_each: 1, ..config("worker", LONG) }).expect("a thread");
    for _ in 0..5 {
        assert!(echoes(&cage).await);
    }
}

#[tokio::test]
async fn a_caller_that_goes_away_frees_its_worker() {
    let cage = Cage::new(Config { workers: 1, ..config("worker", LONG) }).expect("a thread");
    for _ in 0..3 {
        let gone = tokio::time::timeout(SHORT, cage.run(job("sleep", b""))).await;
        assert!(gone.is_err());
        assert!(echoes(&cage).await);
    }
}
