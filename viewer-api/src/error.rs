//! The one translation of failures into HTTP answers.

use crate::oidc;
use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use imaging_domain::{ErrorKind, Invalid, Principal, in_one_line};
use thiserror::Error;

/// After how many seconds somebody who was told 503 may come again.
const RETRY_AFTER_S: u32 = 5;
/// Media type of problem details.
const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Why a request was not answered as asked. As a response it is a status and problem details (RFC 9457) without patient
/// data.
#[derive(Debug, Error)]
pub enum Error {
    /// A use case failed.
    #[error(transparent)]
    Archive(#[from] archive::Error),
    /// A step of work was not found, made or changed.
    #[error(transparent)]
    Worklist(#[from] worklist::Error),
    /// A hospital's request failed.
    #[error(transparent)]
    Federation(#[from] federation::Error),
    /// The request means nothing, or nothing that can be given.
    #[error(transparent)]
    Dicomweb(#[from] ::dicomweb::Error),
    /// An identifier or value in the path is none.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// There is no such route, or there is nothing at it.
    #[error("{0} is not here")]
    NotFound(&'static str),
    /// The resource is not for this method.
    #[error("the resource has other methods")]
    Method,
    /// A page of another origin asks, which may not.
    #[error("another origin's page may not")]
    Foreign,
    /// It was here and was deleted.
    #[error("it was deleted")]
    Gone,
    /// It is in use already.
    #[error("{0}")]
    Conflict(&'static str),
    /// More came than a limit allows.
    #[error("{0} is too large")]
    TooLarge(&'static str),
    /// The bytes asked for lie beyond the end of so many.
    #[error("range is beyond the end")]
    Unsatisfiable(u64),
    /// The client went away before its body was whole.
    #[error("body broke off")]
    BrokenOff,
    /// A task of ours ended before its time.
    #[error("answer could not be made")]
    Task(#[from] tokio::task::JoinError),
    /// Something of ours could not be written as JSON or as a header.
    #[error("answer could not be written")]
    Unwritable,
}

impl Error {
    /// Which kind of failure.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Archive(error) => error.kind(),
            Self::Worklist(error) => error.kind(),
            Self::Federation(error) => error.kind(),
            Self::Dicomweb(error) => error.kind(),
            Self::Invalid(_) | Self::BrokenOff | Self::Unsatisfiable(_) | Self::Method => ErrorKind::Invalid,
            Self::TooLarge(_) => ErrorKind::TooLarge,
            Self::NotFound(_) | Self::Gone => ErrorKind::NotFound,
            Self::Foreign => ErrorKind::Forbidden,
            Self::Conflict(_) => ErrorKind::Conflict,
            Self::Task(_) | Self::Unwritable => ErrorKind::Internal,
        }
    }

    /// What is written where the failure is handled: the whole chain of causes.
    pub(crate) fn chain(&self) -> String {
        in_one_line(self)
    }
}

/// Status of a kind (RFC 9110 chapter 15). [`unauthorized`] makes 401 of 403 for somebody who proved nothing.
fn status(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Invalid => StatusCode::BAD_REQUEST,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::Unsupported => StatusCode::NOT_ACCEPTABLE,
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        // what was asked for is right and is there, and we could not: but no 503, because later we cannot either
        ErrorKind::GivenUp => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let kind = self.kind();
        let status = match &self {
            // the kind is that of an answer nobody takes; this is a body that we do not
            Self::Dicomweb(::dicomweb::Error::MediaType(_)) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            // the request was right; it is the stored pixels that cannot become what was asked for
            Self::Archive(archive::Error::Rendering(rendering::Error::Corrupt(_))) => StatusCode::NOT_ACCEPTABLE,
            Self::Unsatisfiable(_) => StatusCode::RANGE_NOT_SATISFIABLE,
            Self::Gone | Self::Worklist(worklist::Error::Forgotten) => StatusCode::GONE,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            _ => status(kind),
        };
        let told = match kind {
            ErrorKind::Internal => "internal error".to_owned(),
            ErrorKind::Unavailable => "not available now".to_owned(),
            ErrorKind::Forbidden => "not allowed".to_owned(),
            _ => self.to_string(),
        };
        match kind {
            ErrorKind::Internal => tracing::error!(error = self.chain(), "request failed"),
            ErrorKind::Unavailable => tracing::warn!(error = self.chain(), "request cannot be answered now"),
            ErrorKind::GivenUp => tracing::warn!(error = self.chain(), "request was given up"),
            _ => {}
        }
        let mut response = problem(status, &told);
        if kind == ErrorKind::Unavailable {
            response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER_S.into());
        }
        if let Self::Unsatisfiable(length) = self
            && let Ok(value) = HeaderValue::from_str(&format!("bytes */{length}"))
        {
            response.headers_mut().insert(header::CONTENT_RANGE, value);
        }
        response
    }
}

/// Problem details (RFC 9457).
fn problem(status: StatusCode, told: &str) -> Response {
    let problem = serde_json::json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or_default(),
        "status": status.as_u16(),
        "detail": told,
    });
    (status, [(header::CONTENT_TYPE, PROBLEM)], problem.to_string()).into_response()
}

/// A layer: whoever proved nothing and may not is asked to prove something (RFC 9110 15.5.2). No scheme that a browser
/// would open its own dialogue for is named, because people sign in on a page and machines by certificate.
pub(crate) async fn unauthorized(request: Request, next: Next) -> Response {
    let who = request.extensions().get::<Principal>();
    let nobody = matches!(who, None | Some(Principal::Anonymous));
    let mut response = next.run(request).await;
    if nobody && response.status() == StatusCode::FORBIDDEN {
        response = problem(StatusCode::UNAUTHORIZED, "nobody may without proving who it is");
        let scheme = HeaderValue::from_static("Session realm=\"imaging\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
    }
    response
}

/// A bearer token that is not taken (RFC 6750 3.1). Which check it failed is told to whoever holds it, never what is in it.
pub(crate) fn bearer_refused(error: &oidc::Error) -> Response {
    tracing::debug!(%error, "bearer token refused");
    let (status, code, told) = match error {
        oidc::Error::NoRole(_) => (StatusCode::FORBIDDEN, "insufficient_scope", "no role is given to this subject"),
        oidc::Error::Token(what) => (StatusCode::UNAUTHORIZED, "invalid_token", *what),
        _ => {
            tracing::warn!(%error, "bearer tokens cannot be checked now");
            return Error::Archive(archive::Error::Unavailable).into_response();
        }
    };
    let mut response = problem(status, told);
    let challenge = format!("Bearer realm=\"imaging\", error=\"{code}\", error_description=\"{told}\"");
    if let Ok(challenge) = HeaderValue::from_str(&challenge) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_status_and_no_inside_is_told() {
        for (error, expected) in [
            (Error::NotFound("study"), 404),
            (Error::Archive(archive::Error::NotFound("study")), 404),
            (Error::Archive(archive::Error::Unavailable), 503),
            (Error::Archive(archive::Error::Unsupported("no pixel data")), 406),
            (Error::Invalid(Invalid::new("x", "y")), 400),
            (Error::Dicomweb(::dicomweb::Error::TooLong("list")), 413),
            (Error::Dicomweb(::dicomweb::Error::MediaType("text")), 415),
            (Error::TooLarge("request"), 413),
            (Error::Conflict("identifier"), 409),
            (Error::Gone, 410),
            (Error::Method, 405),
            (Error::BrokenOff, 400),
            (Error::Unsatisfiable(7), 416),
            (Error::Archive(archive::Error::Busy), 503),
            (Error::Archive(rendering::Error::GivenUp(cage::Error::TimeLimit).into()), 500),
            (Error::Archive(archive::Error::Rendering(rendering::Error::Corrupt("pixels"))), 406),
            (Error::Archive(archive::Error::Rendering(rendering::Error::Busy)), 503),
            (Error::Unwritable, 500),
        ] {
            let response = error.into_response();
            assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
            assert_eq!(response.status().as_u16(), expected);
            assert_eq!(response.headers().contains_key(header::RETRY_AFTER), expected == 503);
        }
    }
}
