//! A file that comes from a hospital: put together, and followed while it comes.

use crate::{
    error::Error,
    remote::{Body, Remote},
};
use blob_store::{BlobStore, Follower, StagedBlob};
use bytes::Buf;
use catalog::InstanceCopies;
use futures_util::{StreamExt, TryStreamExt, stream};
use imaging_domain::{Digest, InstanceCopy, Keeping};
use tokio::sync::watch;

/// Bytes on their way, and whether they turned out to be the right ones.
#[derive(Clone)]
pub(crate) struct Coming {
    follower: Follower,
    right: watch::Receiver<bool>,
}

impl Coming {
    /// The bytes as they come. Their digest is known only at the end, so wrong ones end with an error: whoever reads
    /// them never takes them for whole.
    pub(crate) fn stream(self) -> Body {
        let mut right = self.right;
        let end = async move {
            let wrong = right.wait_for(|right| *right).await.is_err();
            wrong.then_some(Err(Error::Unavailable))
        };
        let end = stream::once(end).filter_map(std::future::ready);
        self.follower.stream().map_err(Error::from).chain(end).boxed()
    }
}

/// How far a fetch is.
#[derive(Clone)]
pub(crate) enum Flight {
    Starting,
    Coming(Coming),
    Landed,
    Lost,
}

/// A file that is being put together. Dropped before its end is known to be right, its followers hear that it is not.
pub(crate) struct Landing {
    pub(crate) blob: Box<dyn StagedBlob>,
    /// Bytes of it so far.
    pub(crate) written: u64,
    /// Told at the end.
    pub(crate) right: watch::Sender<bool>,
}

impl Landing {
    pub(crate) fn new(blob: Box<dyn StagedBlob>) -> Self {
        Self { blob, written: 0, right: watch::Sender::new(false) }
    }

    /// Goes on where it is with the bytes of a site.
    pub(crate) async fn copy_from(
        &mut self,
        remote: &dyn Remote,
        copy: &InstanceCopy,
        state: &watch::Sender<Flight>,
    ) -> Result<(), Error> {
        let size_bytes = copy.instance.size_bytes;
        let mut body = remote.fetch_file(&copy.site, &copy.instance).await?;
        let mut skip = self.written;
        while let Some(mut piece) = body.try_next().await? {
            let skipped = skip.min(piece.len() as u64);
            skip -= skipped;
            piece.advance(skipped as usize);
            if piece.is_empty() {
                continue;
            }
            if self.written + piece.len() as u64 > size_bytes {
                return Err(blob_store::Error::Corrupt.into());
            }
            self.written += piece.len() as u64;
            self.blob.write(piece).await?;
            if matches!(*state.borrow(), Flight::Starting) {
                let coming = Coming { follower: self.blob.follow(), right: self.right.subscribe() };
                state.send_replace(Flight::Coming(coming));
            }
        }
        if self.written == size_bytes { Ok(()) } else { Err(Error::Unavailable) }
    }
}

impl Landing {
    /// Ends it: its bytes are there for all when they are the right ones.
    pub(crate) async fn publish(self, blobs: &dyn BlobStore, expected: &Digest) -> Result<(), Error> {
        let sealed = self.blob.seal().await?;
        if sealed.digest != *expected {
            return Err(blob_store::Error::Corrupt.into());
        }
        self.right.send_replace(true);
        Ok(blobs.publish(sealed).await?)
    }
}

/// Copies that are the same bytes, together, in the order of their first; those that nobody has seen are left out.
pub(crate) fn by_digest(copies: &InstanceCopies) -> Vec<Vec<InstanceCopy>> {
    let mut groups: Vec<Vec<InstanceCopy>> = vec![];
    for copy in copies.0.iter().filter(|copy| copy.instance.keeping != Keeping::Promised) {
        match groups.iter_mut().find(|group| group[0].instance.digest == copy.instance.digest) {
            Some(group) => group.push(copy.clone()),
            None => groups.push(vec![copy.clone()]),
        }
    }
    groups
}
