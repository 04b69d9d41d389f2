//! WADO-RS frames (PS3.18 10.4.1.1.6).

use super::{
    App, headers, negotiated, ranges,
    request::{Asker, Place},
    streams,
};
use crate::error::Error;
use ::dicomweb::{Boundary, Packaging, parse_frames};
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use imaging_domain::transfer_syntax;
use std::sync::{Arc, OnceLock};

/// `/frames/{list}`: in the order asked, all in one transfer syntax. One frame has a `Content-Length`, which streaming
/// decoders want, and may be asked for in ranges.
pub(super) async fn frames(State(app): State<App>, asker: Asker, place: Place) -> Result<Response, Error> {
    let numbers = parse_frames(place.frames.as_deref().unwrap_or_default())?;
    asker.accept.some_frames(numbers.len())?;
    let (choose, form) = remembering(&asker, numbers.len());
    let frames = app.images.frames(&asker.who, &place.scope()?, &numbers, choose).await?;
    let (packaging, media_type, wanted) = form.get().cloned().unwrap_or((Packaging::Multipart, OCTETS.into(), None));
    let syntax = frames.transfer_syntax;
    // what could not be made is given as it is stored, under its own name
    let media_type = match wanted {
        Some(wanted) if wanted != syntax => transfer_syntax::of(&syntax).media_type.to_owned(),
        _ => media_type,
    };
    // the same frames as another media type are another answer
    let mut version = frames.version;
    version.add(media_type.as_bytes());
    let etag = ranges::etag(&version, if packaging == Packaging::Single { "frame" } else { "parts" });
    if let Some(response) = ranges::not_modified(&asker, &etag)? {
        return Ok(response);
    }
    let items = streams::begin(frames.frames, "frame").await?;
    if packaging == Packaging::Single {
        let content_type = headers::content_type(&media_type, &syntax);
        return known(&asker, &etag, &content_type, vec![items.first]).await;
    }
    let boundary = Boundary::new(version.bits());
    let content_type = boundary.content_type_in(&media_type, &syntax);
    let (head, closing) = (boundary.part_head(&media_type, Some(&syntax)), boundary.closing());
    if numbers.len() == 1 {
        return known(&asker, &etag, &content_type, vec![head, items.first, Boundary::PART_END, closing]).await;
    }
    let part = move |frame| stream::iter([Ok(head.clone()), Ok(frame), Ok(Boundary::PART_END)]);
    let body = items.all().map_ok(part).try_flatten().chain(streams::chunk(closing));
    let headers = [(header::CONTENT_TYPE, headers::value(content_type)?), (header::ETAG, headers::value(etag)?)];
    Ok((headers, streams::body(body)).into_response())
}

const OCTETS: &str = "application/octet-stream";

/// Packaging, media type and transfer syntax that were found for the instance.
type Found = Arc<OnceLock<(Packaging, String, Option<String>)>>;

/// What is chosen, and a place that remembers it for the answer's head.
fn remembering(asker: &Asker, count: usize) -> (archive::Choose, Found) {
    let (found, accept) = (Found::default(), asker.accept.clone());
    let (place, choose) = (found.clone(), negotiated::frames(&asker.accept, count));
    let remember = move |instance: &imaging_domain::Instance| {
        if let Ok(form) = accept.frames(&negotiated::stored(instance), count) {
            let syntax = Some(form.transfer_syntax.to_owned());
            place.get_or_init(|| (form.packaging, form.media_type.to_owned(), syntax));
        }
        choose(instance)
    };
    (Arc::new(remember), found)
}

/// An answer that is here as a whole, without copying it.
async fn known(asker: &Asker, etag: &str, content_type: &str, chunks: Vec<Bytes>) -> Result<Response, Error> {
    let length = chunks.iter().map(|chunk| chunk.len() as u64).sum();
    let bytes = |range| archive::cut(streams::chunks(chunks), range);
    ranges::answer(asker, etag, content_type, length, bytes).await
}
