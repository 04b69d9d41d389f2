//! WADO-RS bulk data (PS3.18 10.4.1.1.5): one value, by a `BulkDataURI` of ours or by the path of its element.

use super::{
    App, ranges,
    request::{Asker, Place},
    streams,
};
use crate::error::Error;
use ::dicomweb::{Boundary, BulkAddress, Packaging};
use archive::BulkPlace;
use axum::{extract::State, response::Response};
use futures_util::StreamExt;

pub(super) const OCTETS: &str = "application/octet-stream";

/// `/bulkdata/{offset}-{length}` and `/bulkdata/{tag}/{item}/{tag}`. It may be asked for in ranges, which video elements
/// do.
pub(super) async fn bulk_data(State(app): State<App>, asker: Asker, place: Place) -> Result<Response, Error> {
    let place_of_value = match BulkAddress::parse(place.value.as_deref().unwrap_or_default())? {
        BulkAddress::Span(offset, length) => BulkPlace::Span(offset, length),
        BulkAddress::Path(path, tag) => BulkPlace::Path(path, tag),
    };
    let packaging = asker.accept.bulk_data()?;
    let bulk = app.images.bulk_data(&asker.who, &place.scope()?, &place_of_value).await?;
    let etag = ranges::etag(&bulk.version, if packaging == Packaging::Single { "value" } else { "parts" });
    if let Some(response) = ranges::not_modified(&asker, &etag)? {
        return Ok(response);
    }
    let length = bulk.length;
    if packaging == Packaging::Single {
        return ranges::answer(&asker, &etag, OCTETS, length, |range| bulk.range(range)).await;
    }
    let boundary = Boundary::new(bulk.version.bits());
    let content_type = boundary.content_type(OCTETS);
    let (head, end) = (boundary.part_head(OCTETS, None), [&Boundary::PART_END[..], &boundary.closing()].concat());
    let whole = head.len() as u64 + length + end.len() as u64;
    let body = |range| {
        let parts = streams::chunks(vec![head]).chain(bulk.all()).chain(streams::chunks(vec![end.into()]));
        archive::cut(parts.boxed(), range)
    };
    ranges::answer(&asker, &etag, &content_type, whole, body).await
}
