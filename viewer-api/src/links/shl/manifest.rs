//! `POST /s/shl/{manifest}`: which files a link has for a standard reader ("SMART Health Link Manifest Request").

use super::{
    Offer,
    fhir::{MEDIA_TYPE, VERSION},
    report, studies,
    studies::Named,
};
use crate::{links::refusal::Refusal, pages::body};
use archive::Error;
use axum::{
    Json,
    extract::{Path, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use catalog::{Match, Scope};
use imaging_domain::ErrorKind;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use study_links::{MANIFESTS, Shared};
use tokio::time::timeout;

/// The longest file that stands in the manifest itself, when the reader says nothing.
const MAX_EMBEDDED: u64 = 512 << 10;
/// No file is shorter: whoever wants shorter ones gets addresses.
const LEAST: u64 = 512;
/// The most reports of one manifest.
const MAX_REPORTS: usize = 50;
/// A report that its hospital does not give sooner is left at its address.
const PATIENCE: Duration = Duration::from_secs(3);

/// What a reader says; what else it says is passed over. No `Debug`: it holds the PIN.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Asked {
    /// Whom it reads for.
    recipient: String,
    passcode: String,
    #[serde(default)]
    embedded_length_max: Option<u64>,
}

/// Why there is no manifest, in the specification's form.
pub(super) struct Refused(Refusal);

impl<T: Into<Refusal>> From<T> for Refused {
    fn from(cause: T) -> Self {
        Self(cause.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self.0 {
            Refusal::WrongPin(left) => {
                (StatusCode::UNAUTHORIZED, Json(json!({ "remainingAttempts": left }))).into_response()
            }
            other => other.into_response(),
        }
    }
}

/// The manifest, after the PIN. It is an opening like the page's: the same attempts, openings and events.
pub(super) async fn manifest(
    State(offer): State<Offer>,
    Path(manifest): Path<String>,
    request: Request,
) -> Result<Json<Value>, Refused> {
    let app = &offer.app;
    let addr = (app.config.peer)(request.extensions());
    let asked: Asked = body::read(request.into_body()).await.map_err(|_| Refusal::Malformed)?;
    if asked.recipient.trim().is_empty() {
        return Err(Refusal::Malformed.into());
    }
    app.attempts.take(addr, (app.config.clock)()).map_err(Refusal::SlowDown)?;
    let shared = {
        let _turn = app.attempts.turn().await;
        app.links.share(&manifest, &asked.passcode, addr).await?
    };
    app.attempts.give_back(addr);
    let _turn = offer.making.acquire().await;
    let limit = asked.embedded_length_max.unwrap_or(MAX_EMBEDDED).min(MAX_EMBEDDED);
    let files = files(&offer, &shared, limit).await?;
    // what was taken back meanwhile is not given
    app.links.session(&shared.bearer).await?.ok_or(Refusal::NotValid)?;
    Ok(Json(json!({ "files": files })))
}

async fn files(offer: &Offer, shared: &Shared, limit: u64) -> Result<Vec<Value>, Refusal> {
    let origin = &offer.app.links.origin;
    let named = studies::named(&offer.app.archive, &shared.holder, &shared.holder.link.studies).await?;
    let base = format!("{origin}{MANIFESTS}file/{}", shared.files);
    let mut out = vec![entry(shared, Some(studies::file(origin, shared, &named)), limit, base.clone())];
    for study in &named {
        for (scope, about) in report::of_study(study) {
            if out.len() > MAX_REPORTS {
                return Ok(out);
            }
            let Some(address) = address(&base, &scope) else { continue };
            match made(offer, shared, limit, (study, &scope, about)).await {
                Ok(file) => out.push(entry(shared, file, limit, address)),
                // what no text can be made of is an image among images
                Err(error) if error.kind() == ErrorKind::Unsupported => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(out)
}

/// A report, unless it is to stay at its address: too long anyhow, or its hospital cannot give it now.
async fn made(
    offer: &Offer,
    shared: &Shared,
    limit: u64,
    (study, scope, about): (&Named, &Scope, &Match),
) -> Result<Option<Value>, Error> {
    if limit < LEAST {
        return Ok(None);
    }
    let (archive, who) = (&offer.app.archive, &shared.holder.principal);
    let making = report::file(archive, who, &offer.app.links.origin, study, (scope, about));
    match timeout(PATIENCE, making).await {
        Ok(Err(error)) if error.kind() != ErrorKind::Unavailable => Err(error),
        Ok(made) => Ok(made.ok()),
        Err(_) => Ok(None),
    }
}

/// An entry of `files`: the file itself, or its address when it is longer than `limit`.
fn entry(shared: &Shared, file: Option<Value>, limit: u64, address: String) -> Value {
    let embedded =
        file.filter(|_| limit >= LEAST).map(|file| shared.key.encrypt(MEDIA_TYPE, file.to_string().as_bytes()));
    match embedded.filter(|jwe| jwe.len() as u64 <= limit) {
        Some(jwe) => json!({ "contentType": MEDIA_TYPE, "fhirVersion": VERSION, "embedded": jwe }),
        None => json!({ "contentType": MEDIA_TYPE, "fhirVersion": VERSION, "location": address }),
    }
}

fn address(base: &str, scope: &Scope) -> Option<String> {
    let (series, instance) = (scope.series.as_ref()?, scope.instance.as_ref()?);
    Some(format!("{base}/{}/{}/{}", scope.study.as_str(), series.as_str(), instance.as_str()))
}
