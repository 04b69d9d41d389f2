//! QIDO-RS (PS3.18 10.6): searches for studies, series and instances. An answer has as many results as were asked for, and
//! all when no limit was said: they are asked of the index and sent some after the other.

mod results;

use super::{
    App,
    found::{Found, answer},
    headers,
    request::{Asker, Place},
};
use crate::error::Error;
use ::dicomweb::{Warning, parse_search};
use axum::{extract::State, response::Response};
use imaging_domain::Level;
use results::Results;

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
    let model = asker.accept.search_answer()?;
    let (mut query, mut warnings) = parse_search(level, &asker.query)?;
    if let Some(study) = &place.study {
        query = query.in_study(study);
    }
    if let Some(series) = &place.series {
        query = query.in_series(series);
    }
    let mut results = Results::new(app.images, asker.who, query);
    let first = results.next().await?.unwrap_or_default();
    if results.is_cut().await? {
        warnings.push(Warning::MoreResults);
    }
    let mut response = answer(model, &asker.base, first, results).await?;
    headers::warn(&mut response, &asker.base, &warnings)?;
    Ok(response)
}
