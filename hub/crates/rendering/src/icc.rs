//! Colour spaces of pictures: ICC profiles (ISO 15076-1) of images (PS3.3 C.11.15) and of the Standard's names for them
//! (PS3.18 8.3.5.1.5).

use crate::{Colours, Error, bitmap::Bitmap};
use imaging_domain::{DataSet, Element, tags};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

/// Longest profile that is read. Those of scanners hold tables of some hundred kilobytes.
pub const MAX_PROFILE: usize = 4 << 20;

/// The element that holds an image's profile: its own, or its first optical path's (PS3.3 C.8.12.5).
pub(crate) fn element(attributes: &DataSet) -> Option<&Element> {
    let of_path = || attributes.items(tags::OPTICAL_PATH_SEQUENCE).first()?.get(tags::ICC_PROFILE);
    attributes.get(tags::ICC_PROFILE).or_else(of_path).filter(|element| !element.is_empty())
}

/// Takes colours into the space that is asked for, and gives the profile to embed. Grey has none.
///
/// # Errors
/// [`Error::Corrupt`] when the image's profile cannot be read, [`Error::Unsupported`] when it is not one of red, green
/// and blue.
pub(crate) fn apply(bitmap: &mut Bitmap, own: Option<&[u8]>, wanted: Colours) -> Result<Option<Vec<u8>>, Error> {
    if bitmap.channels != 3 || wanted == Colours::AsStored {
        return Ok(None);
    }
    let target = match wanted {
        Colours::AdobeRgb => ColorProfile::new_adobe_rgb(),
        Colours::RommRgb => ColorProfile::new_pro_photo_rgb(),
        _ => ColorProfile::new_srgb(),
    };
    if let (Colours::OwnProfile, Some(own)) = (wanted, own) {
        read(own)?;
        return Ok(Some(own.to_vec()));
    }
    if own.is_some() || matches!(wanted, Colours::AdobeRgb | Colours::RommRgb) {
        let source = own.map_or_else(|| Ok(ColorProfile::new_srgb()), read)?;
        convert(&mut bitmap.pixels, &source, &target)?;
    }
    target.encode().map(Some).map_err(|_| Error::Unsupported("colour space"))
}

fn read(profile: &[u8]) -> Result<ColorProfile, Error> {
    if profile.len() > MAX_PROFILE {
        return Err(Error::TooLarge);
    }
    let profile = ColorProfile::new_from_slice(profile).map_err(|_| Error::Corrupt("icc profile"))?;
    match profile.color_space {
        DataColorSpace::Rgb => Ok(profile),
        _ => Err(Error::Unsupported("icc profile of another colour space than RGB")),
    }
}

fn convert(pixels: &mut Vec<u8>, source: &ColorProfile, target: &ColorProfile) -> Result<(), Error> {
    let wrong = |_| Error::Corrupt("icc profile");
    let way = source.create_transform_8bit(Layout::Rgb, target, Layout::Rgb, TransformOptions::default());
    let mut converted = vec![0; pixels.len()];
    way.map_err(wrong)?.transform(pixels, &mut converted).map_err(wrong)?;
    *pixels = converted;
    Ok(())
}
