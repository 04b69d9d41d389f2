//! What a request shows to say whose it is: a cookie of ours, or the token that a standard reader was given.

use crate::cookie::{Cookie, LINK, MAX_LENGTH, READER};
use axum::http::{HeaderMap, header};
use study_links::Door;

/// A session's secret and the door it was shown at. No `Debug`.
pub(super) struct Proof {
    pub(super) token: String,
    pub(super) door: Door,
}

impl Proof {
    /// At the link's own page.
    pub(super) fn page(headers: &HeaderMap) -> Option<Self> {
        Self::cookie(headers, LINK, Door::Page)
    }

    /// At the full viewer.
    pub(super) fn viewer(headers: &HeaderMap) -> Option<Self> {
        Self::cookie(headers, READER, Door::Viewer)
    }

    /// At the images: `Authorization: Bearer` (RFC 6750 2.1) goes before a cookie.
    pub(super) fn images(headers: &HeaderMap) -> Option<Self> {
        match headers.get(header::AUTHORIZATION) {
            None => Self::page(headers),
            Some(value) => {
                let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
                let is_one = scheme.eq_ignore_ascii_case("bearer") && token.len() <= MAX_LENGTH;
                is_one.then(|| Self { token: token.trim().to_owned(), door: Door::Reader })
            }
        }
    }

    fn cookie(headers: &HeaderMap, cookie: Cookie, door: Door) -> Option<Self> {
        cookie.read(headers).map(|token| Self { token: token.to_owned(), door })
    }
}
