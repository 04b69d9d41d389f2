//! Bearer tokens on DICOMweb (RFC 6750), for scripts that have no session.

use super::{Error, Provider};
use crate::error;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::Response,
};

/// A layer: whoever shows a token is whom it speaks of, or is told what is wrong with it. A request without one goes on as
/// it came.
pub(crate) async fn layer(State(provider): State<Option<Provider>>, mut request: Request, next: Next) -> Response {
    let Some(shown) = shown(request.headers()) else { return next.run(request).await };
    let Some(provider) = provider else { return error::bearer_refused(&Error::Token("none is taken")) };
    match provider.bearer(&shown).await {
        Ok(principal) => {
            request.extensions_mut().insert(principal);
            next.run(request).await
        }
        Err(error) => error::bearer_refused(&error),
    }
}

/// The token of a request, empty when there are several or the header cannot be read.
fn shown(headers: &HeaderMap) -> Option<String> {
    let mut lines = headers.get_all(header::AUTHORIZATION).into_iter();
    let first = lines.next()?;
    let (scheme, token) = first.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    Some(if lines.next().is_none() { token.trim().to_owned() } else { String::new() })
}
