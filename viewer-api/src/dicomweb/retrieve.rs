//! WADO-RS files (PS3.18 10.4.1.1.1): a study, a series, an instance.

use super::{
    App, headers,
    negotiated::{self, BOTH, PARTS},
    ranges,
    request::{Asker, Place},
    streams::{self, Begun},
    zip,
};
use crate::error::Error;
use ::dicomweb::{Boundary, Packaging};
use archive::{File, Identity, Version};
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use catalog::Scope;
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};

const DICOM: &str = "application/dicom";

/// `/studies/{study}` and below.
pub(super) async fn files(State(app): State<App>, asker: Asker, place: Place) -> Result<Response, Error> {
    let scope = place.scope()?;
    if scope.instance.is_none() && asker.accept.is_zip() {
        return zip::zip(&app, &asker, &scope).await;
    }
    given(&app, &asker, &scope, Identity::Kept).await
}

/// The files of a scope, with or without who they are about.
pub(super) async fn given(app: &App, asker: &Asker, scope: &Scope, identity: Identity) -> Result<Response, Error> {
    let packagings = if scope.instance.is_some() { BOTH } else { PARTS };
    asker.accept.some_files(packagings)?;
    let choose = negotiated::telling(identity, negotiated::files(&asker.accept, packagings));
    let found = app.images.retrieve(&asker.who, scope, choose).await?;
    let version = found.version;
    let files = streams::begin(found.files, "instance").await?;
    match asker.accept.file(&negotiated::stored(&files.first.instance), packagings)?.packaging {
        Packaging::Single => single(asker, &version, files.first).await,
        Packaging::Multipart => multipart(asker, &version, files).await,
    }
}

/// One file as the body.
async fn single(asker: &Asker, version: &Version, file: File) -> Result<Response, Error> {
    let etag = ranges::etag(version, "file");
    if let Some(response) = ranges::not_modified(asker, &etag)? {
        return Ok(response);
    }
    let content_type = headers::content_type(DICOM, &file.transfer_syntax);
    if let Some(length) = file.size_bytes {
        return ranges::answer(asker, &etag, &content_type, length, |range| file.body.range(range)).await;
    }
    let body = streams::begin_body(file.body.all()).await?;
    let headers = [(header::CONTENT_TYPE, headers::value(content_type)?), (header::ETAG, headers::value(etag)?)];
    Ok((headers, streams::body(body.map_err(Error::from))).into_response())
}

/// Files as parts, each begun when the one before is sent. One that fails under way breaks the answer off: leaving it out
/// would look like a whole study.
async fn multipart(asker: &Asker, version: &Version, files: Begun<File>) -> Result<Response, Error> {
    let etag = ranges::etag(version, "parts");
    if let Some(response) = ranges::not_modified(asker, &etag)? {
        return Ok(response);
    }
    let Begun { first, rest } = files;
    let body = streams::begin_body(first.body.all()).await?;
    let first = File { body: archive::Content::Coming(body), ..first };
    let boundary = Boundary::new(version.bits());
    let content_type = headers::value(boundary.content_type(DICOM))?;
    let closing = boundary.closing();
    let parts = Begun { first, rest }.all().map_ok(move |file| part(&boundary, file));
    let body = streams::body(parts.try_flatten().chain(streams::chunk(closing)));
    Ok(([(header::CONTENT_TYPE, content_type), (header::ETAG, headers::value(etag)?)], body).into_response())
}

fn part(boundary: &Boundary, file: File) -> BoxStream<'static, Result<Bytes, Error>> {
    let head = boundary.part_head(DICOM, Some(&file.transfer_syntax));
    let body = file.body.all().map_err(Error::from);
    streams::chunk(head).chain(body).chain(streams::chunk(Boundary::PART_END)).boxed()
}
