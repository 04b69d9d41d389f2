//! Requests and answers made anew, so that nothing of how one side frames them reaches the other (RFC 9110 7.6, RFC 9112 11.2).
//!
//! Of a request the method and the path are taken where the tables have them, the headers that the hub reads, and a small body;
//! of an answer everything but what is the connection's own.

use super::forwarded::Forwarded;
use crate::links::Refusal;
use axum::{
    body::{Body, HttpBody},
    extract::Request,
    http::{HeaderMap, HeaderName, Method, Response, Uri, header, uri::PathAndQuery},
    response::Response as Answer,
};
use federation::Turn;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use study_links::MANIFESTS;

/// The longest body of a request: secrets, a PIN.
const MAX_BODY_BYTES: usize = 16 << 10;
/// The longest path with its query: a list of 1,000 UIDs fits.
const MAX_PATH_BYTES: usize = 96 << 10;

const READING: &[&str] = &["GET", "HEAD", "OPTIONS"];

/// What begins with this may be asked in these ways. Files and pages of the full viewer are the rest ([`is_file`]).
const DOORS: [(&str, &[&str]); 4] = [
    ("/s/api/", &["GET", "HEAD", "POST"]),
    ("/s/dicomweb/", READING),
    (MANIFESTS, &["GET", "HEAD", "POST", "OPTIONS"]),
    ("/dicomweb/", READING),
];

/// The headers of a request that the hub reads.
const TAKEN: [HeaderName; 14] = [
    header::ACCEPT,
    header::ACCEPT_CHARSET,
    header::ACCEPT_ENCODING,
    header::ACCEPT_LANGUAGE,
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    header::COOKIE,
    header::IF_NONE_MATCH,
    header::IF_RANGE,
    header::ORIGIN,
    header::RANGE,
    header::ACCESS_CONTROL_REQUEST_METHOD,
    header::ACCESS_CONTROL_REQUEST_HEADERS,
    HeaderName::from_static("sec-fetch-site"),
];

