//! Cookies of sessions: read, and written so that no script and no other site has them.

use crate::admission::Transport;
use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};

/// A cookie of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cookie {
    name: &'static str,
    path: &'static str,
}

/// The session of somebody who signed in.
pub(crate) const SESSION: Cookie = Cookie { name: "session", path: "/" };
/// The session of somebody at a hospital's console; named apart, because cookies do not know ports.
pub(crate) const CONSOLE: Cookie = Cookie { name: "console", path: "/" };
/// The session of a link's own page, which is for `/s` alone.
pub(crate) const LINK: Cookie = Cookie { name: "link", path: "/s" };
/// The session of the full viewer, for one study of a link.
pub(crate) const READER: Cookie = Cookie { name: "reader", path: "/" };
/// Longer values are no secret of a session of ours.
pub(crate) const MAX_LENGTH: usize = 128;

impl Cookie {
    /// The session's secret of a request. HTTP/2 may send each cookie in a header of its own (RFC 9113 8.2.3).
    pub(crate) fn read(self, headers: &HeaderMap) -> Option<&str> {
        let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
        let mut cookies = lines.flat_map(|line| line.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
        let (_, token) = cookies.find(|(name, _)| *name == self.name)?;
        (!token.is_empty() && token.len() <= MAX_LENGTH).then_some(token)
    }

    /// What sets it for so many seconds; 0 takes it away. What came in the clear is set so that it comes so again.
    pub(crate) fn text(self, token: &str, max_age_s: i64, transport: Transport) -> String {
        let Self { name, path } = self;
        let secure = match transport {
            Transport::Tls => "Secure; ",
            Transport::Plain => "",
        };
        format!("{name}={token}; Max-Age={max_age_s}; Path={path}; {secure}HttpOnly; SameSite=Strict")
    }

    /// Sets it so. A secret is letters and digits, which fit into any header.
    pub(crate) fn set(self, response: &mut Response, token: &str, max_age_s: i64) {
        if let Ok(value) = HeaderValue::from_str(&self.text(token, max_age_s, Transport::Tls)) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}
