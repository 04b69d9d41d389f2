//! The workers of a cage and who has one.

use crate::{
    child::{End, Worker},
    config::Config,
    error::Error,
    message::{Bounds, Message},
    protect::{Protections, Setup},
    spawner::Spawner,
};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, oneshot},
    time::{sleep, timeout},
};
use tracing::{error, info, warn};

/// How long a worker may go on with a job that nobody waits for any more: most end sooner, and a new worker costs
/// about as much.
const GRACE: Duration = Duration::from_millis(50);

/// What a worker is asked, and how much may be said.
#[derive(Debug, Clone)]
pub struct Job {
    /// The question.
    pub message: Message,
    /// Bounds of the question, which the worker must know too.
    pub bounds: Bounds,
    /// Bounds of the answer.
    pub answer: Bounds,
}

/// A few workers. Clones share them; they end with the last clone.
#[derive(Clone)]
pub struct Cage {
    inner: Arc<Inner>,
}

struct Inner {
    idle: Mutex<Vec<Worker>>,
    places: Arc<Semaphore>,
    spawner: Spawner,
    setup: Setup,
    time_limit: Duration,
    jobs_each: u32,
}

impl Cage {
    /// A cage whose workers are started when there are jobs for them.
    ///
    /// # Errors
    /// [`Error::NoWorker`] when the system gives no thread.
    pub fn new(config: Config) -> Result<Self, Error> {
        let places = Arc::new(Semaphore::new(config.workers.clamp(1, Semaphore::MAX_PERMITS)));
        let setup = Setup { memory_bytes: config.memory_bytes, time_limit: config.time_limit };
        let (time_limit, jobs_each) = (config.time_limit, config.jobs_each.max(1));
        let spawner = Spawner::start(config).map_err(|_| Error::NoWorker)?;
        let idle = Mutex::default();
        Ok(Self { inner: Arc::new(Inner { idle, places, spawner, setup, time_limit, jobs_each }) })
    }

    /// Has a job done, as soon as a worker is free. A caller that goes away frees its worker.
    ///
    /// # Errors
    /// Every [`Error`].
    pub async fn run(&self, job: Job) -> Result<Message, Error> {
        job.message.check(job.bounds).map_err(|_| Error::TooLarge)?;
        let place = self.inner.places.clone().acquire_owned().await.map_err(|_| Error::NoWorker)?;
        let (sender, receiver) = oneshot::channel();
        tokio::spawn(Arc::clone(&self.inner).attend(place, job, sender));
        receiver.await.map_err(|_| Error::NoWorker)?
    }

    /// Starts one worker and writes down which walls it has, with a warning for each that this system lacks.
    ///
    /// # Errors
    /// [`Error::NoWorker`] when it does not start.
    pub async fn announce(&self) -> Result<Protections, Error> {
        let _place = self.inner.places.clone().acquire_owned().await.map_err(|_| Error::NoWorker)?;
        let worker = self.inner.worker().await?;
        let (protections, missing) = (worker.protections, worker.protections.missing());
        info!(on = protections.on().join(", "), "foreign pixel data is decoded in processes of its own");
        for wall in missing {
            warn!(wall, "this system does not protect the decoders with it");
        }
        self.inner.keep(worker);
        Ok(protections)
    }
}

impl Inner {
    /// One that waits, or a new one.
    async fn worker(&self) -> Result<Worker, Error> {
        loop {
            let waiting = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(mut worker) = waiting else { break };
            if worker.lives() {
                return Ok(worker);
            }
        }
        Worker::start(&self.spawner, self.setup).await.map_err(|cause| {
            error!(%cause, "no worker can be started");
            Error::NoWorker
        })
    }

    fn keep(&self, worker: Worker) {
        if worker.jobs < self.jobs_each {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        }
    }

    /// Sees a job through, and kills its worker when nobody waits any more.
    async fn attend(
        self: Arc<Self>,
        _place: OwnedSemaphorePermit,
        job: Job,
        mut sender: oneshot::Sender<Result<Message, Error>>,
    ) {
        let answer = tokio::select! {
            answer = self.answer(&job) => answer,
            () = gone(&mut sender) => {
                count("nobody waits");
                return;
            }
        };
        count(answer.as_ref().map_or_else(|error| error.word(), |_| "answered"));
        // The caller may have gone at the last moment.
        let _ = sender.send(answer);
    }

    async fn answer(&self, job: &Job) -> Result<Message, Error> {
        let mut worker = self.worker().await?;
        match timeout(self.time_limit, worker.exchange(job)).await {
            Ok(Ok(answer)) => {
                self.keep(worker);
                Ok(answer)
            }
            Ok(Err(_)) => Err(worker.ended(End::Broken).await),
            Err(_) => Err(worker.ended(End::TimeLimit).await),
        }
    }
}

async fn gone(sender: &mut oneshot::Sender<Result<Message, Error>>) {
    sender.closed().await;
    sleep(GRACE).await;
}

fn count(outcome: &'static str) {
    metrics::counter!("cage_jobs_total", "outcome" => outcome).increment(1);
}
