//! `GET /s/api/download?study=UID`: a study as a zip, where the link allows it.

use super::{App, guard, refusal::Refusal, session::Known};
use crate::cookie::LINK;
use axum::{
    body::Body,
    extract::{Query, Request, State},
    http::{HeaderValue, Uri, header},
    response::{IntoResponse, Response},
};
use imaging_domain::StudyUid;
use serde::Deserialize;
use tower::ServiceExt;

/// About how many bytes will come, for a progress bar.
const EXPECTED: &str = "x-expected-bytes";

/// Which study.
#[derive(Deserialize)]
pub(super) struct Asked {
    study: String,
}

/// The zip of the DICOMweb routes, written down in the link's history before it begins.
pub(super) async fn download(
    State(app): State<App>,
    Known(holder): Known,
    Query(asked): Query<Asked>,
    request: Request,
) -> Result<Response, Refusal> {
    let study = StudyUid::parse(&asked.study).map_err(|_| Refusal::NotHere)?;
    let bytes = app.archive.size_of(&holder.principal, &study).await?;
    let token = LINK.read(request.headers()).unwrap_or_default().to_owned();
    app.links.downloaded(&holder, (app.config.peer)(request.extensions())).await?;
    let path = format!("/studies/{}", study.as_str());
    let uri = Uri::builder().path_and_query(path).build().map_err(|_| Refusal::Malformed)?;
    let mut inner = Request::new(Body::empty());
    *inner.uri_mut() = uri;
    inner.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/zip"));
    inner.headers_mut().insert(header::HOST, HeaderValue::from_static("localhost"));
    inner.extensions_mut().insert(holder.principal.clone());
    let Ok(response) = app.images.clone().oneshot(inner).await;
    let mut response = guard::until_it_ends(response.into_response(), app.links.clone(), token);
    response.headers_mut().insert(EXPECTED, HeaderValue::from(bytes));
    response.headers_mut().remove(header::ETAG);
    Ok(response)
}
