//! `GET /api/overview`: the region at a glance.

use super::{App, refusal::Refusal, session::Asker};
use axum::{Json, extract::State};
use imaging_domain::SiteSummary;
use serde_json::{Value, json};

/// `{totals: {studies, series, instances, conflicts}, sites: [{id, name, connected, studies, instances, backlog,
/// last_change_ms}]}`; times are milliseconds since 1970 UTC, `backlog` is changes the site has and the hub has not,
/// null when nobody knows.
pub(super) async fn overview(State(app): State<App>, asker: Asker) -> Result<Json<Value>, Refusal> {
    let (totals, sites) = app.cases.overview(&asker.somebody()?).await?;
    let sites: Vec<Value> = sites.iter().map(|(site, connected)| described(site, *connected)).collect();
    Ok(Json(json!({
        "totals": {
            "studies": totals.studies,
            "series": totals.series,
            "instances": totals.instances,
            "conflicts": totals.conflicts,
        },
        "sites": sites,
    })))
}

fn described(site: &SiteSummary, connected: bool) -> Value {
    // Not every summary knows a backlog.
    let backlog = serde_json::to_value(site).ok().and_then(|summary| summary.get("backlog").cloned());
    json!({
        "id": site.site,
        "name": site.name,
        "connected": connected,
        "studies": site.studies,
        "instances": site.instances,
        "backlog": backlog,
        "last_change_ms": site.last_change_ms,
    })
}
