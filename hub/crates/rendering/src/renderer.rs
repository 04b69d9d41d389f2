//! The pool that makes pictures off the async threads.

use crate::{Error, Image, Settings, picture};
use bytes::Bytes;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};
use tokio::sync::{Semaphore, oneshot};

/// Stack of a rendering thread: codecs written in C take more than the 2 MiB of a Rust thread.
const STACK: usize = 8 << 20;

/// Makes pictures on threads of its own. Clones share the threads.
#[derive(Clone)]
pub struct Renderer {
    pool: Arc<rayon::ThreadPool>,
    places: Arc<Semaphore>,
}

impl Renderer {
    /// Starts `threads` threads; at most `queue` pictures (at least one) are under way or waiting in the pool, whoever
    /// comes later waits outside.
    ///
    /// # Errors
    /// [`Error::Busy`] when the system gives no threads.
    pub fn new(threads: usize, queue: usize) -> Result<Self, Error> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads.max(1))
            .stack_size(STACK)
            .thread_name(|number| format!("rendering-{number}"))
            .build()
            .map_err(|_| Error::Busy)?;
        let places = queue.clamp(1, Semaphore::MAX_PERMITS);
        Ok(Self { pool: Arc::new(pool), places: Arc::new(Semaphore::new(places)) })
    }

    /// [`picture`] on the pool. A caller that goes away before its turn costs nothing.
    ///
    /// # Errors
    /// As [`picture`]; a codec that panics is [`Error::Corrupt`].
    pub async fn picture(
        &self,
        image: Image,
        bytes: Bytes,
        bit_offset: u8,
        settings: Settings,
    ) -> Result<Vec<u8>, Error> {
        self.run(move || picture(&image, &bytes, bit_offset, &settings)).await
    }

    /// Work on the pool.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let place = self.places.clone().acquire_owned().await.map_err(|_| Error::Busy)?;
        let (sender, receiver) = oneshot::channel();
        self.pool.spawn(move || {
            let _place = place;
            if sender.is_closed() {
                return;
            }
            let made = catch_unwind(AssertUnwindSafe(work));
            // The receiver may be gone by now, which is nobody's fault.
            let _ = sender.send(made.unwrap_or(Err(Error::Corrupt("the codec gave up"))));
        });
        receiver.await.map_err(|_| Error::Busy)?
    }
}
