//! WADO-RS metadata (PS3.18 10.4.1.1.2): an array, or parts of XML, written some instances after the other. The texts are kept nearly
//! finished by the archive; only the addresses of bulk data begin with where this client sees the service.

use super::{
    App, headers,
    request::{Asker, Place},
    streams::{self, Begun},
};
use crate::error::Error;
use ::dicomweb::{Base, Boundary, DICOM_JSON, DICOM_XML, MetadataType};
use archive::HeaderText;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use imaging_domain::xml;

/// How many batches of headers are completed at once.
const WRITERS: usize = 2;

/// `/metadata` of a study, series or instance. Its entity tag is what the scope's series hold.
pub(super) async fn metadata(State(app): State<App>, asker: Asker, place: Place) -> Result<Response, Error> {
    let media_type = asker.accept.metadata()?;
    let found = app.images.header_texts(&asker.who, &place.scope()?).await?;
    // weak, because the answer may be compressed or not
    let etag = match media_type {
        MetadataType::Json => format!("W/\"{}\"", found.version),
        MetadataType::XmlParts => format!("W/\"{}-xml\"", found.version),
    };
    if headers::has(&asker.headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, headers::value(etag)?)]).into_response());
    }
    let texts = streams::begin(found.texts, "instance").await?;
    let base = asker.base;
    if media_type == MetadataType::XmlParts {
        return xml_parts(texts, base, etag);
    }
    let batches = texts.all().map_ok(move |batch| objects(batch, base.clone())).try_buffered(WRITERS);
    let elements = batches.enumerate().map(|(index, objects)| objects.map(|objects| elements(index, objects)));
    let body = elements.chain(streams::chunk(Bytes::from_static(b"]")));
    let headers = [(header::CONTENT_TYPE, headers::value(DICOM_JSON)?), (header::ETAG, headers::value(etag)?)];
    Ok((headers, streams::body(body)).into_response())
}

/// Headers as parts of the native DICOM model (PS3.19 A.1), one for each instance.
fn xml_parts(texts: Begun<Vec<HeaderText>>, base: Base, etag: String) -> Result<Response, Error> {
    let boundary = Boundary::new(rand::random());
    let content_type = headers::value(boundary.content_type(DICOM_XML))?;
    let closing = boundary.closing();
    let head = boundary.part_head(DICOM_XML, None);
    let batches = texts.all().map_ok(move |batch| documents(batch, base.clone(), head.clone())).try_buffered(WRITERS);
    let body = batches.map_ok(Bytes::from).chain(streams::chunk(closing));
    let headers = [(header::CONTENT_TYPE, content_type), (header::ETAG, headers::value(etag)?)];
    Ok((headers, streams::body(body)).into_response())
}

/// Headers as parts of XML, made aside as JSON is.
async fn documents(batch: Vec<HeaderText>, base: Base, head: Bytes) -> Result<Vec<u8>, Error> {
    let write = move || {
        let mut out = vec![];
        for text in batch {
            let uri = |offset, length| Some(base.bulk_data(&text.study, &text.series, &text.uid, offset, length));
            out.extend_from_slice(&head);
            out.extend_from_slice(xml::to_xml(&text.data_set()?, &uri).as_bytes());
            out.extend_from_slice(&Boundary::PART_END);
        }
        Ok(out)
    };
    tokio::task::spawn_blocking(write).await?
}

/// Headers as JSON, a comma before each; those of enhanced multi-frame images are megabytes, so it is done aside.
async fn objects(batch: Vec<HeaderText>, base: Base) -> Result<Vec<u8>, Error> {
    let write = move || {
        let mut out = vec![];
        for text in batch {
            out.push(b',');
            text.write(&base.bulk_data_of(&text.study, &text.series, &text.uid), &mut out);
        }
        out
    };
    Ok(tokio::task::spawn_blocking(write).await?)
}

/// The very first comma is the place of the bracket.
fn elements(index: usize, mut objects: Vec<u8>) -> Bytes {
    if let (0, Some(first)) = (index, objects.first_mut()) {
        *first = b'[';
    }
    objects.into()
}
