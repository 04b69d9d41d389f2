//! Parameters of rendered resources (PS3.18 8.3.5).

mod thumbnail;
mod viewport;
mod window;

pub use thumbnail::parse_thumbnail;
pub use viewport::{MAX_VIEWPORT, Region, Size, Unit, Viewport};
pub use window::{Window, WindowFunction};

use crate::{
    error::Error,
    parameters::{Pair, pairs},
    warning::Warning,
};
use imaging_domain::{InstanceUid, SeriesUid};

/// The most characters of one parameter.
const MAX_VALUE: usize = 256;

/// How a picture is asked for; what is not said is left to the image.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rendered {
    /// Size and source region.
    pub viewport: Option<Viewport>,
    /// Window.
    pub window: Option<Window>,
    /// Quality of a JPEG, 1 to 100.
    pub quality: Option<u8>,
    /// Texts burnt into the picture.
    pub annotation: Annotation,
    /// Colour space.
    pub icc_profile: Option<IccProfile>,
    /// Overlay planes to draw.
    pub overlays: Overlays,
    /// Series and instance of a presentation state to show the image with.
    pub presentation: Option<(SeriesUid, InstanceUid)>,
    /// Series and instance of a segmentation to draw over the image.
    pub segmentation: Option<(SeriesUid, InstanceUid)>,
}

/// Texts burnt into a picture (PS3.18 8.3.5.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Annotation {
    /// `patient`: whom it shows.
    pub patient: bool,
    /// `technique`: how it was made.
    pub technique: bool,
}

/// Colour spaces of a rendered picture (PS3.18 8.3.5.1.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IccProfile {
    /// `no`: none is embedded.
    No,
    /// `yes`: the image's own.
    Yes,
    /// `srgb`.
    Srgb,
    /// `adobergb`.
    AdobeRgb,
    /// `rommrgb`.
    RommRgb,
}

/// Overlay planes (PS3.3 C.9.2) to draw. The Standard has no parameter for them; ours is `overlays`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Overlays {
    /// Not said, or `none`.
    #[default]
    None,
    /// `all`.
    All,
    /// Repeating groups in hexadecimal digits, as `6000,6002`.
    Groups(Vec<u16>),
}

/// Reads the query string of a rendered resource. Larger viewports than [`MAX_VIEWPORT`] become that. Beside the
/// parameters of PS3.18: `presentationUID` with `presentationSeriesUID` (as WADO-URI names them, PS3.18 9.5.3) show an
/// image with a presentation state of its study, and `region` (its name there, too) a part of it; `segmentationUID` with
/// `segmentationSeriesUID` draw a segmentation of its study over it, and `overlays` draws overlay planes.
///
/// # Errors
/// [`Error::Invalid`] when a value is malformed; [`Error::TooLong`] above a limit.
pub fn parse_rendered(query: &str) -> Result<(Rendered, Vec<Warning>), Error> {
    let mut out = Rendered::default();
    let mut warnings = vec![];
    let (mut presentation, mut segmentation, mut part) = (Reference::default(), Reference::default(), None);
    for Pair { name, value } in pairs(query)? {
        if value.len() > MAX_VALUE && name != "accept" {
            return Err(Error::TooLong("rendering parameter"));
        }
        match name.as_str() {
            _ if value.trim().is_empty() => {}
            "viewport" => out.viewport = Some(viewport::parse(&value)?),
            "region" => part = Some(viewport::parse_region(&value)?),
            "window" => out.window = Some(window::parse(&value)?),
            "quality" => out.quality = Some(quality(&value)?),
            "annotation" => warn(&mut warnings, annotation(&value, &mut out.annotation)),
            "iccprofile" => out.icc_profile = Some(icc_profile(&value)?),
            "overlays" => out.overlays = overlays(&value)?,
            "presentationUID" => presentation.instance = Some(InstanceUid::parse(value.trim())?),
            "presentationSeriesUID" => presentation.series = Some(SeriesUid::parse(value.trim())?),
            "segmentationUID" => segmentation.instance = Some(InstanceUid::parse(value.trim())?),
            "segmentationSeriesUID" => segmentation.series = Some(SeriesUid::parse(value.trim())?),
            "accept" | "charset" => {}
            _ => warn(&mut warnings, Some(Warning::UnknownParameter)),
        }
    }
    if let Some(part) = part {
        let viewport = out.viewport.get_or_insert(Viewport { size: None, region: None });
        if viewport.region.replace(part).is_some() {
            return Err(Error::invalid("region", "the viewport names a part of the image, too"));
        }
    }
    out.presentation = presentation.whole("presentationUID")?;
    out.segmentation = segmentation.whole("segmentationUID")?;
    Ok((out, warnings))
}

/// A reference on its way.
#[derive(Default)]
struct Reference {
    series: Option<SeriesUid>,
    instance: Option<InstanceUid>,
}

impl Reference {
    /// Both or neither.
    fn whole(self, what: &'static str) -> Result<Option<(SeriesUid, InstanceUid)>, Error> {
        match (self.series, self.instance) {
            (Some(series), Some(instance)) => Ok(Some((series, instance))),
            (None, None) => Ok(None),
            _ => Err(Error::invalid(what, "instance and series are named together")),
        }
    }
}

fn warn(warnings: &mut Vec<Warning>, warning: Option<Warning>) {
    warnings.extend(warning.filter(|warning| !warnings.contains(warning)));
}

/// Words that mean nothing to us are warned of: the Standard lets others be added.
fn annotation(text: &str, out: &mut Annotation) -> Option<Warning> {
    let mut warning = None;
    for word in text.split(',').map(|word| word.trim().to_ascii_lowercase()) {
        match word.as_str() {
            "patient" => out.patient = true,
            "technique" => out.technique = true,
            "" => {}
            _ => warning = Some(Warning::IgnoredParameter("annotation other than patient and technique")),
        }
    }
    warning
}

fn icc_profile(text: &str) -> Result<IccProfile, Error> {
    Ok(match text.trim().to_ascii_lowercase().as_str() {
        "no" => IccProfile::No,
        "yes" => IccProfile::Yes,
        "srgb" => IccProfile::Srgb,
        "adobergb" => IccProfile::AdobeRgb,
        "rommrgb" => IccProfile::RommRgb,
        _ => return Err(Error::invalid("iccprofile", "it is not no, yes, srgb, adobergb or rommrgb")),
    })
}

fn overlays(text: &str) -> Result<Overlays, Error> {
    match text.trim().to_ascii_lowercase().as_str() {
        "none" | "no" => return Ok(Overlays::None),
        "all" | "yes" => return Ok(Overlays::All),
        _ => {}
    }
    // repeating groups are even numbers from 6000 to 601E (PS3.5 7.6)
    let group = |text: &str| u16::from_str_radix(text.trim(), 16).ok().filter(|group| group & 0xFFE1 == 0x6000);
    let groups: Option<Vec<u16>> = text.split(',').map(group).collect();
    groups.map(Overlays::Groups).ok_or(Error::invalid("overlays", "it is not all, none or groups from 6000 to 601E"))
}

fn quality(text: &str) -> Result<u8, Error> {
    let quality = text.trim().parse::<u8>().ok().filter(|quality| (1..=100).contains(quality));
    quality.ok_or(Error::invalid("quality", "it is not 1 to 100"))
}

#[cfg(test)]
mod tests;
