//! The address of a link as a QR code (ISO/IEC 18004), level M.

use crate::error::Error;
use image::{DynamicImage, GrayImage, ImageFormat, Luma};
use qrcode::{
    Color, EcLevel, QrCode,
    render::{svg, unicode},
};
use std::io::Cursor;

/// Pixels of one module of the PNG.
const MODULE: u32 = 8;
/// Light modules around the code (ISO/IEC 18004 7.3.7).
const QUIET: u32 = 4;

fn code(text: &str) -> Result<QrCode, Error> {
    QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|_| Error::Invalid("the address is too long for a code"))
}

/// As SVG, with its quiet zone; it scales.
///
/// # Errors
/// [`Error::Invalid`] when the text is too long.
pub fn svg(text: &str) -> Result<String, Error> {
    Ok(code(text)?.render::<svg::Color<'_>>().min_dimensions(256, 256).build())
}

/// As characters for a terminal with dark letters on light or the other way round.
///
/// # Errors
/// [`Error::Invalid`] when the text is too long.
pub fn text(url: &str) -> Result<String, Error> {
    Ok(code(url)?
        .render::<unicode::Dense1x2>()
        .dark_color(unicode::Dense1x2::Light)
        .light_color(unicode::Dense1x2::Dark)
        .build())
}

/// As PNG, eight pixels a module, with its quiet zone.
///
/// # Errors
/// [`Error::Invalid`] when the text is too long.
pub fn png(text: &str) -> Result<Vec<u8>, Error> {
    let code = code(text)?;
    let (modules, width) = (code.to_colors(), code.width() as u32);
    let side = (width + 2 * QUIET) * MODULE;
    let shade = |x: u32, y: u32| {
        let at = |place: u32| (place / MODULE).checked_sub(QUIET).filter(|place| *place < width);
        match (at(x), at(y)) {
            (Some(x), Some(y)) if modules[(y * width + x) as usize] == Color::Dark => Luma([0]),
            _ => Luma([255]),
        }
    };
    let mut out = Cursor::new(vec![]);
    DynamicImage::ImageLuma8(GrayImage::from_fn(side, side, shade))
        .write_to(&mut out, ImageFormat::Png)
        .map_err(|_| Error::Invalid("the code cannot be written"))?;
    Ok(out.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_of_the_same_code() {
        let url = format!("https://links.example.org/s#{}", "A".repeat(43));
        let width = QrCode::with_error_correction_level(&url, EcLevel::M).unwrap().width() as u32;
        let picture = image::load_from_memory(&png(&url).unwrap()).unwrap().to_luma8();
        assert_eq!(picture.width(), (width + 2 * QUIET) * MODULE);
        assert_eq!(picture.get_pixel(0, 0), &Luma([255]), "the quiet zone");
        assert_eq!(picture.get_pixel(QUIET * MODULE, QUIET * MODULE), &Luma([0]), "the corner of a finder pattern");
        assert!(svg(&url).unwrap().contains("<svg"));
        assert!(svg(&"x".repeat(5000)).is_err());
    }
}
