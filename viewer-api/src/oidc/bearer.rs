//! Bearer tokens on DICOMweb (RFC 6750), for scripts that have no session.

use super::{Error, Provider};
use crate::{budget::Budget, error};
use archive::People;
use async_trait::async_trait;
use axum::{
    extract::{Request, State},
    http::{Extensions, HeaderMap, header},
    middleware::Next,
    response::Response,
};
use imaging_domain::Principal;
use std::{
    fmt,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// Who holds which token, where tokens are made by the program itself.
#[async_trait]
pub trait TokenHolders: Send + Sync {
    /// Who shows a token; nobody when it is none.
    ///
    /// # Errors
    /// When that cannot be said now.
    async fn holder(&self, token: &str) -> Result<Option<Principal>, archive::Error>;
}

/// Who says whose a token is.
#[derive(Clone)]
enum Source {
    Provider(Provider),
    Own(Arc<dyn TokenHolders>),
}

impl Source {
    async fn who(&self, token: &str) -> Result<Principal, Error> {
        match self {
            Self::Provider(provider) => provider.bearer(token).await,
            Self::Own(holders) => match holders.holder(token).await {
                Ok(holder) => holder.ok_or(Error::Token("it is not known here")),
                Err(_) => Err(Error::Unreachable("what is known of tokens cannot be read".to_owned())),
            },
        }
    }
}

/// Whose tokens are taken, and where it is written down when one is not. Cheap to clone.
#[derive(Clone)]
pub struct Bearer {
    source: Source,
    people: People,
    peer: fn(&Extensions) -> Option<IpAddr>,
    refused: Arc<Refused>,
}

/// Refused tokens: how many of an address get an event of their own, and how many got none yet.
#[derive(Default)]
struct Refused {
    budget: Budget,
    untold: AtomicU64,
}

impl Bearer {
    /// Takes a provider's tokens; `peer` says where a request came from.
    pub fn new(provider: Provider, people: People, peer: fn(&Extensions) -> Option<IpAddr>) -> Self {
        Self { source: Source::Provider(provider), people, peer, refused: Arc::default() }
    }

    /// Takes tokens that the program itself made; `peer` says where a request came from.
    pub fn own(holders: Arc<dyn TokenHolders>, people: People, peer: fn(&Extensions) -> Option<IpAddr>) -> Self {
        Self { source: Source::Own(holders), people, peer, refused: Arc::default() }
    }

    /// Who shows a token. One that is refused is written down; those of an address that shows too many are counted in the
    /// next event, so that nobody fills the audit log from outside.
    async fn who(&self, token: &str, extensions: &Extensions) -> Result<Principal, Error> {
        let error = match self.source.who(token).await {
            Ok(principal) => return Ok(principal),
            // nothing was found wrong with the token
            Err(error @ (Error::Unreachable(_) | Error::Config(_))) => return Err(error),
            Err(error) => error,
        };
        let address = (self.peer)(extensions);
        if self.refused.budget.take(address, (self.people.clock)()).is_err() {
            self.refused.untold.fetch_add(1, Ordering::Relaxed);
            return Err(error);
        }
        let untold = self.refused.untold.swap(0, Ordering::Relaxed);
        if let Err(cause) = self.people.refused_by_provider(None, untold + 1).await {
            // the answer is no in either case
            self.refused.untold.fetch_add(untold + 1, Ordering::Relaxed);
            tracing::error!(error = %cause, "a refused token could not be written down");
        }
        Err(error)
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Provider(provider) => f.debug_tuple("Bearer").field(provider).finish(),
            Source::Own(_) => f.write_str("Bearer(own)"),
        }
    }
}

/// A layer: whoever shows a token is whom it speaks of, or is told what is wrong with it. A request without one goes on as
/// it came.
pub(crate) async fn layer(State(bearer): State<Option<Bearer>>, mut request: Request, next: Next) -> Response {
    let Some(shown) = shown(request.headers()) else { return next.run(request).await };
    let Some(bearer) = bearer else { return error::bearer_refused(&Error::Token("none is taken")) };
    match bearer.who(&shown, request.extensions()).await {
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
