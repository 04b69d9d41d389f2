//! Bytes of a site on the disk as fast as they come, so that who reads them slowly does not hold up what else comes from
//! that site: everything of a site shares one connection.

use crate::{error::Error, remote::Body};
use blob_store::{Follower, StagedBlob};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::sync::watch;

/// How far the writing is.
#[derive(Clone, Copy)]
enum Written {
    Growing,
    /// All is there, so many bytes.
    Whole(u64),
}

/// The same bytes, by way of a blob that is never published and is gone when the reader is.
pub(crate) fn spooled(blob: Box<dyn StagedBlob>, body: Body) -> Body {
    let (state, written) = watch::channel(Written::Growing);
    let coming = read(blob.follow(), written);
    tokio::spawn(async move {
        tokio::select! {
            () = state.closed() => {}
            () = write(blob, body, &state) => {}
        }
    });
    coming
}

/// Writes all there is, and keeps it until nobody reads any more. What breaks off is dropped, which its reader notices.
async fn write(mut blob: Box<dyn StagedBlob>, mut body: Body, state: &watch::Sender<Written>) {
    let mut length = 0;
    loop {
        match body.try_next().await {
            Ok(Some(piece)) => {
                length += piece.len() as u64;
                if blob.write(piece).await.is_err() {
                    return;
                }
            }
            Ok(None) => break,
            Err(_) => return,
        }
    }
    state.send_replace(Written::Whole(length));
    state.closed().await;
}

fn read(follower: Follower, written: watch::Receiver<Written>) -> Body {
    let state = (follower.stream(), written, 0_u64);
    let each = stream::try_unfold(state, async |(mut bytes, mut written, at)| {
        let ended = async |written: &mut watch::Receiver<Written>| {
            let whole = |state: &Written| matches!(state, Written::Whole(length) if *length == at);
            // a writer that is gone has told the blob so
            if written.wait_for(whole).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let piece: Option<Bytes> = tokio::select! {
            () = ended(&mut written) => None,
            piece = bytes.try_next() => piece.map_err(Error::from)?,
        };
        Ok::<_, Error>(piece.map(|piece| {
            let at = at + piece.len() as u64;
            (piece, (bytes, written, at))
        }))
    });
    each.boxed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use access_control::{Object, Store, decide};
    use blob_store::{BlobStore, Memory};
    use imaging_domain::Principal;

    async fn blob() -> Box<dyn StagedBlob> {
        let permit = decide::<Store>(&Principal::Service("fetch"), Object::Region).unwrap();
        Memory::default().stage(&permit).await.unwrap()
    }

    fn pieces(count: usize) -> impl Iterator<Item = Result<Bytes, Error>> {
        (0..count).map(|number| Ok(Bytes::from(vec![number as u8; 1000])))
    }

    #[tokio::test]
    async fn what_comes_is_what_came() {
        for count in [0, 1, 2000] {
            let given = spooled(blob().await, stream::iter(pieces(count)).boxed()).try_collect::<Vec<_>>().await;
            let expected: Vec<Bytes> = pieces(count).map(Result::unwrap).collect();
            assert_eq!(given.unwrap().concat(), expected.concat());
        }
    }

    #[tokio::test]
    async fn it_comes_in_whole_though_nobody_reads_and_no_further_when_the_reader_leaves() {
        let (told, mut taken) = watch::channel(0);
        let body = stream::iter(pieces(50)).inspect(move |_| told.send_modify(|taken| *taken += 1)).boxed();
        let reader = spooled(blob().await, body);
        taken.wait_for(|taken| *taken == 50).await.unwrap();
        drop(reader);
        let (told, mut left) = watch::channel(());
        let endless = stream::unfold(told, async |told| {
            tokio::task::yield_now().await;
            Some((Ok(Bytes::from_static(b"x")), told))
        });
        drop(spooled(blob().await, endless.boxed()));
        assert!(left.changed().await.is_err(), "it is still read");
    }

    #[tokio::test]
    async fn what_breaks_off_ends_with_an_error() {
        let broken = pieces(2).chain([Err(Error::Unavailable)]);
        let given = spooled(blob().await, stream::iter(broken.collect::<Vec<_>>()).boxed());
        assert!(given.try_collect::<Vec<_>>().await.is_err());
    }
}
