//! QIDO-RS (PS3.18 10.6): searches for studies, series and instances.

use super::{
    App, headers,
    request::{Asker, Place},
};
use crate::error::Error;
use ::dicomweb::{Base, DICOM_JSON, Warning, parse_search, search_json};
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use catalog::Match;
use imaging_domain::Level;

/// `/studies`
pub(super) async fn studies(State(app): State<App>, asker: Asker, place: Place) -> Result<Response, Error> {
    search(app, asker, place, Level::Study).await
}

/// `/series`, `/studies/{study}/series`
pub(super) async fn series(State(app): State<App>, asker: Asker, place: Place) -> Result<Response, Error> {
    search(app, asker, place, Level::Series).await
}

/// `/instances`, `/studies/{study}/instances`, `/studies/{study}/series/{series}/instances`
pub(super) async fn instances(State(app): State<App>, asker: Asker, place: Place) -> Result<Response, Error> {
    search(app, asker, place, Level::Instance).await
}

async fn search(app: App, asker: Asker, place: Place, level: Level) -> Result<Response, Error> {
    asker.accept.dicom_json()?;
    let (mut query, mut warnings) = parse_search(level, &asker.query)?;
    if let Some(study) = &place.study {
        query = query.in_study(study);
    }
    if let Some(series) = &place.series {
        query = query.in_series(series);
    }
    let answer = app.images.search(&asker.who, &query).await?;
    if answer.more {
        warnings.push(Warning::MoreResults);
    }
    let base = asker.base.clone();
    // Up to a thousand rows are milliseconds of work.
    let body = tokio::task::spawn_blocking(move || rows(answer.matches, &base)).await??;
    // An empty array rather than 204: OHIF reads the body of either.
    let mut response = ([(header::CONTENT_TYPE, DICOM_JSON)], body).into_response();
    headers::warn(&mut response, &asker.base, &warnings)?;
    Ok(response)
}

fn rows(matches: Vec<Match>, base: &Base) -> Result<Vec<u8>, Error> {
    let row = |found: Match| {
        search_json(found.attributes, base, &found.study, found.series.as_ref(), found.instance.as_ref())
    };
    let rows: Vec<_> = matches.into_iter().map(row).collect();
    serde_json::to_vec(&rows).map_err(|_| Error::Unwritable)
}
