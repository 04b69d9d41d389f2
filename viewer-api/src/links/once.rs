//! A link that is opened over a line that breaks: the page sends its request again, and one attempt stays one attempt, so that
//! it costs one try of the PIN and one opening however often its answer was lost.
//!
//! The page makes up a number for each PIN that is typed. Who repeats token, PIN and number within a minute is told what came of
//! them; with another PIN they are another attempt.

use super::{App, refusal::Refusal};
use moka::future::Cache;
use sha2::{Digest, Sha256};
use std::{net::IpAddr, sync::Arc, time::Duration};
use study_links::{Error, Opened};

/// How long what came of an attempt is remembered, and of how many.
const REMEMBERED: Duration = Duration::from_secs(60);
const MAX_REMEMBERED: u64 = 10_000;
/// The longest number of an attempt.
const MAX_NUMBER: usize = 64;

/// What opens a link. No `Debug`: it holds both secrets.
pub(super) struct Attempt {
    pub(super) token: String,
    pub(super) pin: String,
    /// Made up by the page; without it each request is an attempt of its own.
    pub(super) number: Option<String>,
}

/// What came of the attempts of the last minute.
pub(super) struct Once {
    outcomes: Cache<[u8; 32], Outcome>,
}

#[derive(Clone)]
enum Outcome {
    Opened(Arc<Opened>),
    WrongPin { left: u32 },
}

impl Default for Once {
    fn default() -> Self {
        Self { outcomes: Cache::builder().max_capacity(MAX_REMEMBERED).time_to_live(REMEMBERED).build() }
    }
}

/// Opens a link, or gives what an earlier request for the same attempt opened. Goes on when whoever asked hangs up: its
/// repetition finds the end of it.
pub(super) async fn opened(app: &App, attempt: Attempt, addr: Option<IpAddr>) -> Result<Arc<Opened>, Refusal> {
    let Some(key) = key(&attempt)? else { return Ok(Arc::new(checked(app, &attempt, addr).await?)) };
    let this = app.clone();
    let opening = tokio::spawn(async move {
        let once = Arc::clone(&this.once);
        let outcome = async {
            match checked(&this, &attempt, addr).await {
                Ok(opened) => Ok(Outcome::Opened(Arc::new(opened))),
                Err(Error::WrongPin { left }) => Ok(Outcome::WrongPin { left }),
                Err(other) => Err(Refusal::from(other)),
            }
        };
        once.outcomes.try_get_with(key, outcome).await
    });
    match opening.await {
        Ok(Ok(Outcome::Opened(opened))) => Ok(opened),
        Ok(Ok(Outcome::WrongPin { left })) => Err(Refusal::WrongPin(left)),
        Ok(Err(refusal)) => Err(*refusal),
        Err(_) => Err(Refusal::Unavailable),
    }
}

async fn checked(app: &App, attempt: &Attempt, addr: Option<IpAddr>) -> Result<Opened, Error> {
    let _turn = app.attempts.turn().await;
    app.links.open(&attempt.token, &attempt.pin, addr).await
}

/// Both secrets and the number, of which nothing is kept; `None` without a number.
fn key(attempt: &Attempt) -> Result<Option<[u8; 32]>, Refusal> {
    let Some(number) = &attempt.number else { return Ok(None) };
    if number.is_empty() || number.len() > MAX_NUMBER {
        return Err(Refusal::Malformed);
    }
    let mut hasher = Sha256::new();
    for part in [&attempt.token, &attempt.pin, number] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    Ok(Some(hasher.finalize().into()))
}
