//! What every handler reads from a request.

use super::App;
use crate::{admission::Transport, error::Error};
use ::dicomweb::{Accept, Base, accept_parameter, asks_for_anonymity};
use axum::{
    extract::{FromRequestParts, OriginalUri, RawPathParams},
    http::{Extensions, HeaderMap, Uri, header, request::Parts, uri::Authority},
};
use catalog::Scope;
use imaging_domain::{InstanceUid, Invalid, Principal, SeriesUid, StudyUid};

/// The one resource that de-identifies.
const WADO_URI: &str = "/wado";

/// Who asks, from where it looks, in which form.
pub(super) struct Asker {
    pub(super) who: Principal,
    pub(super) base: Base,
    pub(super) accept: Accept,
    pub(super) headers: HeaderMap,
    /// Query string without the question mark.
    pub(super) query: String,
}

impl FromRequestParts<App> for Asker {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let query = parts.uri.query().unwrap_or_default().to_owned();
        if parts.uri.path() != WADO_URI && asks_for_anonymity(&query)? {
            return Err(Invalid::new("anonymize", "only WADO-URI gives files without who they are about").into());
        }
        let lines = parts.headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let header = lines.collect::<Vec<_>>().join(",");
        Ok(Self {
            who: parts.extensions.get().cloned().unwrap_or(Principal::Anonymous),
            base: app.config.public_base.clone().map_or_else(|| own_base(parts, &app.config.reached_at), Ok)?,
            accept: Accept::parse(Some(&header), accept_parameter(&query)?.as_deref()),
            headers: parts.headers.clone(),
            query,
        })
    }
}

/// The base that the request was sent to: `:authority` of HTTP/2 or `Host`, and the path the routes are nested at.
fn own_base(parts: &Parts, reached_at: &[String]) -> Result<Base, Error> {
    let original = original(&parts.extensions, &parts.uri);
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = original.authority().map(Authority::as_str).or(host);
    // HTTP/1.0 may name no host at all.
    let host = host.filter(|host| !host.is_empty()).unwrap_or("localhost");
    let host = with_its_port(host, reached_at);
    let scheme = match parts.extensions.get::<Transport>() {
        Some(Transport::Tls) => "https",
        Some(Transport::Plain) => "http",
        None => original.scheme_str().unwrap_or("http"),
    };
    Ok(Base::parse(&format!("{scheme}://{host}{}", mounted_at(original, &parts.uri)))?)
}

/// A host that was named without the port it is reached at, as dicomweb-client of Python does, with it.
fn with_its_port<'a>(host: &'a str, reached_at: &'a [String]) -> &'a str {
    let is_it = |known: &&String| known.rsplit_once(':').is_some_and(|(name, _)| name.eq_ignore_ascii_case(host));
    reached_at.iter().find(is_it).map_or(host, String::as_str)
}

/// The address before it was cut to what is below the place of the routes.
pub(super) fn original<'a>(extensions: &'a Extensions, nested: &'a Uri) -> &'a Uri {
    extensions.get::<OriginalUri>().map_or(nested, |uri| &uri.0)
}

/// The path that the routes are nested at.
pub(super) fn mounted_at<'a>(original: &'a Uri, nested: &Uri) -> &'a str {
    let whole = original.path();
    // the root of what is nested may be asked for without its slash
    let root = if nested.path() == "/" { whole } else { "" };
    whole.strip_suffix(nested.path()).unwrap_or(root)
}

/// What the path names.
pub(super) struct Place {
    pub(super) study: Option<StudyUid>,
    pub(super) series: Option<SeriesUid>,
    pub(super) instance: Option<InstanceUid>,
    /// Frame list as written.
    pub(super) frames: Option<String>,
    /// What names a bulk data value, as written.
    pub(super) value: Option<String>,
}

impl Place {
    /// An instance.
    pub(super) fn of(study: StudyUid, series: SeriesUid, instance: InstanceUid) -> Self {
        Self { study: Some(study), series: Some(series), instance: Some(instance), frames: None, value: None }
    }

    /// The study, series or instance of a retrieval.
    pub(super) fn scope(&self) -> Result<Scope, Error> {
        let study = self.study.clone().ok_or(Invalid::new("path", "it names no study"))?;
        Ok(Scope { study, series: self.series.clone(), instance: self.instance.clone() })
    }
}

impl FromRequestParts<App> for Place {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let params = RawPathParams::from_request_parts(parts, app).await;
        let params = params.map_err(|_| Invalid::new("path", "it is not UTF-8"))?;
        let mut out = Self { study: None, series: None, instance: None, frames: None, value: None };
        for (name, value) in &params {
            match name {
                "study" => out.study = Some(StudyUid::parse(value)?),
                "series" => out.series = Some(SeriesUid::parse(value)?),
                "instance" => out.instance = Some(InstanceUid::parse(value)?),
                "frames" => out.frames = Some(value.to_owned()),
                "value" => out.value = Some(value.to_owned()),
                _ => {}
            }
        }
        Ok(out)
    }
}