/// The headers of an answer that are about one connection only.
const OF_CONNECTIONS: [HeaderName; 8] = [
    header::CONNECTION,
    header::PROXY_AUTHENTICATE,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// The request as the hub gets it.
pub(super) fn request(asked: Request, told: &Forwarded) -> Result<Request, Refusal> {
    let path = asked.uri().path_and_query().filter(|path| path.as_str().len() <= MAX_PATH_BYTES);
    let path = path.filter(|path| is_open(asked.method(), path)).cloned().ok_or(Refusal::NotHere)?;
    let has_body = asked.method() == Method::POST;
    let most = if has_body { MAX_BODY_BYTES } else { 0 };
    if asked.body().size_hint().lower() > most as u64 || !has_body && !asked.body().is_end_stream() {
        return Err(Refusal::Malformed);
    }
    let (head, body) = asked.into_parts();
    let body = if has_body { Body::new(Limited::new(body, MAX_BODY_BYTES)) } else { Body::empty() };
    let mut out = Request::new(body);
    *out.method_mut() = head.method;
    // which hub that is the lines know
    let uri = Uri::builder().scheme("https").authority("hub").path_and_query(path).build();
    *out.uri_mut() = uri.map_err(|_| Refusal::Malformed)?;
    *out.headers_mut() = taken(&head.headers);
    out.headers_mut().insert(header::FORWARDED, told.header().ok_or(Refusal::Malformed)?);
    Ok(out)
}

/// The answer as whoever asked gets it; its place is free when it has come whole or nobody wants it any more.
pub(super) fn answer(answer: Response<Incoming>, turn: Turn) -> Answer {
    let (head, body) = answer.into_parts();
    let body = body.map_frame(move |frame| {
        let _place = &turn;
        frame
    });
    let mut out = Answer::new(Body::new(body));
    *out.status_mut() = head.status;
    *out.headers_mut() = head.headers;
    for name in OF_CONNECTIONS {
        out.headers_mut().remove(name);
    }
    out
}

fn taken(headers: &HeaderMap) -> HeaderMap {
    let mut out = HeaderMap::new();
    for name in TAKEN {
        for value in headers.get_all(&name) {
            out.append(name.clone(), value.clone());
        }
    }
    out
}

fn is_open(method: &Method, path: &PathAndQuery) -> bool {
    let door = DOORS.iter().find(|(begins, _)| path.path().starts_with(begins));
    match door {
        Some((_, ways)) => ways.contains(&method.as_str()),
        None => matches!(*method, Method::GET | Method::HEAD) && is_file(path.path()),
    }
}

/// Whether a path may name a file or a page of the full viewer: plain letters, and no folder of points.
fn is_file(path: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path != "/s" && !path.starts_with("/s/") && path.bytes().all(is_plain) && !path.contains("/.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn remade(request: Request) -> Result<Request, Refusal> {
        let told = Forwarded { addr: "192.0.2.1:1".parse().unwrap(), host: "links.example".parse().unwrap() };
        super::request(request, &told)
    }

    #[test]
    fn only_what_the_tables_have_is_passed_on() {
        for (method, path, expected) in [
            ("GET", "/s/api/link", true),
            ("POST", "/s/api/open", true),
            ("DELETE", "/s/api/link", false),
            ("GET", "/s/dicomweb/studies?limit=1", true),
            ("POST", "/s/dicomweb/studies", false),
            ("OPTIONS", "/s/dicomweb/studies", true),
            ("POST", "/s/shl/abc", true),
            ("PUT", "/dicomweb/studies", false),
            ("GET", "/dicomweb/studies", true),
            ("GET", "/viewer?StudyInstanceUIDs=1.2", true),
            ("GET", "/app.bundle.0123.js", true),
            ("POST", "/viewer", false),
            ("GET", "/s/other", false),
            ("GET", "/../etc", false),
            ("GET", "/a/.well-known", false),
            ("GET", "/a%2fb", false),
            ("CONNECT", "/viewer", false),
            ("TRACE", "/s/api/link", false),
        ] {
            let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
            assert_eq!(remade(request).is_ok(), expected, "{method} {path}");
        }
    }

    #[test]
    fn a_request_has_nothing_in_it_that_the_hub_does_not_read() {
        let request = Request::get("https://links.example/s/api/link?a=b")
            .header("host", "elsewhere")
            .header("forwarded", "for=\"203.0.113.9:1\";host=\"x\";proto=https")
            .header("x-forwarded-for", "203.0.113.9")
            .header("connection", "cookie, upgrade")
            .header("upgrade", "h2c")
            .header("transfer-encoding", "chunked")
            .header("content-length", "7")
            .header("te", "trailers")
            .header("cookie", "link=a")
            .header("cookie", "other=b")
            .body(Body::empty())
            .unwrap();
        let made = remade(request).unwrap();
        assert_eq!(made.uri(), "https://hub/s/api/link?a=b");
        let told = "for=\"192.0.2.1:1\";host=\"links.example\";proto=https";
        assert_eq!(made.headers().get(header::FORWARDED), Some(&HeaderValue::from_static(told)));
        assert_eq!(made.headers().get_all(header::COOKIE).iter().count(), 2);
        assert_eq!(made.headers().len(), 3);
    }

    #[tokio::test]
    async fn a_body_is_passed_on_so_far() {
        let post = |body| Request::post("/s/api/open").body(body).unwrap();
        let made = remade(post(Body::from("{}"))).unwrap();
        assert_eq!(made.into_body().collect().await.unwrap().to_bytes(), "{}");
        let reading = Request::get("/s/api/link").body(Body::from("GET / HTTP/1.1")).unwrap();
        assert!(remade(reading).is_err(), "a body that nobody reads");
        assert!(remade(post(Body::from(vec![0; MAX_BODY_BYTES + 1]))).is_err());
        let pieces = futures_util::stream::iter([vec![0; MAX_BODY_BYTES], vec![0]].map(Ok::<_, std::io::Error>));
        let unknown = remade(post(Body::from_stream(pieces))).unwrap();
        assert!(unknown.into_body().collect().await.is_err(), "its length was not told before");
    }
}
