//! WADO-RS frames (PS3.18 10.4.1.1.6).

use super::{
    App, headers,
    request::{Asker, Place},
    streams,
};
use crate::error::Error;
use ::dicomweb::{Boundary, Packaging, parse_frames};
use axum::{
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};

/// `/frames/{list}`: as stored, in the order asked. One frame has a `Content-Length`, which streaming decoders want.
pub(super) async fn frames(State(app): State<App>, asker: Asker, place: Place) -> Result<Response, Error> {
    let numbers = parse_frames(place.frames.as_deref().unwrap_or_default())?;
    asker.accept.some_frames(numbers.len())?;
    let frames = app.images.frames(&asker.who, &place.scope()?, &numbers).await?;
    let form = asker.accept.frames(&frames.transfer_syntax, numbers.len())?;
    let syntax = form.transfer_syntax;
    let items = streams::begin(frames.frames, "frame").await?;
    if form.packaging == Packaging::Single {
        let content_type = format!("{}; transfer-syntax={}", form.media_type, syntax.unwrap_or_default());
        return Ok(([(header::CONTENT_TYPE, headers::value(content_type)?)], Body::from(items.first)).into_response());
    }
    let boundary = Boundary::new(rand::random());
    let content_type = headers::value(boundary.content_type(form.media_type))?;
    let (head, closing) = (boundary.part_head(form.media_type, syntax), boundary.closing());
    if numbers.len() == 1 {
        return Ok(([(header::CONTENT_TYPE, content_type)], one(head, items.first, closing)).into_response());
    }
    let part = move |frame| stream::iter([Ok(head.clone()), Ok(frame), Ok(Boundary::PART_END)]);
    let body = items.all().map_ok(part).try_flatten().chain(streams::chunk(closing));
    Ok(([(header::CONTENT_TYPE, content_type)], streams::body(body)).into_response())
}

/// One part without copying the frame, its length said.
fn one(head: Bytes, frame: Bytes, closing: Bytes) -> Response {
    let chunks = [head, frame, Boundary::PART_END, closing];
    let length: usize = chunks.iter().map(Bytes::len).sum();
    let body = streams::body(stream::iter(chunks.map(Ok)));
    ([(header::CONTENT_LENGTH, length)], body).into_response()
}
