//! A body that is asked for again where it broke off: who takes it sees one.

use archive::{Body, Error, cut};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::future::Future;

/// How often one body is asked for again.
const TRIES: usize = 2;

struct Coming<O> {
    open: O,
    body: Body,
    given: u64,
    tries: usize,
}

/// The bytes that `open` gives, which are the same each time. The first call has to succeed.
///
/// # Errors
/// What `open` says at first; what breaks off again and again breaks off in the body.
pub(super) async fn resumed<O, F>(open: O) -> Result<Body, Error>
where
    O: Fn() -> F + Send + 'static,
    F: Future<Output = Result<Body, Error>> + Send,
{
    let body = open().await?;
    let coming = Coming { open, body, given: 0, tries: TRIES };
    let step = async |mut coming: Coming<O>| loop {
        let error = match coming.body.try_next().await {
            Ok(Some(piece)) => {
                coming.given += piece.len() as u64;
                return Ok(Some((piece, coming)));
            }
            Ok(None) => return Ok(None),
            Err(error) => error,
        };
        if coming.tries == 0 {
            return Err(error);
        }
        coming.tries -= 1;
        tracing::info!(%error, given = coming.given, "an instance broke off and is asked for again");
        if let Ok(body) = (coming.open)().await {
            coming.body = cut(body, coming.given..u64::MAX);
        } else {
            return Err(error);
        }
    };
    Ok(stream::try_unfold(coming, step).boxed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    /// Ten bytes in pieces of two, which break off after so many pieces at each opening.
    async fn taken(breaks: &'static [usize]) -> Result<Vec<u8>, Error> {
        let opened = Arc::new(AtomicUsize::new(0));
        let open = move || {
            let whole = breaks.get(opened.fetch_add(1, Ordering::Relaxed)).copied();
            async move {
                let all: Vec<u8> = (0..10).collect();
                let pieces = all.chunks(2).map(|piece| Ok(Bytes::copy_from_slice(piece)));
                let mut pieces: Vec<Result<Bytes, Error>> = pieces.take(whole.unwrap_or(5)).collect();
                pieces.extend(whole.map(|_| Err(Error::Unavailable)));
                Ok(stream::iter(pieces).boxed())
            }
        };
        let pieces: Vec<Bytes> = resumed(open).await?.try_collect().await?;
        Ok(pieces.concat())
    }

    #[tokio::test]
    async fn what_breaks_off_goes_on_where_it_was() {
        let all: Vec<u8> = (0..10).collect();
        for breaks in [&[][..], &[3], &[0], &[1, 4], &[4, 2]] {
            assert_eq!(taken(breaks).await.ok().as_ref(), Some(&all), "{breaks:?}");
        }
        assert!(taken(&[1, 2, 3]).await.is_err());
    }
}
