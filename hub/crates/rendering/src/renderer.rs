//! Where pictures are made: off the async threads, and what foreign bytes may bring down in processes of its own.

use crate::{
    Error, Image, Settings, codec,
    geometry::Geometry,
    given_up::{Asked, GivenUp, Kind},
    job, picture,
};
use bytes::Bytes;
use cage::{Cage, Job, Message};
use imaging_domain::transfer_syntax::PixelCoding;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};
use tokio::sync::{Semaphore, oneshot};

/// Stack of a rendering thread: codecs written in C take more than the 2 MiB of a Rust thread.
const STACK: usize = 8 << 20;

/// Most pixels of an image, and of its picture, that are worked on in this process beside a cage: 16 million.
const MAX_PIXELS_HERE: usize = 16 << 20;

/// Makes pictures on threads or in processes of its own. Clones share them.
#[derive(Clone)]
pub struct Renderer {
    pool: Arc<rayon::ThreadPool>,
    places: Arc<Semaphore>,
    cage: Option<Caged>,
}

/// The worker processes, and what cost one.
#[derive(Clone)]
pub(crate) struct Caged {
    cage: Cage,
    given_up: GivenUp,
}

impl Renderer {
    /// Starts `threads` threads; at most `queue` pictures (at least one) are under way or waiting in the pool, whoever
    /// comes later waits outside. Everything is decoded in this process: for tests, and for bytes that can be trusted.
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
        Ok(Self { pool: Arc::new(pool), places: Arc::new(Semaphore::new(places)), cage: None })
    }

    /// [`new`](Self::new), with a cage for everything that is decoded by code which foreign bytes may bring down. Its
    /// program must call [`decode_worker`](crate::decode_worker).
    ///
    /// # Errors
    /// [`Error::Busy`] when the system gives no threads.
    pub fn caged(threads: usize, queue: usize, config: cage::Config) -> Result<Self, Error> {
        let caged = Caged { cage: Cage::new(config)?, given_up: GivenUp::default() };
        Ok(Self { cage: Some(caged), ..Self::new(threads, queue)? })
    }

    /// Starts one worker and writes into the log what it is protected with. Nothing to do without a cage.
    ///
    /// # Errors
    /// [`Error::Busy`] when no worker can be started.
    pub async fn announce(&self) -> Result<(), Error> {
        match &self.cage {
            Some(caged) => Ok(caged.cage.announce().await.map(|_| ())?),
            None => Ok(()),
        }
    }

    /// [`picture`] off the async threads. A caller that goes away before its turn costs nothing, and later frees its
    /// worker.
    ///
    /// # Errors
    /// As [`picture`]; a codec that panics is [`Error::Corrupt`], one that took its worker with it is
    /// [`Error::GivenUp`], and so is the same frame at once for some minutes.
    pub async fn picture(
        &self,
        image: Image,
        bytes: Bytes,
        bit_offset: u8,
        settings: Settings,
    ) -> Result<Vec<u8>, Error> {
        match &self.cage {
            Some(caged) if !is_harmless(&image, &settings) => {
                caged_picture(caged, image, bytes, bit_offset, settings).await
            }
            _ => self.threaded(move || picture(&image, &bytes, bit_offset, &settings)).await,
        }
    }

    /// The worker processes, when there are any.
    pub(crate) fn cage(&self) -> Option<&Caged> {
        self.cage.as_ref()
    }

    /// Does something on the pool.
    pub(crate) async fn threaded<T: Send + 'static>(
        &self,
        make: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let place = self.places.clone().acquire_owned().await.map_err(|_| Error::Busy)?;
        let (sender, receiver) = oneshot::channel();
        self.pool.spawn(move || {
            let _place = place;
            if sender.is_closed() {
                return;
            }
            let made = catch_unwind(AssertUnwindSafe(make));
            // The receiver may be gone by now, which is nobody's fault.
            let _ = sender.send(made.unwrap_or(Err(Error::Corrupt("the codec gave up"))));
        });
        receiver.await.map_err(|_| Error::Busy)?
    }
}

/// Whether a picture may be made in this process even beside a cage: none but our own code reads the bytes, in time and
/// memory that follow from sizes which are small. Through the pipe an uncompressed CT comes to 0.6 of the pictures a
/// second (`benches/cage.rs`), a compressed one to 0.9.
fn is_harmless(image: &Image, settings: &Settings) -> bool {
    // What has no size is refused before its bytes are read.
    let (columns, rows) = Geometry::new(image, settings).map_or((0, 0), |geometry| geometry.size());
    is_read_here(image) && columns as usize * rows as usize <= MAX_PIXELS_HERE
}

/// Whether the bytes are read by our own code alone, and few.
pub(crate) fn is_read_here(image: &Image) -> bool {
    let ours = matches!(image.syntax.coding, PixelCoding::Native | PixelCoding::Rle);
    ours && codec::pixels(image) <= MAX_PIXELS_HERE
}

impl Caged {
    /// Has a job done and its answer read. A frame that cost a worker before is refused as it was then.
    pub(crate) async fn run<T>(
        &self,
        asked: Asked,
        job: Job,
        read: impl FnOnce(Message) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if let Some(error) = self.given_up.find(&asked).await {
            return Err(Error::GivenUp(error));
        }
        let made = match self.cage.run(job).await {
            Ok(answer) => read(answer),
            Err(error) => Err(error.into()),
        };
        if let Err(Error::GivenUp(error)) = &made {
            self.given_up.remember(asked, *error).await;
        }
        made
    }
}

async fn caged_picture(
    caged: &Caged,
    image: Image,
    bytes: Bytes,
    bit_offset: u8,
    settings: Settings,
) -> Result<Vec<u8>, Error> {
    let (format, told) = (settings.format, format!("{image:?} in {}", image.uid));
    let asked = Asked::new(Kind::Picture, &image, &bytes, bit_offset);
    let job = job::of_picture(image, bytes, bit_offset, settings)?;
    let made = caged.run(asked, job, |answer| job::picture_of(&answer, format)).await;
    if let Err(Error::GivenUp(error)) = &made {
        tracing::warn!(image = told, %error, "a picture was given up");
    }
    made
}
