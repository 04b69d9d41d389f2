//! STOW-RS (PS3.18 10.5): instances of a request are stored each for itself, and the answer says what became of each.

mod apart;
mod arrivals;
mod assemble;
mod files;
pub(super) mod port;
mod reason;
pub(super) mod upload;

use super::{
    App, headers,
    request::{Asker, Place},
};
use crate::error::Error;
use ::dicomweb::{DICOM_JSON, DICOM_XML, StoreAnswer, StoreBody, StoreCounts, StoreKind, StoreOutcome, store_response};
use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use imaging_domain::{DataSet, Invalid, StudyUid, json, xml};
use port::Deposits;
use upload::Upload;

/// After how many seconds a client may come again to whom nothing could be stored.
const RETRY_AFTER_S: u32 = 10;

/// `POST /studies` and `/studies/{study}`.
pub(super) async fn store(State(app): State<App>, asker: Asker, place: Place, body: Body) -> Result<Response, Error> {
    // who may not is told before anything of the body is read
    let deposits = app.images.deposits(&asker.who).await?;
    let wanted = asker.accept.store_answer()?;
    let kind = body_of(&asker.headers)?;
    let upload = Upload::new(&asker.headers, body, app.config.max_store_bytes)?;
    let (outcomes, unavailable) = take(deposits.as_ref(), place.study.as_ref(), upload, kind).await?;
    if outcomes.is_empty() {
        return Err(Invalid::new("body", "it has no part").into());
    }
    count(&outcomes);
    answer(wanted, &store_response(&asker.base, &outcomes), status(StoreCounts::of(&outcomes), unavailable))
}

/// What the head says of a body.
pub(super) fn body_of(headers: &HeaderMap) -> Result<StoreBody, Error> {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    if text(header::CONTENT_ENCODING).is_some_and(|coding| !coding.eq_ignore_ascii_case("identity")) {
        return Err(::dicomweb::Error::MediaType("a body with a content coding is not read").into());
    }
    Ok(StoreBody::parse(text(header::CONTENT_TYPE))?)
}

async fn take(
    deposits: &dyn Deposits,
    study: Option<&StudyUid>,
    upload: Upload,
    body: StoreBody,
) -> Result<(Vec<StoreOutcome>, bool), Error> {
    let arrivals = match body {
        StoreBody::Single(StoreKind::Files) => files::single(deposits, study, upload).await?,
        StoreBody::Single(kind) => apart::single(deposits, study, upload, kind).await?,
        StoreBody::Parts { kind: None | Some(StoreKind::Files), boundary } => {
            files::parts(deposits, study, upload, &boundary).await?
        }
        StoreBody::Parts { kind: Some(kind), boundary } => {
            apart::parts(deposits, study, upload, &boundary, kind).await?
        }
    };
    arrivals.all().await
}

/// PS3.18 table 10.5.3-1: all stored as sent, some, none; and 503 when none could be now, so that a client tries again.
fn status(counts: StoreCounts, unavailable: bool) -> StatusCode {
    match counts {
        StoreCounts { stored: 0, .. } if unavailable => StatusCode::SERVICE_UNAVAILABLE,
        StoreCounts { stored: 0, .. } => StatusCode::CONFLICT,
        StoreCounts { warned: 0, failed: 0, .. } => StatusCode::OK,
        _ => StatusCode::ACCEPTED,
    }
}

fn answer(wanted: StoreAnswer, data_set: &DataSet, status: StatusCode) -> Result<Response, Error> {
    let mut response = data_set_answer(wanted, data_set, status)?;
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER_S.into());
    }
    Ok(response)
}

/// One data set as an answer.
pub(super) fn data_set_answer(wanted: StoreAnswer, data_set: &DataSet, status: StatusCode) -> Result<Response, Error> {
    let (content_type, text) = match wanted {
        StoreAnswer::Json => (DICOM_JSON, json::to_json(data_set, &|_, _| None).to_string()),
        StoreAnswer::Xml => (DICOM_XML, xml::to_xml(data_set, &|_, _| None)),
    };
    // some clients compare the type as a whole: nothing is added to it
    Ok((status, [(header::CONTENT_TYPE, headers::value(content_type)?)], text).into_response())
}

fn count(outcomes: &[StoreOutcome]) {
    let counts = StoreCounts::of(outcomes);
    for (word, number) in [("stored", counts.stored), ("refused", counts.failed)] {
        metrics::counter!("stow_instances_total", "outcome" => word).increment(number as u64);
    }
}
