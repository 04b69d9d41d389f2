//! Ends an answer that is on its way when its link is taken back.

use crate::error::Error;
use axum::{
    body::{Body, HttpBody},
    response::Response,
};
use futures_util::{StreamExt, stream};
use std::{task::Poll, time::Duration};
use study_links::StudyLinks;
use tokio::time::sleep;

/// How often a session is looked up while it is answered.
const LOOK: Duration = Duration::from_millis(500);
/// Shorter answers are on their way before anybody could look.
const SHORT: u64 = 256 << 10;

/// The answer, which breaks off when its session ends: an end that looked whole would be kept as the whole.
pub(super) fn until_it_ends(response: Response, links: StudyLinks, token: String) -> Response {
    if response.body().size_hint().upper().is_some_and(|bytes| bytes <= SHORT) {
        return response;
    }
    response.map(|body| {
        let mut ended = Box::pin(async move {
            loop {
                sleep(LOOK).await;
                if !matches!(links.session(&token).await, Ok(Some(_))) {
                    return;
                }
            }
        });
        let (mut bytes, mut is_over) = (body.into_data_stream(), false);
        Body::from_stream(stream::poll_fn(move |context| {
            if is_over {
                return Poll::Ready(None);
            }
            if ended.as_mut().poll(context).is_ready() {
                is_over = true;
                return Poll::Ready(Some(Err(axum::Error::new(Error::BrokenOff))));
            }
            bytes.poll_next_unpin(context)
        }))
    })
}
