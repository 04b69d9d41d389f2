//! The session cookie: read into a principal, asked about.

use super::{Config, entrance::Entrance, origin, refusal::Refusal, use_cases::SignIn};
use crate::{
    cookie::{CONSOLE, Cookie, SESSION},
    oidc::Provider,
};
use archive::People;
use axum::{
    Json,
    extract::{FromRequestParts, Request, State},
    http::request::Parts,
    middleware::Next,
    response::{IntoResponse, Response},
};
use imaging_domain::{Principal, Role};
use serde_json::{Value, json};
use std::convert::Infallible;

/// A middleware: whose session the cookie is, as an `Extension<Principal>` for what lies behind. Without a cookie
/// what the connection proved stays, or it is [`Principal::Anonymous`]. For a request that changes something and that
/// another origin's page sent, the cookie is not read.
pub async fn identify(State(people): State<People>, request: Request, next: Next) -> Response {
    identify_by(&people, SESSION, request, next).await
}

/// The same at a hospital's console, whose sessions are another cookie's.
pub async fn identify_at_console(State(people): State<People>, request: Request, next: Next) -> Response {
    identify_by(&people, CONSOLE, request, next).await
}

pub(super) async fn identify_by(people: &dyn SignIn, cookie: Cookie, mut request: Request, next: Next) -> Response {
    let readable = request.method().is_safe() || !origin::is_foreign(&request);
    let session = match cookie.read(request.headers()).filter(|_| readable) {
        Some(token) => people.session(token).await,
        None => Ok(Principal::Anonymous),
    };
    match session {
        Err(error) => return Refusal::from(error).into_response(),
        Ok(Principal::Anonymous) if request.extensions().get::<Principal>().is_some() => {}
        Ok(principal) => {
            request.extensions_mut().insert(principal);
        }
    }
    next.run(request).await
}

/// Who asks, as [`identify`] or the accept loop noted it.
pub(crate) struct Asker(pub(super) Principal);

impl<S: Sync> FromRequestParts<S> for Asker {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get().cloned().unwrap_or(Principal::Anonymous)))
    }
}

impl Asker {
    /// Who, when it is somebody.
    pub(crate) fn somebody(self) -> Result<Principal, Refusal> {
        if self.0 == Principal::Anonymous { Err(Refusal::NotSignedIn) } else { Ok(self.0) }
    }
}

/// `GET /api/me`: `{name, role, viewer, provider}`. `name`, `role` and `viewer`, the origin of the full viewer, are null when
/// nobody signed in; `provider` is what the identity provider is called, null when there is none. That is an answer and no refusal, because
/// the page asks it first of all to know what to show.
pub(super) async fn me(State(entrance): State<Entrance>, Asker(who): Asker) -> Json<Value> {
    Json(match &who {
        Principal::User { name, role } => described(name, *role, &entrance.config),
        _ => json!({ "name": null, "role": null, "viewer": null, "provider": label(&entrance.config) }),
    })
}

/// What the page is told about whoever signed in.
pub(super) fn described(name: &str, role: Role, config: &Config) -> Value {
    json!({ "name": name, "role": role.word(), "viewer": config.viewer, "provider": label(config) })
}

fn label(config: &Config) -> Option<&str> {
    config.provider.as_ref().map(Provider::label)
}
