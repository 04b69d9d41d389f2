//! The body of an answer, whose place on a line is free again when nobody takes it any more.

use axum::body::{Body, Bytes};
use futures_util::stream;
use http_body_util::BodyExt;
use hyper::body::Body as HttpBody;
use std::{io, task::Poll, time::Duration};
use tokio::{sync::mpsc, time::timeout};

/// A body passed on piece by piece. Whoever takes none for `patience` gets no more of it, and `place` is given up then, or when
/// the body has come whole, or with whoever wanted it. A body that broke off does not look whole.
pub(super) fn passed_on<B, P>(body: B, place: P, patience: Duration) -> Body
where
    B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<axum::BoxError> + Send,
    P: Send + 'static,
{
    let (give, mut take) = mpsc::channel(1);
    // owned by the body: it ends with it, or by itself when its time is over
    tokio::spawn(async move {
        given(body, &give, patience).await;
        drop(place);
    });
    let mut is_over = false;
    Body::from_stream(stream::poll_fn(move |context| {
        if is_over {
            return Poll::Ready(None);
        }
        take.poll_recv(context).map(|piece| {
            is_over = !matches!(piece, Some(Piece::More(_)));
            match piece {
                Some(Piece::More(bytes)) => Some(Ok(bytes)),
                Some(Piece::Whole) => None,
                Some(Piece::Broken(error)) => Some(Err(error)),
                None => Some(Err(io::Error::from(io::ErrorKind::TimedOut).into())),
            }
        })
    }))
}

/// Gives piece after piece, until the last or until nobody takes one.
async fn given<B>(mut body: B, give: &mpsc::Sender<Piece>, patience: Duration)
where
    B: HttpBody<Data = Bytes> + Unpin,
    B::Error: Into<axum::BoxError>,
{
    loop {
        let next = tokio::select! {
            next = body.frame() => next,
            () = give.closed() => return,
        };
        let piece = match next {
            Some(Ok(frame)) => frame.into_data().map_or(Piece::More(Bytes::new()), Piece::More),
            Some(Err(error)) => Piece::Broken(error.into()),
            None => Piece::Whole,
        };
        let is_last = !matches!(piece, Piece::More(_));
        let taken = timeout(patience, give.send(piece)).await;
        if is_last || !matches!(taken, Ok(Ok(()))) {
            return;
        }
    }
}

enum Piece {
    More(Bytes),
    Whole,
    Broken(axum::BoxError),
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    const SHORT: Duration = Duration::from_millis(50);

    fn endless() -> Body {
        Body::from_stream(stream::repeat_with(|| Ok::<_, io::Error>(Bytes::from_static(&[7; 1024]))))
    }

    async fn freed(place: &Arc<()>) {
        while Arc::strong_count(place) > 1 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    #[tokio::test]
    async fn who_takes_nothing_gives_its_place_up_and_hears_of_it() {
        let place = Arc::new(());
        let mut body = passed_on(endless(), place.clone(), SHORT);
        assert!(body.frame().await.unwrap().is_ok());
        freed(&place).await;
        let mut last = Ok(());
        while let Some(frame) = body.frame().await {
            last = frame.map(|_| ());
        }
        assert!(last.is_err(), "its end does not look like one");
    }

    #[tokio::test]
    async fn who_goes_gives_its_place_up() {
        let place = Arc::new(());
        let silent = Body::from_stream(stream::pending::<io::Result<Bytes>>());
        drop(passed_on(silent, place.clone(), Duration::from_secs(3600)));
        freed(&place).await;
    }

    #[tokio::test]
    async fn what_comes_whole_is_whole_and_what_breaks_off_is_not() {
        let place = Arc::new(());
        let whole = passed_on(Body::from("abc"), place.clone(), SHORT).collect().await.unwrap();
        assert_eq!(whole.to_bytes(), "abc");
        let pieces = [Ok(Bytes::from_static(b"abc")), Err(io::Error::from(io::ErrorKind::ConnectionReset))];
        let torn = passed_on(Body::from_stream(stream::iter(pieces)), place.clone(), SHORT);
        assert!(torn.collect().await.is_err());
        freed(&place).await;
    }
}
