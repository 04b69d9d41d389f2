//! Rendered resources and thumbnails (PS3.18 10.4.1.1.3 and 10.4.1.1.4).

use super::{
    App, headers,
    request::{Asker, Place},
};
use crate::error::Error;
use ::dicomweb::{IccProfile, PictureType, Rendered, Warning, parse_frames, parse_rendered, parse_thumbnail};
use archive::{Picture, PictureRequest};
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use imaging_domain::Invalid;
use rendering::{Annotation, Colours, Format, Overlays, Region, Settings, Window, WindowFunction};
use std::hash::{DefaultHasher, Hasher};

/// Columns and rows a thumbnail fits into when the client does not say.
const THUMBNAIL: (u32, u32) = (200, 200);
/// JPEG quality of pictures and of thumbnails when the client does not say.
const QUALITY: u8 = 90;
const THUMBNAIL_QUALITY: u8 = 80;
/// Work lists show the same thumbnails again and again; a browser may keep them for five minutes.
const KEEP: HeaderValue = HeaderValue::from_static("private, max-age=300");

/// `/rendered` of a study, series, instance or frame.
pub(super) async fn rendered(State(app): State<App>, asker: Asker, place: Place) -> Result<Response, Error> {
    let format = asker.accept.picture()?;
    let (asked, warnings) = parse_rendered(&asker.query)?;
    let request = request(&place, settings(&asked, format, QUALITY))?;
    let picture = app.images.rendered(&asker.who, &request).await?;
    answer(&asker, picture, &warnings)
}

/// `/thumbnail` of a study, series, instance or frame; only its size can be asked for.
pub(super) async fn thumbnail(State(app): State<App>, asker: Asker, place: Place) -> Result<Response, Error> {
    let format = asker.accept.picture()?;
    let (size, warnings) = parse_thumbnail(&asker.query)?;
    let mut settings = settings(&Rendered::default(), format, THUMBNAIL_QUALITY);
    settings.fit = Some(size.unwrap_or(THUMBNAIL));
    let picture = app.images.thumbnail(&asker.who, &request(&place, settings)?).await?;
    let mut hasher = DefaultHasher::new();
    hasher.write(&picture.bytes);
    let etag = format!("W/\"{:016x}\"", hasher.finish());
    let mut response = if headers::has(&asker.headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        answer(&asker, picture, &warnings)?
    };
    response.headers_mut().insert(header::ETAG, headers::value(etag)?);
    response.headers_mut().insert(header::CACHE_CONTROL, KEEP);
    Ok(response)
}

/// The thumbnail of a client that says nothing but where it is, as the first page asks for it.
pub fn default_thumbnail() -> Settings {
    Settings { fit: Some(THUMBNAIL), ..settings(&Rendered::default(), PictureType::Jpeg, THUMBNAIL_QUALITY) }
}

fn request(place: &Place, settings: Settings) -> Result<PictureRequest, Error> {
    let frame = match place.frames.as_deref().map(parse_frames).transpose()?.as_deref() {
        None => None,
        Some([frame]) => Some(*frame),
        Some(_) => return Err(Invalid::new("frame list", "one frame is rendered at a time").into()),
    };
    Ok(PictureRequest { scope: place.scope()?, frame, settings })
}

fn settings(asked: &Rendered, format: PictureType, quality: u8) -> Settings {
    let function = |function| match function {
        ::dicomweb::WindowFunction::Linear => WindowFunction::Linear,
        ::dicomweb::WindowFunction::LinearExact => WindowFunction::LinearExact,
        ::dicomweb::WindowFunction::Sigmoid => WindowFunction::Sigmoid,
    };
    Settings {
        fit: asked.viewport.and_then(|viewport| viewport.size),
        region: asked.viewport.and_then(|viewport| viewport.region).map(region),
        window: asked.window.map(|w| Window { center: w.center, width: w.width, function: function(w.function) }),
        annotation: Annotation { patient: asked.annotation.patient, technique: asked.annotation.technique },
        colours: colours(asked.icc_profile),
        overlays: match &asked.overlays {
            ::dicomweb::Overlays::None => Overlays::None,
            ::dicomweb::Overlays::All => Overlays::All,
            ::dicomweb::Overlays::Groups(groups) => Overlays::Groups(groups.clone()),
        },
        presentation: asked.presentation.clone(),
        segmentation: asked.segmentation.clone(),
        format: match format {
            PictureType::Jpeg => Format::Jpeg(asked.quality.unwrap_or(quality)),
            PictureType::Png => Format::Png,
        },
    }
}

fn region(region: ::dicomweb::Region) -> Region {
    let ::dicomweb::Region { left, top, columns, rows, flip_horizontal, flip_vertical } = region;
    Region { left, top, columns, rows, flip_horizontal, flip_vertical }
}

fn colours(profile: Option<IccProfile>) -> Colours {
    match profile {
        None | Some(IccProfile::No) => Colours::AsStored,
        Some(IccProfile::Yes) => Colours::OwnProfile,
        Some(IccProfile::Srgb) => Colours::Srgb,
        Some(IccProfile::AdobeRgb) => Colours::AdobeRgb,
        Some(IccProfile::RommRgb) => Colours::RommRgb,
    }
}

fn answer(asker: &Asker, picture: Picture, warnings: &[Warning]) -> Result<Response, Error> {
    let mut response = ([(header::CONTENT_TYPE, picture.media_type)], picture.bytes).into_response();
    headers::warn(&mut response, &asker.base, warnings)?;
    Ok(response)
}
