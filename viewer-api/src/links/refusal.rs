//! Why a request of a link's page was refused, and how it is told: a status and one word that the page has a sentence for.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use imaging_domain::ErrorKind;
use serde_json::json;

/// After how many seconds somebody who was told 503 may come again.
const RETRY_AFTER_S: u64 = 3;

/// A refusal.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Refusal {
    /// The link opens nothing, whatever the cause.
    NotValid,
    /// The link is right and the PIN is not; so many more are borne.
    WrongPin(u32),
    /// Nobody opened a link, or what was opened has ended.
    NoSession,
    /// Too many wrong attempts from there, or from everywhere; after so many seconds there is another.
    SlowDown(u64),
    /// Another page sent it, it is no JSON, it is too long, or it means nothing.
    Malformed,
    /// What was asked for is not there, or not the link's to give.
    NotHere,
    /// It could not be answered now; the cause is in the log.
    Unavailable,
}

impl From<study_links::Error> for Refusal {
    fn from(error: study_links::Error) -> Self {
        match &error {
            study_links::Error::WrongPin { left } => Self::WrongPin(*left),
            study_links::Error::NotValid => Self::NotValid,
            other => of(other.kind(), &error),
        }
    }
}

impl From<archive::Error> for Refusal {
    fn from(error: archive::Error) -> Self {
        of(error.kind(), &error)
    }
}

fn of(kind: ErrorKind, error: &(dyn std::error::Error + 'static)) -> Refusal {
    match kind {
        ErrorKind::NotFound | ErrorKind::Forbidden => Refusal::NotHere,
        ErrorKind::Invalid | ErrorKind::Conflict | ErrorKind::Unsupported | ErrorKind::TooLarge => Refusal::Malformed,
        ErrorKind::Unavailable | ErrorKind::GivenUp | ErrorKind::Internal => {
            tracing::warn!(error, "a link's page cannot be answered");
            Refusal::Unavailable
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, body) = match self {
            Self::NotValid => (StatusCode::NOT_FOUND, json!({ "code": "not_valid" })),
            Self::WrongPin(left) => (StatusCode::UNAUTHORIZED, json!({ "code": "wrong_pin", "left": left })),
            Self::NoSession => (StatusCode::UNAUTHORIZED, json!({ "code": "no_session" })),
            Self::SlowDown(seconds) => {
                (StatusCode::TOO_MANY_REQUESTS, json!({ "code": "slow_down", "retry_after_s": seconds }))
            }
            Self::Malformed => (StatusCode::BAD_REQUEST, json!({ "code": "malformed" })),
            Self::NotHere => (StatusCode::NOT_FOUND, json!({ "code": "not_here" })),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, json!({ "code": "not_available" })),
        };
        let mut response = (status, Json(body)).into_response();
        let retry_after_s = match self {
            Self::SlowDown(seconds) => Some(seconds),
            Self::Unavailable => Some(RETRY_AFTER_S),
            _ => None,
        };
        if let Some(seconds) = retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
