//! The files of a manifest at addresses of their own: `GET /s/shl/file/{files}` and, for a report,
//! `GET /s/shl/file/{files}/{study}/{series}/{instance}`. The addresses are good as long as the reader's session, at most an hour.

use super::{Offer, fhir::MEDIA_TYPE, report, studies};
use crate::links::{guard, refusal::Refusal};
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use catalog::Scope;
use imaging_domain::{InstanceUid, SeriesUid, StudyUid};
use serde_json::Value;
use study_links::Shared;

/// The media type of an encrypted file.
const JOSE: &str = "application/jose";

/// The studies.
pub(super) async fn studies(State(offer): State<Offer>, Path(files): Path<String>) -> Result<Response, Refusal> {
    let shared = shared(&offer, &files).await?;
    let _turn = offer.making.acquire().await;
    let named = studies::named(&offer.app.archive, &shared.holder, &shared.holder.link.studies).await?;
    let file = studies::file(&offer.app.links.origin, &shared, &named);
    answer(&offer, &shared, &file).await
}

/// One report.
pub(super) async fn report(
    State(offer): State<Offer>,
    Path((files, study, series, instance)): Path<(String, String, String, String)>,
) -> Result<Response, Refusal> {
    let shared = shared(&offer, &files).await?;
    let study = StudyUid::parse(&study).map_err(|_| Refusal::NotHere)?;
    let series = SeriesUid::parse(&series).map_err(|_| Refusal::NotHere)?;
    let instance = InstanceUid::parse(&instance).map_err(|_| Refusal::NotHere)?;
    let _turn = offer.making.acquire().await;
    let (archive, holder) = (&offer.app.archive, &shared.holder);
    let named = studies::named(archive, holder, std::slice::from_ref(&study)).await?;
    let named = named.first().ok_or(Refusal::NotHere)?;
    let is_it = |scope: &Scope| scope.series.as_ref() == Some(&series) && scope.instance.as_ref() == Some(&instance);
    let mut reports = report::of_study(named).into_iter();
    let (scope, about) = reports.find(|(scope, _)| is_it(scope)).ok_or(Refusal::NotHere)?;
    let file = report::file(archive, &holder.principal, &offer.app.links.origin, named, (&scope, about)).await?;
    answer(&offer, &shared, &file).await
}

async fn shared(offer: &Offer, files: &str) -> Result<Shared, Refusal> {
    offer.app.links.shared(files).await?.ok_or(Refusal::NotValid)
}

/// Encrypted; nothing when the link ended while the file was made.
async fn answer(offer: &Offer, shared: &Shared, file: &Value) -> Result<Response, Refusal> {
    let jwe = shared.key.encrypt(MEDIA_TYPE, file.to_string().as_bytes());
    if offer.app.links.session(&shared.bearer).await?.is_none() {
        return Err(Refusal::NotValid);
    }
    let response = ([(header::CONTENT_TYPE, JOSE)], jwe).into_response();
    Ok(guard::until_it_ends(response, offer.app.links.clone(), shared.bearer.clone()))
}
