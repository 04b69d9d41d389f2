//! WADO-RS files (PS3.18 10.4.1.1.1): a study, a series, an instance.

use super::{
    App, headers,
    request::{Asker, Place},
    streams::{self, Begun},
};
use crate::error::Error;
use ::dicomweb::{Accept, Boundary, Packaging};
use archive::File;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};

const DICOM: &str = "application/dicom";

/// `/studies/{study}` and below.
pub(super) async fn files(State(app): State<App>, asker: Asker, place: Place) -> Result<Response, Error> {
    let scope = place.scope()?;
    let packaging = |stored| match scope.instance {
        Some(_) => asker.accept.file(stored),
        None => asker.accept.files(stored).map(|()| Packaging::Multipart),
    };
    packaging(None)?;
    let files = app.images.retrieve(&asker.who, &scope).await?;
    let Begun { first, rest } = streams::begin(files, "instance").await?;
    match packaging(Some(&first.instance.transfer_syntax))? {
        Packaging::Single => single(&asker, first).await,
        Packaging::Multipart => {
            let first = File { body: streams::begin_body(first.body).await?, ..first };
            multipart(asker.accept, Begun { first, rest })
        }
    }
}

/// One file as the body; its digest is its entity tag.
async fn single(asker: &Asker, file: File) -> Result<Response, Error> {
    let etag = format!("\"{}\"", file.instance.digest);
    if headers::has(&asker.headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, headers::value(etag)?)]).into_response());
    }
    let body = streams::begin_body(file.body).await?;
    let headers = [
        (header::CONTENT_TYPE, headers::value(DICOM)?),
        (header::CONTENT_LENGTH, file.instance.size_bytes.into()),
        (header::ETAG, headers::value(etag)?),
    ];
    Ok((headers, streams::body(body.map_err(Error::from))).into_response())
}

/// Files as parts, each begun when the one before is sent. A later file in a transfer syntax that the client does not
/// take breaks the answer off: leaving it out would look like a whole study.
fn multipart(accept: Accept, files: Begun<File>) -> Result<Response, Error> {
    let boundary = Boundary::new(rand::random());
    let content_type = headers::value(boundary.content_type(DICOM))?;
    let closing = boundary.closing();
    let parts = files.all().map(move |file| {
        let file = file?;
        accept.files(Some(&file.instance.transfer_syntax))?;
        Ok::<_, Error>(part(&boundary, file))
    });
    let body = streams::body(parts.try_flatten().chain(streams::chunk(closing)));
    Ok(([(header::CONTENT_TYPE, content_type)], body).into_response())
}

fn part(boundary: &Boundary, file: File) -> BoxStream<'static, Result<Bytes, Error>> {
    let head = boundary.part_head(DICOM, Some(&file.instance.transfer_syntax));
    let body = file.body.map_err(Error::from);
    streams::chunk(head).chain(body).chain(streams::chunk(Boundary::PART_END)).boxed()
}
