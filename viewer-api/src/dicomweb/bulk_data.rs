//! WADO-RS bulk data (PS3.18 10.4.1.1.5): one value, by a `BulkDataURI` of ours or by the path of its element.

use super::{
    App, bulk_parts, headers, negotiated, ranges,
    request::{Asker, Place},
    streams::{self, Begun},
    use_cases::Items,
};
use crate::error::Error;
use ::dicomweb::{Boundary, BulkAddress, Packaging};
use archive::{Bulk, BulkData, BulkPart, BulkPlace, PartPlace, Version};
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, TryStreamExt, stream};

pub(super) const OCTETS: &str = "application/octet-stream";

/// `/bulkdata/{offset}-{length}` and `/bulkdata/{tag}/{item}/{tag}`. A value that is given as it is stored may be asked for in
/// ranges, which video elements do.
pub(super) async fn bulk_data(State(app): State<App>, asker: Asker, place: Place) -> Result<Response, Error> {
    let place_of_value = match BulkAddress::parse(place.value.as_deref().unwrap_or_default())? {
        BulkAddress::Span(offset, length) => BulkPlace::Span(offset, length),
        BulkAddress::Path(path, tag) => BulkPlace::Path(path, tag),
    };
    let choose = negotiated::pixels(&asker.accept);
    match app.images.bulk_data(&asker.who, &place.scope()?, &place_of_value, choose).await? {
        BulkData::Value(bulk) => value(&asker, bulk).await,
        BulkData::Pixels { version, parts } => pixels(asker, version, parts).await,
    }
}

async fn value(asker: &Asker, bulk: Bulk) -> Result<Response, Error> {
    let (packaging, media_type) = asker.accept.bulk_data(bulk.media_type)?;
    let mut version = bulk.version.clone();
    version.add(media_type.as_bytes());
    let etag = ranges::etag(&version, if packaging == Packaging::Single { "value" } else { "parts" });
    if let Some(response) = ranges::not_modified(asker, &etag)? {
        return Ok(response);
    }
    let length = bulk.length;
    if packaging == Packaging::Single {
        return ranges::answer(asker, &etag, media_type, length, |range| bulk.range(range)).await;
    }
    let boundary = Boundary::new(bulk.version.bits());
    let content_type = boundary.content_type(media_type);
    let (head, end) = (boundary.part_head(media_type, None), [&Boundary::PART_END[..], &boundary.closing()].concat());
    let whole = head.len() as u64 + length + end.len() as u64;
    let body = |range| {
        let parts = streams::chunks(vec![head]).chain(bulk.all()).chain(streams::chunks(vec![end.into()]));
        archive::cut(parts.boxed(), range)
    };
    ranges::answer(asker, &etag, &content_type, whole, body).await
}

/// Compressed pixel data: what is one part may be the body.
async fn pixels(asker: Asker, version: Version, parts: Items<BulkPart>) -> Result<Response, Error> {
    let Begun { first, rest } = streams::begin(parts, "pixel data").await?;
    let is_one = first.place == PartPlace::Pixels || first.instance.frames == 1;
    let instance = first.instance.clone();
    let form = asker.accept.pixels(&negotiated::stored(&instance), instance.frames as usize)?;
    if form.packaging == Packaging::Multipart || !is_one {
        return bulk_parts::written(asker, version, stream::iter([Ok(first)]).chain(rest).boxed()).await;
    }
    let syntax = first.transfer_syntax.clone().unwrap_or_default();
    let media_type = form.media_type_of(&syntax);
    let etag = ranges::etag(&version, media_type);
    if let Some(response) = ranges::not_modified(&asker, &etag)? {
        return Ok(response);
    }
    let content_type = headers::content_type(media_type, &syntax);
    let body = streams::begin_body(first.body).await?;
    let head = [(header::CONTENT_TYPE, headers::value(content_type)?), (header::ETAG, headers::value(etag)?)];
    Ok((head, streams::body(body.map_err(Error::from))).into_response())
}
