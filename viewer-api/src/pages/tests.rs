//! The pages as a browser sees them, over an archive that is not there.

mod worklist;

use super::{
    Config, routes,
    session::identify_by,
    use_cases::{SignIn, UseCases},
};
use crate::cookie::SESSION;
use archive::{Availability, Basis, Error, History, SignedIn};
use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
    middleware,
    response::Response,
};
use catalog::{Answer, Match, Totals};
use imaging_domain::{DataSet, Matching, Principal, Query, Role, SiteId, SiteSummary, StudyUid};
use serde_json::{Value, json};
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};
use tower::ServiceExt;

const NOW_MS: i64 = 1_700_000_000_000;

/// One account, one session, two sites, one study.
struct Fake;

fn radiologist() -> Principal {
    Principal::User { name: "wang".to_owned(), role: Role::Radiologist }
}

fn found(study: &str) -> Match {
    Match {
        attributes: DataSet::new(),
        study: StudyUid::parse(study).unwrap(),
        series: None,
        instance: None,
        sites: vec![SiteId::parse("hospital-01").unwrap()],
    }
}

#[async_trait]
impl SignIn for Fake {
    async fn sign_in(&self, name: &str, password: &str) -> Result<SignedIn, Error> {
        match (name, password) {
            ("wang", "right") => {
                Ok(SignedIn { token: "secret".to_owned(), principal: radiologist(), expires_ms: NOW_MS + 3_600_000 })
            }
            ("broken", _) => Err(Error::Unavailable),
            _ => Err(Error::NotFound("account")),
        }
    }

    async fn session(&self, token: &str) -> Result<Principal, Error> {
        match token {
            "secret" => Ok(radiologist()),
            "broken" => Err(Error::Unavailable),
            _ => Ok(Principal::Anonymous),
        }
    }

    async fn sign_out(&self, _: &str) -> Result<(), Error> {
        Ok(())
    }
}

#[async_trait]
impl UseCases for Fake {
    async fn sign_in_by_provider(&self, _: Principal) -> Result<SignedIn, Error> {
        Err(Error::Unavailable)
    }

    async fn refused_by_provider(&self, _: Option<&str>) -> Result<(), Error> {
        Ok(())
    }

    async fn overview(&self, _: &Principal) -> Result<(Totals, Vec<(SiteSummary, bool)>), Error> {
        let site = SiteSummary {
            site: SiteId::parse("hospital-01").unwrap(),
            name: "医院".to_owned(),
            held_by_hub: false,
            studies: 2,
            instances: 3,
            position: 4,
            last_change_ms: Some(5),
            backlog: Some(0),
        };
        Ok((Totals { studies: 2, series: 2, instances: 3, conflicts: 1 }, vec![(site, true)]))
    }

    async fn search(&self, _: &Principal, query: &Query) -> Result<Answer, Error> {
        if !query.sites.is_empty() {
            assert_eq!(query.page.limit, 50);
            return Ok(Answer { matches: vec![found("1.2")], more: true });
        }
        let Matching::List(studies) = &query.keys[0].matching else { panic!("not a list") };
        let matches = studies.iter().filter(|study| *study == "1.2").map(|study| found(study));
        Ok(Answer { matches: matches.collect(), more: false })
    }

    async fn count(&self, _: &Principal, query: &Query, at_most: u32) -> Result<u32, Error> {
        Ok(if query.keys.is_empty() { at_most } else { 7 })
    }

    async fn availability(&self, _: &Principal, found: &[Match]) -> Result<Vec<Availability>, Error> {
        Ok(vec![Availability::Partly; found.len()])
    }

    async fn history(&self, _: &Principal, study: &StudyUid) -> Result<History, Error> {
        if study.as_str() != "1.2" {
            return Err(Error::NotFound("study"));
        }
        let other = (found("1.3"), Some(Basis::Similar), Availability::Offline);
        Ok(History { studies: vec![(found("1.2"), None, Availability::Online), other], more: false })
    }
}

/// As the hub puts it together.
fn pages() -> Router {
    let config = Config {
        clock: || NOW_MS,
        peer: |extensions| extensions.get().copied(),
        viewer: Some("https://hub:8446".to_owned()),
        origin: "https://hub:8445".to_owned(),
        provider: None,
    };
    routes(Arc::new(Fake), config)
        .layer(middleware::from_fn(async |request, next| identify_by(&Fake, SESSION, request, next).await))
}

fn request(method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Request {
    let mut request = Request::builder().method(method).uri(path).header(header::HOST, "hub:8445");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::from(body.to_owned())).unwrap();
    request.extensions_mut().insert(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)));
    request
}

async fn get(path: &str, headers: &[(&str, &str)]) -> Response {
    pages().oneshot(request(Method::GET, path, headers, "")).await.unwrap()
}

