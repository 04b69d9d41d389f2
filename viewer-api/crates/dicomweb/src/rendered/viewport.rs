//! Size and source region of a picture (PS3.18 8.3.5.1.3).

use crate::error::Error;

/// The most columns or rows a picture may be asked to have.
pub const MAX_VIEWPORT: u32 = 8_192;

/// Columns and rows.
pub type Size = (u32, u32);

/// What is shown, and how large.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Viewport {
    /// Columns and rows that the picture has to fit into, 1 to [`MAX_VIEWPORT`] each way; a way that is left empty is
    /// bounded by that alone. `None` when both are left empty.
    pub size: Option<Size>,
    /// Part of the image; the whole when not said.
    pub region: Option<Region>,
}

/// In what the numbers of a region are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    /// Pixels of the image.
    #[default]
    Pixel,
    /// The whole width or height of the image.
    Whole,
}

/// A part of an image, from the top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Region {
    /// Of the next four.
    pub unit: Unit,
    /// `sx`, not below 0.
    pub left: f64,
    /// `sy`, not below 0.
    pub top: f64,
    /// `sw` without its sign, above 0; up to the right edge when not said.
    pub columns: Option<f64>,
    /// `sh` without its sign, above 0; down to the lower edge when not said.
    pub rows: Option<f64>,
    /// Whether `sw` was negative: left and right change places.
    pub flip_horizontal: bool,
    /// Whether `sh` was negative: top and bottom change places.
    pub flip_vertical: bool,
}

/// `vw,vh` or `vw,vh,sx,sy,sw,sh`; an empty place stands for its default.
pub(super) fn parse(text: &str) -> Result<Viewport, Error> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let (size, region) = match parts[..] {
        [width, height] => (size(width, height)?, None),
        [width, height, ref source @ ..] if source.len() == 4 => (size(width, height)?, region(source)?),
        _ => return Err(wrong()),
    };
    if size.is_none() && region.is_none() { Err(wrong()) } else { Ok(Viewport { size, region }) }
}

fn wrong() -> Error {
    Error::invalid("viewport", "it is not a width and a height above 0, or these and a source region")
}

fn size(width: &str, height: &str) -> Result<Option<Size>, Error> {
    let side = |text: &str| match text {
        "" => Ok(MAX_VIEWPORT),
        text => {
            let side = text.parse::<f64>().ok().filter(|side| side.is_finite() && *side >= 1.0);
            side.map(|side| side.min(f64::from(MAX_VIEWPORT)) as u32).ok_or_else(wrong)
        }
    };
    if width.is_empty() && height.is_empty() { Ok(None) } else { Ok(Some((side(width)?, side(height)?))) }
}

fn region(parts: &[&str]) -> Result<Option<Region>, Error> {
    let wrong = || Error::invalid("viewport", "its source region is not numbers, or is empty");
    let number = |text: &str| match text {
        "" => Ok(None),
        text => text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Some).ok_or_else(wrong),
    };
    let corner = |text| number(text)?.map_or(Ok(0.0), |corner| if corner < 0.0 { Err(wrong()) } else { Ok(corner) });
    let side = |text| match number(text)? {
        Some(0.0) => Err(wrong()),
        side => Ok(side),
    };
    let (columns, rows) = (side(parts[2])?, side(parts[3])?);
    let is_negative = |side: Option<f64>| side.is_some_and(|side| side < 0.0);
    let region = Region {
        unit: Unit::Pixel,
        left: corner(parts[0])?,
        top: corner(parts[1])?,
        columns: columns.map(f64::abs),
        rows: rows.map(f64::abs),
        flip_horizontal: is_negative(columns),
        flip_vertical: is_negative(rows),
    };
    Ok((region != Region::default()).then_some(region))
}

/// `xmin,ymin,xmax,ymax` of WADO-URI (PS3.18 9.1.2.2.3): 0 to 1 of the image's width and height.
pub(super) fn parse_region(text: &str) -> Result<Region, Error> {
    let wrong =
        || Error::invalid("region", "it is not four numbers from 0 to 1, of which the last two are the greater");
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| (0.0..=1.0).contains(number));
    let numbers: Vec<f64> = text.split(',').map(|part| number(part).ok_or_else(wrong)).collect::<Result<_, _>>()?;
    match numbers[..] {
        [left, top, right, bottom] if left < right && top < bottom => {
            let (columns, rows) = (Some(right - left), Some(bottom - top));
            Ok(Region { unit: Unit::Whole, left, top, columns, rows, ..Region::default() })
        }
        _ => Err(wrong()),
    }
}
