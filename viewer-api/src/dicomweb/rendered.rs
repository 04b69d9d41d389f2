//! Rendered resources and thumbnails (PS3.18 10.4.1.1.3 and 10.4.1.1.4).

mod settings;

use super::{
    App, headers, ranges,
    request::{Asker, Place},
};
use crate::error::Error;
use ::dicomweb::{
    PictureType, Rendered, Warning, parse_frames, parse_rendered, parse_thumbnail, report_html, report_text,
};
use archive::{Document, Picture, PictureRequest, Rendition};
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use imaging_domain::Invalid;
use rendering::{Format, Settings};
use settings::settings;
use std::{
    hash::{DefaultHasher, Hasher},
    ops::Range,
};

/// Columns and rows a thumbnail fits into when the client does not say.
const THUMBNAIL: (u32, u32) = (200, 200);
/// JPEG quality of thumbnails.
const THUMBNAIL_QUALITY: u8 = 80;
/// Work lists show the same thumbnails again and again; a browser may keep them for five minutes.
const KEEP: HeaderValue = HeaderValue::from_static("private, max-age=300");
/// Pictures may be kept by whom they were given to, who asks each time whether they still are what they were.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("private, no-cache");
/// Reports and documents are foreign text on an origin of ours: whatever is in them, a browser runs and fetches nothing.
const CONTENT_POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");
const IMAGES: &[&str] = &["image/jpeg", "image/png", "image/gif"];
const REPORTS: &[&str] = &["text/html", "text/plain"];

/// `/rendered` of a study, series, instance or frame.
pub(super) async fn rendered(State(app): State<App>, asker: Asker, place: Place) -> Result<Response, Error> {
    let (asked, warnings) = parse_rendered(&asker.query)?;
    let frames = place.frames.as_deref().map(parse_frames).transpose()?.unwrap_or_default();
    let scope = place.scope()?;
    let rendition = app.images.rendition(&asker.who, &scope).await?;
    has_frames(rendition, place.frames.is_some(), &frames)?;
    let media_type = chosen(&asker, rendition, &frames)?;
    if rendition == Rendition::PresentationState {
        refuse_what_a_state_says_itself(&asked)?;
    }
    let request = PictureRequest { scope, frame: frames.first().copied(), settings: settings(&asked, media_type) };
    let (bytes, content_type) = match (rendition, media_type) {
        (Rendition::Document(_) | Rendition::Moving(..), _) => {
            return stored(&asker, app.images.document(&asker.who, &request.scope).await?, &warnings).await;
        }
        (Rendition::Report, _) => {
            let report = app.images.report(&asker.who, &request.scope).await?;
            let is_html = media_type == "text/html";
            let text = if is_html { report_html(&report) } else { report_text(&report) };
            (Bytes::from(text), if is_html { "text/html; charset=utf-8" } else { "text/plain; charset=utf-8" })
        }
        (_, "image/gif") => {
            let picture = app.images.animated(&asker.who, &request, &frames).await?;
            (picture.bytes, picture.media_type)
        }
        _ => {
            let picture = app.images.rendered(&asker.who, &request).await?;
            (picture.bytes, picture.media_type)
        }
    };
    let mut response = tagged(&asker, bytes, content_type, &warnings)?;
    response.headers_mut().insert(header::CACHE_CONTROL, ASK_AGAIN);
    if rendition == Rendition::Report {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY);
    }
    Ok(response)
}

/// Frames are of images, and of a moving picture as many as it has.
fn has_frames(rendition: Rendition, is_of_frames: bool, asked: &[u32]) -> Result<(), Error> {
    let beyond = |last: u32| asked.iter().any(|frame| *frame > last);
    match rendition {
        Rendition::Document(_) | Rendition::Report if is_of_frames => Err(Error::NotFound("frame")),
        Rendition::Moving(_, frames) if beyond(frames) => Err(Error::NotFound("frame")),
        _ => Ok(()),
    }
}

