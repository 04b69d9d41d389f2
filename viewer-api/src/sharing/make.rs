//! `POST /links`.

use super::{App, told};
use crate::pages::{Asker, Refusal, body};
use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use imaging_domain::{Allowed, StudyUid};
use serde::Deserialize;
use serde_json::json;
use study_links::{Made, Wanted, WithPin};

/// A hundred identifiers and a note.
const MAX_BODY_BYTES: usize = 16 << 10;

/// What is wanted. No `Debug`: the note may name a patient.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    studies: Vec<StudyUid>,
    #[serde(default)]
    days: Option<u32>,
    #[serde(default = "view")]
    allowed: Allowed,
    #[serde(default)]
    language: String,
    #[serde(default)]
    openings: Option<u32>,
    #[serde(default)]
    note: String,
    /// Whether the PIN is printed on the slip.
    #[serde(default)]
    pin_on_slip: bool,
}

fn view() -> Allowed {
    Allowed::View
}

/// 201 with `{link, subjects, url, pin, qr_svg, qr_png, slip}`: what the link is about in the words of a slip, the PNG in
/// base64, the slip as a page of HTML. `shlink` is the same link for standard readers,
/// `shlink_page` the page's address with it, `shlink_qr_svg` the latter's code.
pub(super) async fn make(State(app): State<App>, asker: Asker, request: Request) -> Result<Response, Refusal> {
    let who = asker.somebody()?;
    body::refuse_foreign(&request)?;
    let asked: Asked = body::read_at_most(request.into_body(), MAX_BODY_BYTES).await?;
    let with_pin = if asked.pin_on_slip { WithPin::Printed } else { WithPin::Apart };
    let wanted = Wanted {
        studies: asked.studies,
        days: asked.days,
        allowed: asked.allowed,
        language: asked.language,
        openings: asked.openings,
        note: asked.note,
    };
    let made = app.links.make(&who, wanted).await?;
    let body = answer(&app, &made, with_pin)?;
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

fn answer(app: &App, made: &Made, with_pin: WithPin) -> Result<serde_json::Value, Refusal> {
    let svg = study_links::svg(&made.url)?;
    let png = STANDARD.encode(study_links::png(&made.url)?);
    let shlink_page = made.shlink_page();
    let shlink_svg = shlink_page.as_deref().map(study_links::svg).transpose()?;
    let slip = study_links::slip(made, with_pin)?;
    Ok(json!({
        "link": told::link(&made.link, (app.clock)()),
        "subjects": made.subjects.iter().map(told::subject).collect::<Vec<_>>(),
        "url": made.url,
        "pin": made.pin,
        "shlink": made.shlink,
        "shlink_page": shlink_page,
        "shlink_qr_svg": shlink_svg,
        "qr_svg": svg,
        "qr_png": png,
        "slip": slip,
    }))
}
