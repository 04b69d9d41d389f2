//! Health and Prometheus metrics, for the region's operator: numbers about the region, none about patients.

use crate::error::Error;
use archive::Archive;
use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use federation::Intake;
use imaging_domain::Principal;
use metrics::gauge;
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

/// Who looks when a scraper does: the listener is on loopback.
const SCRAPER: Principal = Principal::Service("metrics");

#[derive(Clone)]
struct App {
    archive: Archive,
    intake: Intake,
    recorder: Recorder,
}

/// What was counted since it was made.
#[derive(Clone)]
pub struct Recorder(PrometheusHandle);

impl Recorder {
    /// Counts from now on: to be made before anything that counts, once in a process.
    ///
    /// # Errors
    /// When the process has a recorder already.
    pub fn install() -> Result<Self, BuildError> {
        Ok(Self(PrometheusBuilder::new().install_recorder()?))
    }

    /// What was counted, in the text format of Prometheus.
    pub fn render(&self) -> String {
        self.0.render()
    }
}

/// `/health` and `/metrics`.
pub fn metrics_router(archive: Archive, intake: Intake, recorder: Recorder) -> Router {
    let routes = Router::new().route("/health", get(health)).route("/metrics", get(metrics));
    routes.with_state(App { archive, intake, recorder })
}

/// Says that the index answers.
async fn health(State(app): State<App>) -> Result<&'static str, Error> {
    app.archive.overview(&SCRAPER).await?;
    Ok("ok\n")
}

async fn metrics(State(app): State<App>) -> Result<impl IntoResponse, Error> {
    let (totals, sites) = app.archive.overview(&SCRAPER).await?;
    gauge!("hub_studies").set(totals.studies as f64);
    gauge!("hub_instances").set(totals.instances as f64);
    gauge!("hub_conflicts").set(totals.conflicts as f64);
    for (summary, connected) in sites {
        let name = summary.site.to_string();
        let written = app.intake.last_written(&summary.site).unwrap_or(summary.position);
        let backlog = written.saturating_sub(summary.position);
        gauge!("hub_site_connected", "site" => name.clone()).set(f64::from(u8::from(connected)));
        gauge!("hub_site_instances", "site" => name.clone()).set(summary.instances as f64);
        gauge!("hub_site_backlog", "site" => name).set(backlog as f64);
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.recorder.render()))
}