async fn sign_in(pages: &Router, headers: &[(&str, &str)], body: &str) -> Response {
    pages.clone().oneshot(request(Method::POST, "/api/sign-in", headers, body)).await.unwrap()
}

async fn json_of(response: Response) -> Value {
    serde_json::from_slice(&to_bytes(response.into_body(), 1 << 16).await.unwrap()).unwrap()
}

fn one<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

const JSON: (&str, &str) = ("content-type", "application/json");
const COOKIE: (&str, &str) = ("cookie", "theme=dark; session=secret");
const RIGHT: &str = r#"{"name":"wang","password":"right"}"#;
const WRONG: &str = r#"{"name":"wang","password":"wrong"}"#;

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    for (path, status, caching) in [
        ("/", 200, "no-cache"),
        ("/assets/main.js", 200, "no-cache"),
        ("/assets/../Cargo.toml", 404, "no-store"),
        ("/assets/none.js", 404, "no-store"),
        ("/api/me", 200, "no-store"),
        ("/api/overview", 401, "no-store"),
    ] {
        let response = get(path, &[]).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        let headers = response.headers();
        assert_eq!(
            one(headers, "content-security-policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            "{path}"
        );
        assert_eq!(one(headers, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(one(headers, "referrer-policy"), "no-referrer", "{path}");
        assert_eq!(one(headers, "cache-control"), caching, "{path}");
    }
}

#[tokio::test]
async fn files_are_typed_compressed_and_asked_about() {
    let page = get("/", &[]).await;
    assert_eq!(one(page.headers(), "content-type"), "text/html; charset=utf-8");
    let etag = one(page.headers(), "etag").to_owned();
    for (named, status) in
        [(etag.clone(), 304), (format!("\"x\", {etag}"), 304), ("*".to_owned(), 304), ("W/\"x\"".to_owned(), 200)]
    {
        assert_eq!(get("/", &[("if-none-match", &named)]).await.status().as_u16(), status, "{named}");
    }
    let script = get("/assets/main.js", &[("accept-encoding", "gzip")]).await;
    assert_eq!(one(script.headers(), "content-type"), "text/javascript; charset=utf-8");
    assert_eq!(one(script.headers(), "content-encoding"), "gzip");
}

#[tokio::test]
async fn signing_in_sets_a_strict_cookie() {
    let own = [JSON, ("origin", "https://hub:8445"), ("sec-fetch-site", "same-origin")];
    let response = sign_in(&pages(), &own, RIGHT).await;
    assert_eq!(response.status(), StatusCode::OK);
    let cookie = one(response.headers(), "set-cookie");
    assert_eq!(cookie, "session=secret; Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=Strict");
    let answer = json_of(response).await;
    assert_eq!(
        answer,
        json!({ "name": "wang", "role": "radiologist", "viewer": "https://hub:8446", "provider": null })
    );
}

#[tokio::test]
async fn every_wrong_sign_in_is_answered_alike() {
    let mut answers = Vec::new();
    for body in [WRONG, r#"{"name":"nobody","password":"right"}"#] {
        let response = sign_in(&pages(), &[JSON], body).await;
        assert!(!response.headers().contains_key(header::SET_COOKIE));
        answers.push((response.status(), response.headers().clone(), json_of(response).await));
    }
    assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn failures_have_a_budget_and_bad_requests_do_not_use_it() {
    let pages = pages();
    for _ in 0..20 {
        assert_eq!(sign_in(&pages, &[JSON], "{}").await.status(), StatusCode::BAD_REQUEST);
        assert_eq!(sign_in(&pages, &[JSON], RIGHT).await.status(), StatusCode::OK);
    }
    for _ in 0..10 {
        assert_eq!(sign_in(&pages, &[JSON], WRONG).await.status(), StatusCode::UNAUTHORIZED);
    }
    for body in [WRONG, RIGHT] {
        let response = sign_in(&pages, &[JSON], body).await;
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(one(response.headers(), "retry-after"), "60");
    }
    let mut elsewhere = request(Method::POST, "/api/sign-in", &[JSON], RIGHT);
    elsewhere.extensions_mut().insert(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2)));
    assert_eq!(pages.oneshot(elsewhere).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn other_pages_and_other_bodies_are_refused() {
    let large = format!(r#"{{"name":"wang","password":"{}"}}"#, "x".repeat(4096));
    for (headers, body, status) in [
        (vec![JSON, ("origin", "https://evil.example")], RIGHT, 403),
        (vec![JSON, ("origin", "https://hub:8446")], RIGHT, 403),
        (vec![JSON, ("origin", "null")], RIGHT, 403),
        (vec![JSON, ("sec-fetch-site", "cross-site")], RIGHT, 403),
        (vec![JSON, ("sec-fetch-site", "same-site")], RIGHT, 403),
        (vec![("content-type", "text/plain")], RIGHT, 415),
        (vec![("content-type", "application/x-www-form-urlencoded")], RIGHT, 415),
        (vec![], RIGHT, 415),
        (vec![("content-type", "Application/JSON; charset=utf-8")], RIGHT, 200),
        (vec![JSON], "not json", 400),
        (vec![JSON], r#"{"name":"wang","password":"right","more":1}"#, 400),
        (vec![JSON], large.as_str(), 413),
        (vec![JSON], r#"{"name":"broken","password":""}"#, 503),
    ] {
        let response = sign_in(&pages(), &headers, body).await;
        assert_eq!(response.status().as_u16(), status, "{headers:?} {body}");
    }
    assert_eq!(get("/api/sign-in", &[]).await.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn signing_out_takes_the_cookie_away() {
    let leave = request(Method::POST, "/api/sign-out", &[JSON, COOKIE], "{}");
    let response = pages().oneshot(leave).await.unwrap();
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(one(response.headers(), "set-cookie"), "session=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Strict");
    let foreign = request(Method::POST, "/api/sign-out", &[JSON, COOKIE, ("sec-fetch-site", "cross-site")], "{}");
    assert_eq!(pages().oneshot(foreign).await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_cookie_tells_who_asks() {
    let long = format!("session={}", "x".repeat(129));
    for (cookie, name) in [
        ("session=secret", json!("wang")),
        ("theme=dark; session=secret", json!("wang")),
        ("session=other", Value::Null),
        ("session=", Value::Null),
        ("xsession=secret", Value::Null),
        (long.as_str(), Value::Null),
        ("theme=dark", Value::Null),
    ] {
        assert_eq!(json_of(get("/api/me", &[("cookie", cookie)]).await).await["name"], name, "{cookie}");
    }
    assert_eq!(get("/api/me", &[("cookie", "session=broken")]).await.status(), StatusCode::SERVICE_UNAVAILABLE);
}

/// What lies behind sees the principal; a request of another page that would change something is nobody's.
#[tokio::test]
async fn what_lies_behind_sees_the_principal() {
    let behind = async |request: Request| format!("{:?}", request.extensions().get::<Principal>());
    let router = Router::new()
        .fallback(behind)
        .layer(middleware::from_fn(async |request, next| identify_by(&Fake, SESSION, request, next).await));
    let hub = Principal::Hub;
    for (method, headers, proven, seen) in [
        (Method::GET, vec![COOKIE], None, radiologist()),
        (Method::GET, vec![COOKIE, ("sec-fetch-site", "cross-site")], None, radiologist()),
        (Method::POST, vec![COOKIE, ("sec-fetch-site", "same-origin")], None, radiologist()),
        (Method::POST, vec![COOKIE, ("sec-fetch-site", "cross-site")], None, Principal::Anonymous),
        (Method::POST, vec![COOKIE, ("origin", "https://hub:8446")], None, Principal::Anonymous),
        (Method::GET, vec![], None, Principal::Anonymous),
        (Method::GET, vec![], Some(&hub), hub.clone()),
        (Method::GET, vec![COOKIE], Some(&Principal::Anonymous), radiologist()),
    ] {
        let mut request = request(method, "/dicomweb/studies", &headers, "");
        if let Some(proven) = proven {
            request.extensions_mut().insert(proven.clone());
        }
        let body = to_bytes(router.clone().oneshot(request).await.unwrap().into_body(), 1024).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&body), format!("{:?}", Some(seen)), "{headers:?}");
    }
}

#[tokio::test]
async fn the_overview_has_its_shape() {
    let answer = json_of(get("/api/overview", &[COOKIE]).await).await;
    let expected = json!({
        "totals": { "studies": 2, "series": 2, "instances": 3, "conflicts": 1 },
        "sites": [{
            "id": "hospital-01", "name": "医院", "connected": true, "studies": 2, "instances": 3, "backlog": 0,
            "last_change_ms": 5,
        }],
    });
    assert_eq!(answer, expected);
}

#[tokio::test]
async fn holders_are_told_of_studies_that_are_there() {
    let answer = json_of(get("/api/holders?study=1.2&study=1.3", &[COOKIE]).await).await;
    assert_eq!(answer, json!({ "holders": { "1.2": ["hospital-01"] } }));
    assert_eq!(json_of(get("/api/holders", &[COOKIE]).await).await, json!({ "holders": {} }));
    let many = format!("/api/holders?{}", vec!["study=1.2"; 101].join("&"));
    for (path, headers, status) in [
        ("/api/holders?study=1.2", vec![], 401),
        ("/api/holders?study=a/b", vec![COOKIE], 400),
        ("/api/holders?other=1.2", vec![COOKIE], 400),
        (many.as_str(), vec![COOKIE], 400),
    ] {
        assert_eq!(get(path, &headers).await.status().as_u16(), status, "{path}");
    }
}
