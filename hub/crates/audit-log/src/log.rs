//! The log: one thread writes, everybody who records at the same time shares one sync.

use crate::{accesses::Accesses, config::Config, error::Error, event::Event, line::Head, verify::walk};
use std::{
    fs::File,
    io::Write,
    sync::{Arc, Mutex, PoisonError},
    thread,
};
use tokio::sync::{mpsc, oneshot};
use tracing::{error, warn};

/// Recordings that may wait for the writer.
const QUEUE: usize = 1024;

struct Job {
    events: Vec<Event>,
    done: oneshot::Sender<Result<(), Error>>,
}

/// Where lines go: a file, or memory.
trait Sink: Send + 'static {
    /// Appends and makes durable.
    fn append(&mut self, lines: &str) -> std::io::Result<()>;
}

/// An append-only chain of events. Cheap to clone.
#[derive(Clone)]
pub struct AuditLog {
    jobs: mpsc::Sender<Job>,
    accesses: Accesses,
}

/// A log that may have ended.
pub(crate) struct Recorder(mpsc::WeakSender<Job>);

impl Recorder {
    /// The log, while somebody else has it.
    pub(crate) fn log(&self, accesses: Accesses) -> Option<AuditLog> {
        self.0.upgrade().map(|jobs| AuditLog { jobs, accesses })
    }
}

impl AuditLog {
    /// Opens a chain and walks it to its end. A last line without an end was never acknowledged: it is cut off. Waits for
    /// another process that has the chain open.
    ///
    /// # Errors
    /// [`Error::Open`], or [`Error::Tail`] when the chain is broken.
    pub fn open(config: &Config, source: &str, clock: fn() -> i64) -> Result<Self, Error> {
        let options = File::options().create(true).read(true).append(true).open(&config.path);
        let file = options.map_err(Error::Open)?;
        file.lock().map_err(Error::Open)?;
        let walked = walk(file.try_clone().map_err(Error::Open)?).map_err(Error::Tail)?;
        if walked.torn > 0 {
            warn!(bytes = walked.torn, "a line that was never finished is cut off the audit log");
            file.set_len(walked.whole).and_then(|()| file.sync_all()).map_err(Error::Open)?;
        }
        if let Some(folder) = config.path.parent() {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::Open)?;
        }
        Ok(Self::start(DiskSink(file), walked.head, source, clock))
    }

    /// A chain in memory, for tests, with a look at its lines.
    pub fn memory(clock: fn() -> i64) -> (Self, Lines) {
        let lines = Lines::default();
        (Self::start(lines.clone(), Head::START, "memory", clock), lines)
    }

    /// Records an event. When it returns, the event survives a power loss.
    ///
    /// # Errors
    /// [`Error::Poisoned`]: it is not recorded, and what it is about must not happen.
    pub async fn record(&self, event: Event) -> Result<(), Error> {
        self.record_many(vec![event]).await
    }

    /// Records events in one write.
    ///
    /// # Errors
    /// As [`record`](Self::record); none of them is recorded.
    pub(crate) async fn record_many(&self, events: Vec<Event>) -> Result<(), Error> {
        if events.is_empty() {
            return Ok(());
        }
        let (done, recorded) = oneshot::channel();
        self.jobs.send(Job { events, done }).await.map_err(|_| Error::Poisoned)?;
        recorded.await.map_err(|_| Error::Poisoned)?
    }

    pub(crate) fn accesses(&self) -> &Accesses {
        &self.accesses
    }

    pub(crate) fn recorder(&self) -> Recorder {
        Recorder(self.jobs.downgrade())
    }

    /// That everything so far is written, and more can be.
    pub(crate) fn is_written(&self) -> Result<(), Error> {
        if self.jobs.is_closed() { Err(Error::Poisoned) } else { Ok(()) }
    }

    fn start(sink: impl Sink, head: Head, source: &str, clock: fn() -> i64) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let writer = Writer { sink, head, source: source.to_owned(), clock };
        // owned by its queue: it ends when the last log is dropped
        let _ = thread::Builder::new().name("audit-log".into()).spawn(move || writer.run(queue));
        Self { jobs, accesses: Accesses::default() }
    }
}

struct Writer<S> {
    sink: S,
    head: Head,
    source: String,
    clock: fn() -> i64,
}

impl<S: Sink> Writer<S> {
    fn run(mut self, mut queue: mpsc::Receiver<Job>) {
        let mut group = vec![];
        while queue.blocking_recv_many(&mut group, QUEUE) > 0 {
            let (mut text, mut head) = (String::new(), self.head);
            for event in group.iter().flat_map(|job| &job.events) {
                let (line, next) = head.next(event, &self.source, (self.clock)());
                text.push_str(&line);
                text.push('\n');
                head = next;
            }
            if let Err(error) = self.sink.append(&text) {
                // after a failed sync nobody knows what is on the disk: no second try
                error!(%error, "audit log cannot be written; nothing is given out any more");
                return;
            }
            self.head = head;
            for job in group.drain(..) {
                // whoever went away has no use for the answer
                let _ = job.done.send(Ok(()));
            }
        }
    }
}

struct DiskSink(File);

impl Sink for DiskSink {
    fn append(&mut self, lines: &str) -> std::io::Result<()> {
        self.0.write_all(lines.as_bytes())?;
        self.0.sync_data()
    }
}

/// The lines of a chain in memory.
#[derive(Clone, Default)]
pub struct Lines {
    text: Arc<Mutex<(String, usize)>>,
}

impl Lines {
    /// What was recorded so far.
    pub fn text(&self) -> String {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// How many writes it took.
    pub fn writes(&self) -> usize {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).1
    }
}

impl Sink for Lines {
    fn append(&mut self, lines: &str) -> std::io::Result<()> {
        let mut text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        text.0.push_str(lines);
        text.1 += 1;
        Ok(())
    }
}
