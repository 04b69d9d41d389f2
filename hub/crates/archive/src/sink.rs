//! Bodies that are written by a task of their own, no faster than they are read.

use crate::{error::Error, remote::Body};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use tokio::sync::mpsc;

/// How many pieces lie between writer and reader.
const PIECES: usize = 2;

/// Where a writer puts its pieces.
pub(crate) struct Sink(mpsc::Sender<Result<Bytes, Error>>);

impl Sink {
    /// Waits until there is room. Fails when nobody reads any more.
    pub(crate) async fn put(&self, bytes: impl Into<Bytes>) -> Result<(), Error> {
        let bytes = bytes.into();
        if bytes.is_empty() {
            return Ok(());
        }
        self.0.send(Ok(bytes)).await.map_err(|_| Error::Stopping)
    }
}

/// The body that a writer writes; what it fails with ends the body. It is dropped soon after its reader is gone.
pub(crate) fn written<W>(write: impl FnOnce(Sink) -> W) -> Body
where
    W: Future<Output = Result<(), Error>> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(PIECES);
    let writing = write(Sink(sender.clone()));
    tokio::spawn(async move {
        let gone = sender.clone();
        tokio::select! {
            ended = writing => if let Err(error) = ended {
                // whoever is gone hears nothing
                let _ = sender.send(Err(error)).await;
            },
            () = gone.closed() => {}
        }
    });
    stream::unfold(receiver, async |mut receiver| receiver.recv().await.map(|piece| (piece, receiver))).boxed()
}
