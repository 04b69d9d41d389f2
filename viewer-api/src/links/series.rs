//! `GET /s/api/series?study=UID&series=UID`: every instance of a series, in few bytes.

use super::{App, refusal::Refusal, session::Known};
use axum::{
    Json,
    extract::{Query, State},
};
use imaging_domain::{SeriesUid, StudyUid};
use serde::Deserialize;
use serde_json::{Value, json};

/// Which series.
#[derive(Deserialize)]
pub(super) struct Asked {
    study: String,
    series: String,
}

/// `{instances: [[UID, number, frames], …]}` by number; the number is null when it is none.
pub(super) async fn series(
    State(app): State<App>,
    Known(holder): Known,
    Query(asked): Query<Asked>,
) -> Result<Json<Value>, Refusal> {
    let study = StudyUid::parse(&asked.study).map_err(|_| Refusal::NotHere)?;
    let series = SeriesUid::parse(&asked.series).map_err(|_| Refusal::NotHere)?;
    let slices = app.archive.slices(&holder.principal, &study, &series).await?;
    let rows = slices.iter().map(|slice| json!([slice.instance.as_str(), slice.number, slice.frames]));
    Ok(Json(json!({ "instances": rows.collect::<Vec<_>>() })))
}
