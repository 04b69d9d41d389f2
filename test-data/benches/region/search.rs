//! Searching an index of a whole region: each kind of question by itself, over 100,000 studies (`BENCH_SEARCH_STUDIES`) of
//! patients with Chinese names.
//!
//! The index alone, and the DICOMweb router in this process, which also decides, writes the audit log to the disk and
//! makes the JSON.

mod kinds;
mod people;
mod studies;

use crate::{figures::percentile_ms, fill::fill, sizes::Sizes, table};
use access_control::{Object, Permit, Search, decide};
use anyhow::{Result, ensure};
use axum::{Router, body::Body, http::Request};
use catalog::{Sqlite, StudyIndex};
use http_body_util::BodyExt;
use hub::{state::StateDir, wiring};
use imaging_domain::{Level, Principal};
use kinds::{KINDS, Kind};
use serde::de::IgnoredAny;
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};
use studies::STUDIES;
use tokio::runtime::Runtime;
use tower::ServiceExt;
use viewer_api::DicomwebConfig;

/// Questions of each kind, besides some before.
const QUESTIONS: u32 = 101;
/// Questions before anything is measured.
const WARM_UP: u32 = 5;
/// Steps between two studies that are asked for.
const STRIDE: u32 = 7919;

struct Inside {
    index: Arc<Sqlite>,
    permit: Permit<Search>,
    router: Router,
}

/// What one kind of question took.
struct Figures {
    results: f64,
    index: Vec<Duration>,
    router: Vec<Duration>,
}

/// Runs the part.
pub fn run(sizes: &Sizes, place: &Path) -> Result<()> {
    let config = hub::Config { dir: place.join("hub"), region: "Bench region".into(), ..Default::default() };
    let file = place.join("hub.toml");
    std::fs::write(&file, toml::to_string(&config)?)?;
    crate::children::command("hub", &file, &["init"])?;
    let runtime = Runtime::new()?;
    let filled = runtime.block_on(fill(&config, STUDIES, sizes.search_studies))?;
    let inside = runtime.block_on(async { Inside::open(&config) })?;
    let mut rows = vec![];
    for kind in &KINDS {
        let mut figures = runtime.block_on(inside.ask(kind, sizes.search_studies))?;
        let mut at = |times: fn(&mut Figures) -> &mut Vec<Duration>, share| {
            format!("{:.2}", percentile_ms(times(&mut figures), share))
        };
        let cells = [at(|f| &mut f.index, 0.5), at(|f| &mut f.index, 0.99), at(|f| &mut f.router, 0.5)];
        let [half, most, router] = cells;
        rows.push([kind.name.to_owned(), format!("{:.1}", figures.results), half, most, router]);
    }
    let title = format!("Searches over {} studies: milliseconds", sizes.search_studies);
    table::print(&title, ["by", "results", "index p50", "index p99", "router p50"], &rows);
    println!("  the index took {:.0} instances/s from the change feed", filled.per_second);
    println!("  and has {} MB of them", filled.bytes / 1_000_000);
    Ok(())
}

impl Inside {
    fn open(config: &hub::Config) -> Result<Self> {
        let hub = wiring::assemble(config, "bench")?;
        let router = viewer_api::dicomweb_router(hub.archive, DicomwebConfig::default());
        let permit = decide::<Search>(&Principal::Service("bench"), Object::Region)?;
        let router = Router::new().nest("/dicomweb", router);
        Ok(Self { index: wiring::index(&StateDir::at(&config.dir))?, permit, router })
    }

    async fn ask(&self, kind: &Kind, studies: u32) -> Result<Figures> {
        let mut figures = Figures { results: 0.0, index: vec![], router: vec![] };
        for number in 0..WARM_UP + QUESTIONS {
            let query = (kind.query)(number.wrapping_mul(STRIDE) % studies, studies);
            let begin = Instant::now();
            let (asked, _) = dicomweb::parse_search(Level::Study, &query)?;
            let found = self.index.search(&self.permit, &asked).await?.matches.len();
            let (index, begin) = (begin.elapsed(), Instant::now());
            let answered = self.answered(&query).await?;
            ensure!(answered == found, "{query} has {found} results and {answered}");
            if number >= WARM_UP {
                figures.index.push(index);
                figures.router.push(begin.elapsed());
                figures.results += found as f64 / f64::from(QUESTIONS);
            }
        }
        Ok(figures)
    }

    async fn answered(&self, query: &str) -> Result<usize> {
        let request = Request::get(format!("/dicomweb/studies?{query}")).header("host", "bench");
        let request = request.extension(Principal::Machine("bench".into())).body(Body::empty())?;
        let response = self.router.clone().oneshot(request).await?;
        ensure!(response.status().is_success(), "{query} was answered with {}", response.status());
        let body = response.into_body().collect().await?.to_bytes();
        Ok(serde_json::from_slice::<Vec<IgnoredAny>>(&body)?.len())
    }
}
