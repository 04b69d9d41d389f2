//! From where, and by which name, somebody came to a gate: `Forwarded` (RFC 7239) in the one form that gates write.

use crate::pages::origin;
use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header, uri::Authority},
};
use std::net::SocketAddr;

/// What a gate tells of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Forwarded {
    /// Where the request came from.
    pub(super) addr: SocketAddr,
    /// The name it was sent to.
    pub(super) host: Authority,
}

impl Forwarded {
    /// Of a request at a gate; `None` when it does not say to whom it was sent.
    pub(super) fn of(addr: SocketAddr, request: &Request) -> Option<Self> {
        let host = origin::own_authority(request)?.parse().ok()?;
        Some(Self { addr, host })
    }

    /// The header; `None` for a name that no header has room for.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let Self { addr, host } = self;
        // an authority has neither quotation marks nor backslashes in it
        HeaderValue::from_str(&format!("for=\"{addr}\";host=\"{host}\";proto=https")).ok()
    }

    /// Reads the header: once, and as gates write it.
    pub(super) fn read(headers: &HeaderMap) -> Option<Self> {
        let mut lines = headers.get_all(header::FORWARDED).iter();
        let (Some(line), None) = (lines.next(), lines.next()) else { return None };
        let rest = line.to_str().ok()?.strip_prefix("for=\"")?;
        let (addr, rest) = rest.split_once("\";host=\"")?;
        let host = rest.strip_suffix("\";proto=https")?;
        Some(Self { addr: addr.parse().ok()?, host: host.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    #[test]
    fn what_a_gate_writes_is_read_and_nothing_else() {
        for (addr, host) in [("192.0.2.1:4711", "links.example"), ("[2001:db8::1]:1", "[2001:db8::2]:8447")] {
            let request = Request::get("/s").header(header::HOST, host).body(Body::empty()).unwrap();
            let told = Forwarded::of(addr.parse().unwrap(), &request).unwrap();
            let headers = HeaderMap::from_iter([(header::FORWARDED, told.header().unwrap())]);
            assert_eq!(Forwarded::read(&headers), Some(told));
        }
        for text in [
            "",
            "for=192.0.2.1;host=links.example;proto=https",
            "for=\"192.0.2.1\";host=\"links.example\";proto=https",
            "for=\"192.0.2.1:1\";host=\"a\"b\";proto=https",
            "for=\"192.0.2.1:1\";host=\"\";proto=https",
            "for=\"192.0.2.1:1\";host=\"links.example\";proto=http",
            "for=\"192.0.2.1:1\";host=\"links.example\";proto=https, for=\"192.0.2.2:1\"",
        ] {
            let headers = HeaderMap::from_iter([(header::FORWARDED, text.parse().unwrap())]);
            assert_eq!(Forwarded::read(&headers), None, "{text}");
        }
        let twice = HeaderValue::from_static("for=\"192.0.2.1:1\";host=\"links.example\";proto=https");
        let mut headers = HeaderMap::from_iter([(header::FORWARDED, twice.clone())]);
        headers.append(header::FORWARDED, twice);
        assert_eq!(Forwarded::read(&headers), None);
    }

    #[test]
    fn who_names_nobody_is_not_passed_on() {
        let request = Request::get("/s").body(Body::empty()).unwrap();
        assert_eq!(Forwarded::of("192.0.2.1:1".parse().unwrap(), &request), None);
    }
}
