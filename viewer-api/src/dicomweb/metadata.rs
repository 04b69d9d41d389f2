//! WADO-RS metadata (PS3.18 10.4.1.1.2): an array, written one instance after the other.

use super::{
    App,
    request::{Asker, Place},
    streams,
};
use crate::error::Error;
use ::dicomweb::{Base, DICOM_JSON, metadata_json};
use archive::Metadata;
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};

/// How many headers are turned into JSON at once.
const WRITERS: usize = 4;

/// `/metadata` of a study, series or instance.
pub(super) async fn metadata(State(app): State<App>, asker: Asker, place: Place) -> Result<Response, Error> {
    asker.accept.dicom_json()?;
    let headers = app.images.metadata(&asker.who, &place.scope()?).await?;
    let headers = streams::begin(headers, "instance").await?;
    let base = asker.base;
    let objects = headers.all().map_ok(move |header| object(header, base.clone())).try_buffered(WRITERS);
    let elements = objects.enumerate().map(|(index, object)| object.map(|object| element(index, object)));
    let body = elements.chain(streams::chunk(Bytes::from_static(b"]")));
    Ok(([(header::CONTENT_TYPE, DICOM_JSON)], streams::body(body)).into_response())
}

/// A header as JSON; those of enhanced multi-frame images are megabytes, so it is done aside.
async fn object(header: Metadata, base: Base) -> Result<Vec<u8>, Error> {
    let write = move || {
        let json = metadata_json(header.attributes, &base, &header.instance);
        // The first byte is the place of the bracket or comma before the element.
        let mut out = vec![b','];
        serde_json::to_writer(&mut out, &json).map_err(|_| Error::Unwritable)?;
        Ok(out)
    };
    tokio::task::spawn_blocking(write).await?
}

fn element(index: usize, mut object: Vec<u8>) -> Bytes {
    if index == 0 {
        object[0] = b'[';
    }
    object.into()
}
