//! Asking, in three ways, with a stop-watch.

use super::kind::KINDS;
use access_control::{Object, Search, decide};
use anyhow::{Context, Result, ensure};
use axum::{Router, body::Body, http::Request};
use catalog::{Sqlite, StudyIndex};
use federation::{Credentials, Dialler, tls};
use futures_util::future::try_join_all;
use http_body_util::BodyExt;
use hub::{state::StateDir, wiring};
use imaging_domain::{Level, Principal};
use serde::de::IgnoredAny;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};
use tower::ServiceExt;
use viewer_api::DicomwebConfig;

const DICOM_JSON: &str = "application/dicom+json";
/// Steps between two studies that are asked for: prime, so that all come before one comes again.
const STRIDE: u32 = 7919;

/// When to stop.
#[derive(Clone, Copy)]
pub enum Until {
    /// After so long.
    Time(Duration),
    /// After so many questions.
    Count(usize),
}

/// How long the answers took.
#[derive(Default)]
pub struct Times {
    /// Of each kind.
    pub by_kind: [Vec<Duration>; KINDS.len()],
    results: [usize; KINDS.len()],
    seconds: f64,
}

impl Times {
    /// Results of a question of a kind, on average.
    pub fn mean_results(&self, kind: usize) -> f64 {
        self.results[kind] as f64 / self.by_kind[kind].len().max(1) as f64
    }

    /// Answers of all kinds per second.
    pub fn per_second(&self) -> f64 {
        self.by_kind.iter().map(Vec::len).sum::<usize>() as f64 / self.seconds
    }

    fn add(&mut self, other: Self) {
        for (mine, more) in self.by_kind.iter_mut().zip(other.by_kind) {
            mine.extend(more);
        }
        for (mine, more) in self.results.iter_mut().zip(other.results) {
            *mine += more;
        }
    }
}

/// Asks question after question; `ask` gives how many results came.
async fn ask_until(
    studies: u32,
    until: Until,
    next: &AtomicU32,
    mut ask: impl AsyncFnMut(String) -> Result<usize>,
) -> Result<Times> {
    let begun = Instant::now();
    let mut times = Times::default();
    for number in 0.. {
        if match until {
            Until::Time(time) => begun.elapsed() >= time,
            Until::Count(count) => number >= count,
        } {
            break;
        }
        let kind = number % KINDS.len();
        let study = next.fetch_add(1, Ordering::Relaxed).wrapping_mul(STRIDE) % studies;
        let query = (KINDS[kind].query)(study);
        let begin = Instant::now();
        let found = ask(query).await?;
        times.by_kind[kind].push(begin.elapsed());
        times.results[kind] += found;
    }
    times.seconds = begun.elapsed().as_secs_f64();
    Ok(times)
}

/// The hub's rooms in this process, over the same index file as the hub's.
pub struct Inside {
    index: Arc<Sqlite>,
    router: Router,
    next: AtomicU32,
}

impl Inside {
    /// Opens the index, and puts a second hub together without listeners. Within a runtime.
    pub fn open(config: &hub::Config) -> Result<Self> {
        let hub = wiring::assemble(config, "bench")?;
        let router = viewer_api::dicomweb_router(hub.archive, DicomwebConfig::default());
        let router = Router::new().nest("/dicomweb", router);
        Ok(Self { index: wiring::index(&StateDir::at(&config.dir))?, router, next: AtomicU32::new(0) })
    }

    /// Asks the index: no decision about access, no audit, no JSON.
    pub async fn ask_index(&self, studies: u32, until: Until) -> Result<Times> {
        let permit = decide::<Search>(&Principal::Service("bench"), Object::Region)?;
        ask_until(studies, until, &self.next, async |query| {
            let (query, _) = dicomweb::parse_search(Level::Study, &query)?;
            Ok(self.index.search(&permit, &query).await?.matches.len())
        })
        .await
    }

    /// Asks the router: all that the hub does, without a connection.
    pub async fn ask_router(&self, studies: u32, until: Until) -> Result<Times> {
        ask_until(studies, until, &self.next, async |query| {
            let request = Request::get(path(&query)).header("host", "bench").header("accept", DICOM_JSON);
            let request = request.extension(Principal::Machine("bench".into())).body(Body::empty())?;
            let response = self.router.clone().oneshot(request).await?;
            ensure!(response.status().is_success(), "{query} was answered with {}", response.status());
            let body = response.into_body().collect().await?.to_bytes();
            Ok(serde_json::from_slice::<Vec<IgnoredAny>>(&body)?.len())
        })
        .await
    }
}

/// A client of the hub.
pub struct Outside {
    dialler: Dialler,
    next: AtomicU32,
}

impl Outside {
    /// A client with a machine's certificate.
    pub fn new(config: &hub::Config, credentials: &Credentials) -> Result<Self> {
        let dialler = Dialler::new(config.listen.federation.to_string(), tls::mutual_client(credentials)?);
        Ok(Self { dialler, next: AtomicU32::new(0) })
    }

    /// Asks over so many connections at once, each of them kept.
    pub async fn ask(&self, connections: usize, studies: u32, until: Until) -> Result<Times> {
        let mut lines = vec![];
        for _ in 0..connections {
            lines.push(self.dialler.dial().await.context("the hub does not let us in")?);
        }
        let begun = Instant::now();
        let asking = lines.into_iter().map(|mut line| {
            ask_until(studies, until, &self.next, async move |query| {
                Ok(line.get::<Vec<IgnoredAny>>(&path(&query), DICOM_JSON).await?.len())
            })
        });
        let mut times = Times::default();
        for more in try_join_all(asking).await? {
            times.add(more);
        }
        times.seconds = begun.elapsed().as_secs_f64();
        Ok(times)
    }
}

fn path(query: &str) -> String {
    format!("/dicomweb/studies?{query}")
}
