//! Bodies that are one data set: requests for commitment, steps of work.

use super::store::{body_of, upload::Upload};
use crate::error::Error;
use ::dicomweb::{StoreBody, StoreKind, data_set_in_json, data_set_in_xml};
use axum::{
    body::Body,
    http::{HeaderMap, header::CONTENT_TYPE},
};
use imaging_domain::{DataSet, Invalid};
use tokio::task::spawn_blocking;

type Read = fn(&[u8]) -> Result<DataSet, ::dicomweb::Error>;

/// The data set of a body of at most so many bytes.
pub(super) async fn data_set(headers: &HeaderMap, body: Body, most: usize) -> Result<DataSet, Error> {
    if headers.contains_key(CONTENT_TYPE) {
        // said before anything is read
        reader(headers)?;
    }
    let read = data_set_if_any(headers, body, most).await?;
    read.ok_or_else(|| Invalid::new("request", "it has no body").into())
}

/// The same where there need not be a body, nor a head that says what it is.
pub(super) async fn data_set_if_any(headers: &HeaderMap, body: Body, most: usize) -> Result<Option<DataSet>, Error> {
    let text = Upload::new(headers, body, most as u64)?.whole().await?;
    if text.is_empty() {
        return Ok(None);
    }
    let read = reader(headers)?;
    Ok(Some(spawn_blocking(move || read(&text)).await??))
}

fn reader(headers: &HeaderMap) -> Result<Read, Error> {
    match body_of(headers)? {
        StoreBody::Single(StoreKind::Json) => Ok(data_set_in_json),
        StoreBody::Single(StoreKind::Xml) => Ok(data_set_in_xml),
        _ => Err(::dicomweb::Error::MediaType("a request is dicom+json or dicom+xml").into()),
    }
}
