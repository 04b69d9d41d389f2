//! A worker as its parent sees it.

use crate::{
    error::Error,
    message::{Bounds, Message},
    pool::Job,
    protect::{Protections, Setup},
    spawner::Spawner,
    worker,
};
use std::{io, os::fd::AsFd, os::unix::process::ExitStatusExt, process::ExitStatus, time::Duration};
use tokio::{
    io::AsyncReadExt,
    process::{Child, ChildStderr, ChildStdin, ChildStdout},
    time::timeout,
};
use tracing::warn;

/// How long a new worker may take to say that it is ready.
const START: Duration = Duration::from_secs(20);
/// How long a killed worker may take to be gone, and its last words to come.
const END: Duration = Duration::from_secs(5);
/// The most that is read of a dead worker's last words.
const LAST_WORDS: u64 = 16 << 10;
/// A pipe takes as much at once where the system allows it; fewer turns of both ends are needed then.
const PIPE: usize = 1 << 20;
const HELLO: Bounds = Bounds { head: 64, body: 0 };
/// What a program says on standard error when memory ends: Rust's words, then those of C++.
const OUT_OF_MEMORY: [&[u8]; 2] = [b"memory allocation of ", b"std::bad_alloc"];

/// A running worker. Dropping it kills it.
pub(crate) struct Worker {
    process: Child,
    input: ChildStdin,
    output: ChildStdout,
    last_words: ChildStderr,
    pub(crate) jobs: u32,
    pub(crate) protections: Protections,
}

impl Worker {
    /// Starts one and waits until its walls stand.
    pub(crate) async fn start(spawner: &Spawner, setup: Setup) -> io::Result<Self> {
        let mut process = spawner.spawn().await?;
        let missing = || io::Error::from(io::ErrorKind::BrokenPipe);
        let mut worker = Self {
            input: process.stdin.take().ok_or_else(missing)?,
            output: process.stdout.take().ok_or_else(missing)?,
            last_words: process.stderr.take().ok_or_else(missing)?,
            process,
            jobs: 0,
            protections: Protections::default(),
        };
        // Only a matter of speed, so it may fail.
        let _ = rustix::pipe::fcntl_setpipe_size(worker.input.as_fd(), PIPE);
        let _ = rustix::pipe::fcntl_setpipe_size(worker.output.as_fd(), PIPE);
        let hello = async {
            Message { head: setup.to_bytes(), body: bytes::Bytes::new() }.send(&mut worker.input, HELLO).await?;
            Message::receive(&mut worker.output, HELLO).await
        };
        let hello = timeout(START, hello).await??;
        worker.protections = Protections::parse(&hello.head)?;
        metrics::counter!("cage_workers_started_total").increment(1);
        Ok(worker)
    }

    /// Whether it is still there.
    pub(crate) fn lives(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    /// Gives it a job and waits for the answer.
    pub(crate) async fn exchange(&mut self, job: &Job) -> io::Result<Message> {
        self.jobs += 1;
        job.message.send(&mut self.input, job.bounds).await?;
        Message::receive(&mut self.output, job.answer).await
    }

    /// Ends it and says what became of its job.
    pub(crate) async fn ended(mut self, why: End) -> Error {
        let killed_before = self.process.try_wait().ok().flatten();
        let _ = self.process.start_kill();
        let status = timeout(END, self.process.wait()).await.ok().and_then(Result::ok);
        let mut words = vec![];
        let _ = timeout(END, (&mut self.last_words).take(LAST_WORDS).read_to_end(&mut words)).await;
        let error = match why {
            End::TimeLimit => Error::TimeLimit,
            End::Broken => post_mortem(killed_before.or(status), &words),
        };
        let signal = status.and_then(|status| status.signal());
        warn!(outcome = error.word(), signal, jobs = self.jobs, "a worker was lost to its job");
        error
    }
}

/// Why a worker ends before it is due.
#[derive(Clone, Copy)]
pub(crate) enum End {
    TimeLimit,
    /// It is gone, or says what means nothing.
    Broken,
}

fn post_mortem(status: Option<ExitStatus>, words: &[u8]) -> Error {
    let said = |text: &&[u8]| words.windows(text.len()).any(|window| window == *text);
    match status.map(|status| (status.code(), status.signal())) {
        Some((Some(worker::OUT_OF_MEMORY), _)) => Error::MemoryLimit,
        _ if OUT_OF_MEMORY.iter().any(said) => Error::MemoryLimit,
        Some((_, Some(libc::SIGXCPU))) => Error::TimeLimit,
        _ => Error::Crashed,
    }
}