/// The media type that fits best of those that a kind of instance can be given in. Several frames are one GIF.
fn chosen(asker: &Asker, rendition: Rendition, frames: &[u32]) -> Result<&'static str, Error> {
    let accept = &asker.accept;
    Ok(match rendition {
        Rendition::Image(_) | Rendition::PresentationState if frames.len() > 1 => {
            accept.rendered(&["image/gif"], "several frames are given as image/gif")?
        }
        Rendition::Image(_) | Rendition::PresentationState => {
            accept.rendered(IMAGES, "image/jpeg, image/png and image/gif are given")?
        }
        Rendition::Report => accept.rendered(REPORTS, "a report is given as text/html and text/plain")?,
        Rendition::Document(media_type) | Rendition::Moving(media_type, _) => {
            accept.rendered(&[media_type], only(media_type))?
        }
    })
}

/// What is told of an instance that is given as it is stored.
fn only(media_type: &str) -> &'static str {
    match media_type {
        "application/pdf" => "the document is given as application/pdf",
        "video/mp4" => "the moving picture is given as video/mp4",
        "video/mpeg" => "the moving picture is given as video/mpeg",
        _ => "the document is given as text/xml",
    }
}

/// Window and source region are the state's own (PS3.18 8.3.5.1).
fn refuse_what_a_state_says_itself(asked: &Rendered) -> Result<(), Error> {
    let wrong = |what| Err(Invalid::new(what, "a presentation state says it itself").into());
    match asked {
        Rendered { window: Some(_), .. } => wrong("window"),
        Rendered { viewport: Some(viewport), .. } if viewport.region.is_some() => wrong("source region of viewport"),
        Rendered { presentation: Some(_), .. } => wrong("presentationUID"),
        _ => Ok(()),
    }
}

/// `/thumbnail` of a study, series, instance or frame; only its size can be asked for.
pub(super) async fn thumbnail(State(app): State<App>, asker: Asker, place: Place) -> Result<Response, Error> {
    let format = asker.accept.picture()?;
    let (size, warnings) = parse_thumbnail(&asker.query)?;
    let frame = match place.frames.as_deref().map(parse_frames).transpose()?.as_deref() {
        None => None,
        Some([frame]) => Some(*frame),
        Some(_) => return Err(Invalid::new("frame list", "a thumbnail is of one frame").into()),
    };
    let settings = thumbnail_settings(size.unwrap_or(THUMBNAIL), format);
    let request = PictureRequest { scope: place.scope()?, frame, settings };
    let Picture { media_type, bytes } = app.images.thumbnail(&asker.who, &request).await?;
    let mut response = tagged(&asker, bytes, media_type, &warnings)?;
    response.headers_mut().insert(header::CACHE_CONTROL, KEEP);
    Ok(response)
}

/// The thumbnail of a client that says nothing but where it is, as the first page asks for it.
pub fn default_thumbnail() -> Settings {
    thumbnail_settings(THUMBNAIL, PictureType::Jpeg)
}

/// A thumbnail that fits into so many columns and rows, as JPEG or as PNG.
pub fn thumbnail_settings(size: (u32, u32), format: PictureType) -> Settings {
    let format = match format {
        PictureType::Jpeg => Format::Jpeg(THUMBNAIL_QUALITY),
        PictureType::Png => Format::Png,
    };
    Settings { fit: Some(size), format, ..Settings::default() }
}

/// Bytes with an entity tag of their own, or 304 for who has them.
fn tagged(asker: &Asker, bytes: Bytes, content_type: &'static str, warnings: &[Warning]) -> Result<Response, Error> {
    let mut hasher = DefaultHasher::new();
    hasher.write(&bytes);
    let etag = format!("W/\"{:016x}\"", hasher.finish());
    let mut response = if headers::has(&asker.headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, content_type)], bytes).into_response()
    };
    response.headers_mut().insert(header::ETAG, headers::value(etag)?);
    headers::warn(&mut response, &asker.base, warnings)?;
    Ok(response)
}

/// A document or moving picture as it is stored, whole or in one range, which video elements ask for.
async fn stored(asker: &Asker, document: Document, warnings: &[Warning]) -> Result<Response, Error> {
    let Document { media_type, length, version, body } = document;
    let etag = format!("\"{version}\"");
    if let Some(response) = ranges::not_modified(asker, &etag)? {
        return Ok(response);
    }
    let piece = |range: Range<u64>| body(range.start, range.end - range.start);
    let mut response = ranges::answer(asker, &etag, media_type, length, piece).await?;
    response.headers_mut().insert(header::CACHE_CONTROL, ASK_AGAIN);
    if media_type.starts_with("text/") {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY);
    }
    headers::warn(&mut response, &asker.base, warnings)?;
    Ok(response)
}
