//! QIDO-RS (PS3.18 10.6): searches for studies, series and instances. An answer has as many results as were asked for, and
//! all when no limit was said: they are asked of the index and sent some after the other.

mod results;
mod writer;

use super::{
    App, headers,
    request::{Asker, Place},
    streams,
};
use crate::error::Error;
use ::dicomweb::{SearchAnswer, Warning, parse_search};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use catalog::Match;
use futures_util::{StreamExt, stream};
use imaging_domain::Level;
use results::Results;
use writer::Writer;

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
    let mut response = answer(Writer::new(model, asker.base.clone()), first, results).await?;
    headers::warn(&mut response, &asker.base, &warnings)?;
    Ok(response)
}

/// The first results, and the others while the client reads them.
async fn answer(writer: Writer, first: Vec<Match>, results: Results) -> Result<Response, Error> {
    if first.is_empty() && writer.model == SearchAnswer::Xml {
        // There is no multipart body without parts.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let content_type = [(header::CONTENT_TYPE, headers::value(writer.content_type())?)];
    let first = writer.clone().write(true, first).await?;
    // An empty array rather than 204: OHIF reads the body of either.
    if results.is_finished() {
        return Ok((content_type, [first, writer.end()].concat()).into_response());
    }
    let end = writer.end();
    let others = stream::try_unfold((results, writer), async |(mut results, writer)| {
        let Some(batch) = results.next().await? else { return Ok(None) };
        let text = writer.clone().write(false, batch).await?;
        Ok::<_, Error>(Some((Bytes::from(text), (results, writer))))
    });
    let body = streams::chunk(first.into()).chain(others).chain(streams::chunk(end.into()));
    Ok((content_type, streams::body(body)).into_response())
}
