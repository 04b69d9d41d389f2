//! `GET /workitems` (PS3.18 11.9).

use super::{list, steps::Steps};
use crate::{
    dicomweb::{
        App,
        found::{Found, answer},
        headers,
        request::Asker,
    },
    error::Error,
};
use ::dicomweb::{DICOM_JSON, SearchAnswer, Warning, parse_worklist_search};
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use imaging_domain::DataSet;

pub(super) async fn workitems(State(app): State<App>, asker: Asker) -> Result<Response, Error> {
    let model = asker.accept.search_answer()?;
    let (query, mut warnings) = parse_worklist_search(&asker.query)?;
    let mut steps = Steps::new(list(&app)?.clone(), asker.who.clone(), query);
    let first = match steps.next().await? {
        Some(first) => first,
        None => {
            list(&app)?.given(&asker.who, 0).await?;
            vec![]
        }
    };
    if steps.has_more().await? {
        warnings.push(Warning::MoreResults);
    }
    let mut response = answer(model, &asker.base, first, steps).await?;
    headers::warn(&mut response, &asker.base, &warnings)?;
    Ok(response)
}

/// Data sets as one array.
pub(super) fn in_json(these: &[DataSet]) -> Result<Response, Error> {
    let text: Vec<String> = these.iter().map(|one| SearchAnswer::Json.write(one)).collect();
    Ok(([(header::CONTENT_TYPE, headers::value(DICOM_JSON)?)], format!("[{}]", text.join(","))).into_response())
}
