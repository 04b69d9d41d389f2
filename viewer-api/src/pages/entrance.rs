//! Signing in by itself: what every listener for people has, whatever pages it shows beside.

use super::{
    Config, session, sign_in,
    use_cases::{SignIn, UseCases},
};
use crate::{budget::Budget, cookie::Cookie};
use axum::{
    Router,
    routing::{get, post},
};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Passwords checked at once: each takes the memory of one Argon2id run, before anybody proved anything.
const CHECKS_AT_ONCE: usize = 4;

/// What signing in needs.
#[derive(Clone)]
pub(super) struct Entrance {
    pub(super) people: Arc<dyn SignIn>,
    pub(super) config: Arc<Config>,
    pub(super) cookie: Cookie,
    pub(super) budget: Arc<Budget>,
    pub(super) checks: Arc<Semaphore>,
}

/// `/api/sign-in`, `/api/sign-out` and `/api/me`, with sessions in this cookie.
pub(super) fn routes(people: Arc<dyn SignIn>, config: Arc<Config>, cookie: Cookie) -> Router {
    let (budget, checks) = (Arc::default(), Arc::new(Semaphore::new(CHECKS_AT_ONCE)));
    Router::new()
        .route("/api/sign-in", post(sign_in::sign_in))
        .route("/api/sign-out", post(sign_in::sign_out))
        .route("/api/me", get(session::me))
        .with_state(Entrance { people, config, cookie, budget, checks })
}

/// The people among the use cases of the pages.
pub(super) fn people(cases: Arc<dyn UseCases>) -> Arc<dyn SignIn> {
    cases
}
