//! `GET /oidc/sign-in?to=PATH` sends the browser to the provider, `GET /oidc/callback` takes it back.

use super::{Error, Provider};
use archive::SignedIn;
use async_trait::async_trait;
use axum::{
    Router,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use imaging_domain::Principal;
use percent_encoding::percent_decode_str;
use std::sync::Arc;

/// Cookie of the browser that began a sign-in. The provider's page leads back, so it has to come along from another site
/// (`Lax`); it opens nothing by itself.
const COOKIE: &str = "sign-in";
/// The longest path to go on at.
const MAX_TO: usize = 2048;
/// The longest code or state.
const MAX_VALUE: usize = 4096;

/// What becomes of somebody whom the provider has named.
#[async_trait]
pub(crate) trait Opened: Send + Sync {
    /// Opens a session for a principal that the provider vouched for; the session's cookie.
    async fn open(&self, who: Principal) -> Result<(SignedIn, String), archive::Error>;
    /// Somebody was not let in; by which name, when the provider named somebody who has no role.
    async fn refused(&self, named: Option<&str>) -> Result<(), archive::Error>;
}

#[derive(Clone)]
struct App {
    provider: Provider,
    opened: Arc<dyn Opened>,
    redirect_uri: Arc<str>,
}

/// The two routes, for a listener whose origin is `origin` (`https://host:port`).
pub(crate) fn routes(provider: Provider, opened: Arc<dyn Opened>, origin: &str) -> Router {
    let app = App { provider, opened, redirect_uri: format!("{origin}/oidc/callback").into() };
    Router::new().route("/oidc/sign-in", get(begin)).route("/oidc/callback", get(end)).with_state(app)
}

async fn begin(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    let to = value(query.as_deref(), "to").filter(|to| is_own(to)).unwrap_or_else(|| "/".to_owned());
    match app.provider.begin(&to, &app.redirect_uri).await {
        Ok((address, browser)) => {
            let cookie = format!("{COOKIE}={browser}; Max-Age=600; Path=/oidc; Secure; HttpOnly; SameSite=Lax");
            led(&address, &[cookie])
        }
        Err(error) => failed(&error),
    }
}

async fn end(State(app): State<App>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    match ended(&app, query.as_deref(), &headers).await {
        Ok(response) => response,
        Err(error) => {
            // a failure to write it down is written to the log; the answer is no in either case
            let named = if let Error::NoRole(name) = &error { Some(name.as_str()) } else { None };
            if let Err(error) = app.opened.refused(named).await {
                tracing::error!(error = %error, "a refused sign-in could not be written down");
            }
            failed(&error)
        }
    }
}

async fn ended(app: &App, query: Option<&str>, headers: &HeaderMap) -> Result<Response, Error> {
    let state = value(query, "state").ok_or(Error::NotBegun)?;
    let begun = app.provider.end(&state, browser(headers))?;
    if value(query, "error").is_some() {
        return Err(Error::Refused("it let nobody in"));
    }
    let code = value(query, "code").ok_or(Error::Refused("it gave no code"))?;
    let who = app.provider.redeem(&code, &begun, &app.redirect_uri).await?;
    let gone = format!("{COOKIE}=; Max-Age=0; Path=/oidc; Secure; HttpOnly; SameSite=Lax");
    match app.opened.open(who).await {
        Ok((_, cookie)) => Ok(led(&begun.to, &[cookie, gone])),
        Err(error) => Ok(crate::Error::from(error).into_response()),
    }
}

/// Sends the browser on. The address is the provider's, or a path of ours.
fn led(address: &str, cookies: &[String]) -> Response {
    let Ok(address) = HeaderValue::from_str(address) else { return failed(&Error::Config("an address")) };
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response();
    for cookie in cookies.iter().filter_map(|cookie| HeaderValue::from_str(cookie).ok()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// A page of two sentences; what went wrong inside is in the log.
fn failed(error: &Error) -> Response {
    tracing::warn!(%error, "sign-in by the provider failed");
    let (status, english, chinese) = match error {
        Error::NoRole(_) => (StatusCode::FORBIDDEN, "Your account has no role here.", "您的账号在此没有角色。"),
        Error::Unreachable(_) | Error::Config(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, "The sign-in service cannot be reached.", "无法连接登录服务。")
        }
        _ => (StatusCode::FORBIDDEN, "The sign-in did not succeed.", "登录未成功。"),
    };
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{english}</title>\
         <p>{english}</p><p lang=\"zh-CN\">{chinese}</p><p><a href=\"/\">Back · 返回</a></p></html>"
    );
    (status, Html(page)).into_response()
}

/// Whether an address is a path of ours: nothing that a browser would take for another origin (WHATWG URL 4.4).
fn is_own(to: &str) -> bool {
    let is_plain = to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    to.len() <= MAX_TO && is_plain && to.starts_with('/') && !to.starts_with("//") && !to.starts_with("/oidc/")
}

/// A value of a query, decoded.
fn value(query: Option<&str>, name: &str) -> Option<String> {
    let mut pairs = query?.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(key, _)| *key == name)?;
    let plus = value.replace('+', " ");
    let value = percent_decode_str(&plus).decode_utf8().ok()?.into_owned();
    (value.len() <= MAX_VALUE).then_some(value)
}

fn browser(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut cookies = lines.flat_map(|line| line.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
    cookies.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_gone_to() {
        for to in ["/", "/viewer?StudyInstanceUIDs=1.2.3", "/#/studies/1.2.3"] {
            assert!(is_own(to), "{to}");
        }
        let long = format!("/{}", "x".repeat(MAX_TO));
        for to in [
            "",
            "viewer",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nb",
            "/a b",
            "/oidc/sign-in",
            &long,
        ] {
            assert!(!is_own(to), "{to}");
        }
    }

    #[test]
    fn values_are_decoded_and_bounded() {
        let query = Some("a=1&to=%2Fviewer%3Fx%3D1%262&b=%ff&c=a+b");
        assert_eq!(value(query, "to").unwrap(), "/viewer?x=1&2");
        assert_eq!(value(query, "c").unwrap(), "a b");
        assert_eq!((value(query, "b"), value(query, "d"), value(None, "a")), (None, None, None));
        assert_eq!(value(Some(&format!("a={}", "x".repeat(MAX_VALUE + 1))), "a"), None);
    }
}
