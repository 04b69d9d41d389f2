//! WADO-RS bulk data (PS3.18 10.4.1.1.5): the bytes that a `BulkDataURI` of ours names.

use super::{
    App, headers,
    request::{Asker, Place},
    streams,
};
use crate::error::Error;
use ::dicomweb::{Boundary, Packaging, parse_span};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, TryStreamExt};

const OCTETS: &str = "application/octet-stream";

/// `/bulkdata/{offset}-{length}`. As the body it may be asked for in ranges, which video elements do.
pub(super) async fn bulk_data(State(app): State<App>, asker: Asker, place: Place) -> Result<Response, Error> {
    let (offset, length) = parse_span(place.span.as_deref().unwrap_or_default())?;
    let packaging = asker.accept.bulk_data()?;
    let range = match packaging {
        Packaging::Single => range(&asker.headers, length),
        Packaging::Multipart => None,
    };
    let (skip, take) = range.unwrap_or((0, length));
    let body = app.images.bulk_data(&asker.who, &place.scope()?, offset + skip, take).await?;
    let body = streams::begin_body(body).await?.map_err(Error::from);
    if packaging == Packaging::Multipart {
        let boundary = Boundary::new(rand::random());
        let content_type = headers::value(boundary.content_type(OCTETS))?;
        let body = streams::chunk(boundary.part_head(OCTETS, None))
            .chain(body)
            .chain(streams::chunk(Boundary::PART_END))
            .chain(streams::chunk(boundary.closing()));
        return Ok(([(header::CONTENT_TYPE, content_type)], streams::body(body)).into_response());
    }
    let headers = [
        (header::CONTENT_TYPE, headers::value(OCTETS)?),
        (header::ACCEPT_RANGES, headers::value("bytes")?),
        (header::CONTENT_LENGTH, take.into()),
    ];
    let mut response = (headers, streams::body(body)).into_response();
    if range.is_some() {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let content_range = format!("bytes {skip}-{}/{length}", skip + take - 1);
        response.headers_mut().insert(header::CONTENT_RANGE, headers::value(content_range)?);
    }
    Ok(response)
}

/// First byte and number of bytes of a `Range` header of one range (RFC 9110 14.1.2). Several ranges, and what cannot be
/// satisfied, are passed over: a server may always answer with the whole.
pub(super) fn range(headers: &HeaderMap, length: u64) -> Option<(u64, u64)> {
    let (from, to) = headers.get(header::RANGE)?.to_str().ok()?.strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = match (from, to) {
        ("", last) => (length.saturating_sub(last.parse().ok()?), length.checked_sub(1)?),
        (from, "") => (from.parse().ok()?, length.checked_sub(1)?),
        (from, to) => (from.parse().ok()?, to.parse::<u64>().ok()?.min(length.checked_sub(1)?)),
    };
    (from <= to).then(|| (from, to - from + 1))
}
