//! `GET /api/history?study=UID`: what is known of the person whose study that is, across hospitals.

use super::{App, refusal::Refusal, session::Asker, studies};
use axum::{
    Json,
    extract::{RawQuery, State},
};
use imaging_domain::StudyUid;
use serde_json::{Value, json};

/// `{studies: [{attributes, sites, availability, basis}, …], more}`, the latest first: as the worklist has them, with why
/// each is shown: `opened`, `same-id`, `same-name`, or `similar`, which is not taken to be the same person.
pub(super) async fn history(
    State(app): State<App>,
    asker: Asker,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Refusal> {
    let who = asker.somebody()?;
    // No character that an identifier may have is ever escaped in a query (RFC 3986 2.3).
    let named = query.as_deref().and_then(|query| query.strip_prefix("study="));
    let study = named.and_then(|text| StudyUid::parse(text).ok()).ok_or(Refusal::Malformed)?;
    let history = app.cases.history(&who, &study).await?;
    let rows = history.studies.iter().map(|(one, basis, availability)| {
        let mut row = studies::row(one, *availability);
        row["basis"] = basis.map_or("opened", archive::Basis::word).into();
        row
    });
    Ok(Json(json!({ "studies": rows.collect::<Vec<_>>(), "more": history.more })))
}
