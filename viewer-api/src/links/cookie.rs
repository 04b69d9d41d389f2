//! The two cookies: of a link's own page, which is for `/s` alone, and of the full viewer.

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};

/// A cookie of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cookie {
    name: &'static str,
    path: &'static str,
}

/// The session of a link's own page.
pub(super) const LINK: Cookie = Cookie { name: "link", path: "/s" };
/// The session of the full viewer.
pub(super) const READER: Cookie = Cookie { name: "reader", path: "/" };
/// Longer values are no session of ours.
const MAX_LENGTH: usize = 128;

impl Cookie {
    /// The session's secret of a request. HTTP/2 may send each cookie in a header of its own (RFC 9113 8.2.3).
    pub(super) fn read(self, headers: &HeaderMap) -> Option<&str> {
        let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
        let mut cookies = lines.flat_map(|line| line.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
        let (_, token) = cookies.find(|(name, _)| *name == self.name)?;
        (!token.is_empty() && token.len() <= MAX_LENGTH).then_some(token)
    }

    /// Sets it for so many seconds; 0 takes it away. A secret is letters and digits, which fit into any header.
    pub(super) fn set(self, response: &mut Response, token: &str, max_age_s: i64) {
        let Self { name, path } = self;
        let text = format!("{name}={token}; Max-Age={max_age_s}; Path={path}; Secure; HttpOnly; SameSite=Strict");
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}
