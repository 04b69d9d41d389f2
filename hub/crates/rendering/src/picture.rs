//! The whole way from bytes to a file.

use crate::{
    Colour, Error, Frame, Image, Samples, Settings,
    bitmap::{Bitmap, covered_size},
    codec, colour,
    encode::encode,
    geometry::{Area, Geometry},
    grey, icc, region, resize,
};

/// Makes a picture of one frame; blocks for as long as that takes. `bytes` and `bit_offset` are those of
/// [`decode`](crate::decode). A window is applied to monochrome images only; one with a width its function does not
/// allow is ignored. A fit larger than the image enlarges it: who does not want that calls
/// [`Settings::without_enlarging`].
///
/// The way: decode, modality LUT, VOI, presentation LUT and palette, the part that is shown at its size, turn,
/// shutter, overlays and graphics, texts, colour space, file.
///
/// # Errors
/// Those of [`decode`](crate::decode); [`Error::TooLarge`] for a picture of more than
/// [`MAX_PICTURE`](crate::MAX_PICTURE) pixels; [`Error::Region`] for a region outside of the image.
pub fn picture(image: &Image, bytes: &[u8], bit_offset: u8, settings: &Settings) -> Result<Vec<u8>, Error> {
    let geometry = Geometry::new(image, settings)?;
    let mut bitmap = shown(image, bytes, bit_offset, settings, &geometry)?;
    let profile = icc::apply(&mut bitmap, image.profile.as_deref(), settings.colours)?;
    let bitmap = drawn_on(bitmap, image, bytes, &geometry)?;
    encode(&bitmap, settings.format, profile)
}

/// Shutter, overlays, graphics and texts, each over what was before.
fn drawn_on(mut bitmap: Bitmap, image: &Image, bytes: &[u8], geometry: &Geometry) -> Result<Bitmap, Error> {
    if let Some(presentation) = &image.presentation {
        bitmap = presentation.shut(bitmap, geometry);
    }
    for plane in &image.overlays {
        bitmap = plane.taken_out(image, bytes)?.draw(bitmap, geometry);
    }
    if let Some(presentation) = &image.presentation {
        bitmap = presentation.annotate(bitmap, geometry);
    }
    image.notes.draw(&mut bitmap);
    Ok(bitmap)
}

/// The pixels that are shown, at the size and turn of the picture.
fn shown(
    image: &Image,
    bytes: &[u8],
    bit_offset: u8,
    settings: &Settings,
    geometry: &Geometry,
) -> Result<Bitmap, Error> {
    let whole = Area::whole(image.columns, image.rows);
    let covered = geometry.area.within(whole).ok_or(Error::Region)?;
    // a codec may give a smaller frame only where all of it is used
    let at_least = (covered == whole).then_some(covered_size(whole, geometry)?);
    let frame = codec::decode_at_least(image, bytes, bit_offset, at_least)?;
    let covered = if covered == whole { Area::whole(frame.columns, frame.rows) } else { covered };
    let (width, height) = match at_least {
        Some(size) => size,
        None => covered_size(covered, geometry)?,
    };
    let size = (width, height);
    let (channels, pixels) = match frame.colour {
        Colour::Monochrome => (1, grey::grey(image, frame, settings.window.as_ref(), covered, size)?),
        _ => (3, coloured(image, region::part(frame, covered), size)?),
    };
    let bitmap = Bitmap { width, height, channels, pixels };
    let bitmap = match image.presentation.as_ref().and_then(|presentation| presentation.palette.as_ref()) {
        Some(palette) if channels == 1 => palette.over(bitmap),
        _ => bitmap,
    };
    let covered = geometry.area.within(whole).ok_or(Error::Region)?;
    Ok(bitmap.on_area(covered, geometry).turned(geometry.turn))
}

fn coloured(image: &Image, frame: Frame, size: (u32, u32)) -> Result<Vec<u8>, Error> {
    let from = (frame.columns, frame.rows);
    let pixels = match (&image.palette, frame.colour) {
        (Some(palette), Colour::Palette) => palette.coloured(&frame.samples),
        (None, Colour::Palette) => return Err(Error::Corrupt("palette missing")),
        (_, Colour::Rgb) => match frame {
            Frame { samples: Samples::U8(pixels), bits: 8, .. } => pixels,
            frame => colour::rgb(frame)?,
        },
        _ => colour::rgb(frame)?,
    };
    resize::resized(pixels, 3, from, size)
}
