//! `GET /api/holders?study=UID&study=UID…`: which sites hold these studies. QIDO-RS has no attribute for it.

use super::{App, refusal::Refusal, session::Asker};
use axum::{
    Json,
    extract::{RawQuery, State},
};
use imaging_domain::{Key, Level, Matching, Query, StudyUid, attribute, tags};
use serde_json::{Map, Value, json};

/// The most studies of one request; the page shows fewer.
const MAX_STUDIES: usize = 100;

/// `{holders: {UID: [site, …]}}`; a study that nobody holds, or that the asker may not see, is not there.
pub(super) async fn holders(
    State(app): State<App>,
    asker: Asker,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Refusal> {
    let who = asker.somebody()?;
    let studies = parse(query.as_deref().unwrap_or_default())?;
    let mut holders = Map::new();
    if !studies.is_empty() {
        for found in app.cases.search(&who, &by_uid(studies)).await?.matches {
            holders.insert(found.study.as_str().to_owned(), json!(found.sites));
        }
    }
    Ok(Json(json!({ "holders": holders })))
}

/// No character that an identifier may have is ever escaped in a query (RFC 3986 2.3).
fn parse(query: &str) -> Result<Vec<String>, Refusal> {
    let texts = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.strip_prefix("study="));
    let studies: Option<Vec<String>> = texts
        .take(MAX_STUDIES + 1)
        .map(|text| StudyUid::parse(text?).ok().map(|study| study.as_str().to_owned()))
        .collect();
    studies.filter(|studies| studies.len() <= MAX_STUDIES).ok_or(Refusal::Malformed)
}

fn by_uid(studies: Vec<String>) -> Query {
    let mut query = Query::at(Level::Study).page(MAX_STUDIES as u32, 0);
    if let Some(attribute) = attribute::find(&[tags::STUDY_INSTANCE_UID]) {
        query.keys.push(Key { attribute, matching: Matching::List(studies) });
    }
    query
}
