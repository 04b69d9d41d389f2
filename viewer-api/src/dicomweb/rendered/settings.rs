//! From what a query string asks for to what the picture maker does.

use ::dicomweb::{IccProfile, Rendered};
use rendering::{Annotation, Colours, Format, Overlays, Region, Settings, Unit, Window, WindowFunction};

/// JPEG quality of a picture when the client does not say.
const QUALITY: u8 = 90;

/// Settings of a rendered picture in a media type; one that is no still picture's is left to who puts frames together.
pub(super) fn settings(asked: &Rendered, media_type: &str) -> Settings {
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
        format: match media_type {
            "image/png" => Format::Png,
            "image/gif" => Format::Gif,
            _ => Format::Jpeg(asked.quality.unwrap_or(QUALITY)),
        },
    }
}

fn region(region: ::dicomweb::Region) -> Region {
    let ::dicomweb::Region { unit, left, top, columns, rows, flip_horizontal, flip_vertical } = region;
    let unit = match unit {
        ::dicomweb::Unit::Pixel => Unit::Pixel,
        ::dicomweb::Unit::Whole => Unit::Whole,
    };
    Region { unit, left, top, columns, rows, flip_horizontal, flip_vertical }
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
