//! 410 in place of 404 for what was here and was deleted (PS3.18 8.5, RFC 9110 15.5.11).

use super::{App, request::Place};
use crate::error::Error;
use axum::{
    extract::{FromRequestParts, Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use catalog::Scope;
use imaging_domain::Principal;

/// A layer of routes whose path names a study.
pub(super) async fn gone(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let place = Place::from_request_parts(&mut parts, &app).await;
    let who = parts.extensions.get().cloned().unwrap_or(Principal::Anonymous);
    let response = next.run(Request::from_parts(parts, body)).await;
    match place.and_then(|place| place.scope()) {
        Ok(scope) => or_gone(&app, &who, &scope, response).await,
        Err(_) => response,
    }
}

/// An answer about a scope.
pub(super) async fn or_gone(app: &App, who: &Principal, scope: &Scope, response: Response) -> Response {
    if response.status() != StatusCode::NOT_FOUND {
        return response;
    }
    match app.images.is_gone(who, scope).await {
        Ok(true) => Error::Gone.into_response(),
        Ok(false) => response,
        Err(error) => Error::from(error).into_response(),
    }
}
