//! Why a page's request was refused, and how it is told: a status and one word the page has a sentence for.

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use imaging_domain::ErrorKind;

/// After how many seconds somebody who was told 503 may come again.
const RETRY_AFTER_S: u64 = 5;

/// A refusal.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Nobody signed in.
    NotSignedIn,
    /// Name or password is wrong; which one is never told.
    WrongNameOrPassword,
    /// Too many failed sign-ins from there; may come again after so many seconds.
    TooManyFailures(u64),
    /// Another page sent it, or nobody says which page did.
    OtherOrigin,
    /// A body that is not JSON.
    NotJson,
    /// A body beyond the limit, or one that came too slowly.
    TooLarge,
    /// A body or query that means nothing.
    Malformed,
    /// The use case failed.
    Archive(archive::Error),
    /// The use case of study links failed.
    Links(study_links::Error),
    /// The hub, asked on behalf of a hospital's people, did not do it.
    Hub(federation::Error),
}

impl From<federation::Error> for Refusal {
    fn from(error: federation::Error) -> Self {
        Self::Hub(error)
    }
}

impl From<study_links::Error> for Refusal {
    fn from(error: study_links::Error) -> Self {
        Self::Links(error)
    }
}

impl From<archive::Error> for Refusal {
    fn from(error: archive::Error) -> Self {
        Self::Archive(error)
    }
}

impl Refusal {
    fn told(&self) -> (StatusCode, &'static str) {
        match self {
            Self::NotSignedIn => (StatusCode::UNAUTHORIZED, "not-signed-in"),
            Self::WrongNameOrPassword => (StatusCode::UNAUTHORIZED, "wrong-name-or-password"),
            Self::TooManyFailures(_) => (StatusCode::TOO_MANY_REQUESTS, "too-many-failures"),
            Self::OtherOrigin => (StatusCode::FORBIDDEN, "other-origin"),
            Self::NotJson => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
            Self::Malformed => (StatusCode::BAD_REQUEST, "malformed"),
            Self::Archive(error) => told_of(error.kind()),
            Self::Links(study_links::Error::TwoPersons) => (StatusCode::BAD_REQUEST, "two-persons"),
            Self::Links(error) => told_of(error.kind()),
            Self::Hub(federation::Error::Answer(answer)) => told_by_hub(answer),
            Self::Hub(error) => told_of(error.kind()),
        }
    }
}

/// The hub's own words of study links, passed on.
fn told_by_hub(answer: &str) -> (StatusCode, &'static str) {
    let passed_on = [
        ("not-found", StatusCode::NOT_FOUND),
        ("two-persons", StatusCode::BAD_REQUEST),
        ("malformed", StatusCode::BAD_REQUEST),
    ];
    let word = answer.rsplit(": ").next().unwrap_or_default();
    let known = passed_on.into_iter().find(|(known, _)| *known == word);
    known.map_or((StatusCode::SERVICE_UNAVAILABLE, "not-available"), |(word, status)| (status, word))
}

fn told_of(kind: ErrorKind) -> (StatusCode, &'static str) {
    match kind {
        ErrorKind::NotFound => (StatusCode::NOT_FOUND, "not-found"),
        ErrorKind::Forbidden => (StatusCode::FORBIDDEN, "not-allowed"),
        ErrorKind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "not-available"),
        ErrorKind::Invalid | ErrorKind::Conflict | ErrorKind::Unsupported | ErrorKind::TooLarge => {
            (StatusCode::BAD_REQUEST, "malformed")
        }
        ErrorKind::GivenUp | ErrorKind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, word) = self.told();
        let cause: Option<&dyn std::error::Error> = match &self {
            Self::Archive(error) => Some(error),
            Self::Links(error) => Some(error),
            Self::Hub(error) => Some(error),
            _ => None,
        };
        if let (true, Some(error)) = (status.is_server_error(), cause) {
            tracing::warn!(error, "page cannot be answered");
        }
        let retry_after_s = match self {
            Self::TooManyFailures(seconds) => Some(seconds),
            _ => (status == StatusCode::SERVICE_UNAVAILABLE).then_some(RETRY_AFTER_S),
        };
        let mut response = (status, Json(serde_json::json!({ "error": word }))).into_response();
        if let Some(seconds) = retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
