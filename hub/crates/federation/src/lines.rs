//! A gate's lines to the hub: a few HTTP/2 connections for many requests at once, dialled when they are needed.

use crate::{
    error::Error,
    net::{Dialler, broken, in_time},
};
use bytes::Bytes;
use hyper::{
    Request, Response,
    body::{Body, Incoming},
    client::conn::http2::{Builder, SendRequest},
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::{
    error::Error as StdError,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use tokio::{
    sync::{Mutex, OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// Connections to the hub.
const LINES: usize = 4;
/// Requests on one of them: fewer than the hub's listener takes.
const AT_ONCE: usize = 120;
/// What may have come of one answer and not be taken yet.
const ANSWER_WINDOW: u32 = 256 << 10;
/// What may have come of all answers of a connection: every one may stand still, and none holds up another.
const LINE_WINDOW: u32 = ANSWER_WINDOW * AT_ONCE as u32;
/// How often the hub is asked whether it is there, and how long that may take.
const PING: Duration = Duration::from_secs(5);
/// How long the head of an answer may take: images may have to come from a hospital first.
const HEAD_TIMEOUT: Duration = Duration::from_secs(120);
/// A request that the hub has not seen, because the connection was at its end, goes once more by a new one.
const TRIES: usize = 2;

/// The lines. A hub that was away is dialled anew by the next request.
pub struct Lines<B> {
    dialler: RwLock<Dialler>,
    lines: [Line<B>; LINES],
}

/// Room for one request, to be kept until its answer has come whole.
#[derive(Debug)]
pub struct Turn {
    _room: OwnedSemaphorePermit,
}

struct Line<B> {
    sender: Mutex<Option<SendRequest<B>>>,
    room: Arc<Semaphore>,
}

impl<B> Lines<B>
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    /// Lines to whoever a dialler reaches by HTTP/2; nothing is dialled yet.
    pub fn new(dialler: Dialler) -> Self {
        let line = |_| Line { sender: Mutex::default(), room: Arc::new(Semaphore::new(AT_ONCE)) };
        Self { dialler: RwLock::new(dialler), lines: std::array::from_fn(line) }
    }

    /// Dials in this way from now on; what is on its way comes to its end.
    pub async fn replace(&self, dialler: Dialler) {
        *self.dialler.write().unwrap_or_else(PoisonError::into_inner) = dialler;
        for line in &self.lines {
            *line.sender.lock().await = None;
        }
    }

    /// Sends a request, whose address is absolute, and gives the answer as soon as its head is there.
    ///
    /// # Errors
    /// [`Error::Busy`] when every line is full, [`Error::Connection`] and [`Error::Timeout`] when the hub is not reached.
    pub async fn send(&self, mut request: Request<B>) -> Result<(Response<Incoming>, Turn), Error> {
        let freest = self.lines.iter().max_by_key(|line| line.room.available_permits()).ok_or(Error::Busy)?;
        let room = Arc::clone(&freest.room).try_acquire_owned().map_err(|_| Error::Busy)?;
        for _ in 0..TRIES {
            let dialler = self.dialler.read().unwrap_or_else(PoisonError::into_inner).clone();
            let mut sender = in_time(freest.sender(&dialler)).await?;
            match timeout(HEAD_TIMEOUT, sender.try_send_request(request)).await.map_err(|_| Error::Timeout)? {
                Ok(response) => return Ok((response, Turn { _room: room })),
                Err(mut error) => match error.take_message() {
                    Some(unseen) => request = unseen,
                    None => return Err(broken(error.into_error())),
                },
            }
        }
        Err(Error::connection("keep a line to the hub")("it closes at once".into()))
    }
}

impl<B> Line<B>
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    /// The line, dialled when there is none or it is at its end. Others that ask meanwhile wait for the same.
    async fn sender(&self, dialler: &Dialler) -> Result<SendRequest<B>, Error> {
        let mut kept = self.sender.lock().await;
        if let Some(mut sender) = kept.take()
            && sender.ready().await.is_ok()
        {
            return Ok(kept.insert(sender).clone());
        }
        let stream = dialler.stream().await?;
        let mut builder = Builder::new(TokioExecutor::new());
        builder.timer(TokioTimer::new()).keep_alive_interval(PING).keep_alive_timeout(PING).keep_alive_while_idle(true);
        builder.initial_stream_window_size(ANSWER_WINDOW).initial_connection_window_size(LINE_WINDOW);
        let (sender, connection) = builder.handshake(TokioIo::new(stream)).await.map_err(broken)?;
        // owned by the line and by the answers on their way: it ends with the last of them, or when the hub closes
        tokio::spawn(connection);
        Ok(kept.insert(sender).clone())
    }
}
