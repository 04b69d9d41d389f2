//! Which part of an image is shown, how it is turned, and where its pixels come to lie in the picture.

use crate::{Error, Image, Region, Settings, Unit};
use serde::{Deserialize, Serialize};

/// Most pixels of a picture.
pub const MAX_PICTURE: u64 = 256 << 20;
/// Longest side a JPEG can have.
const MAX_SIDE: u32 = 65_500;

/// Whole pixels of an image, from its top left corner; may stand out over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Area {
    pub(crate) left: i64,
    pub(crate) top: i64,
    /// Above 0.
    pub(crate) columns: i64,
    /// Above 0.
    pub(crate) rows: i64,
}

/// A turn: clockwise first, then the flips (PS3.3 C.10.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Turn {
    /// Quarters clockwise, 0 to 3.
    pub(crate) quarters: u8,
    pub(crate) flip_horizontal: bool,
    pub(crate) flip_vertical: bool,
}

/// The way from image to picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Geometry {
    /// What is shown.
    pub(crate) area: Area,
    pub(crate) turn: Turn,
    /// Columns and rows of the area before it is turned.
    pub(crate) upright: (u32, u32),
}

impl Area {
    /// All of an image.
    pub(crate) fn whole(columns: u32, rows: u32) -> Self {
        Self { left: 0, top: 0, columns: i64::from(columns), rows: i64::from(rows) }
    }

    /// What both cover, if anything.
    pub(crate) fn within(self, other: Self) -> Option<Self> {
        let (left, top) = (self.left.max(other.left), self.top.max(other.top));
        let columns = (self.left + self.columns).min(other.left + other.columns) - left;
        let rows = (self.top + self.rows).min(other.top + other.rows) - top;
        (columns > 0 && rows > 0).then_some(Self { left, top, columns, rows })
    }

    /// A region of an image in whole pixels, at least one each way.
    fn of(region: Region, whole: Self) -> Result<Self, Error> {
        let (across, down) = match region.unit {
            Unit::Pixel => (1.0, 1.0),
            Unit::Whole => (whole.columns as f64, whole.rows as f64),
        };
        let (left, top) = ((region.left * across).floor() as i64, (region.top * down).floor() as i64);
        let columns = region.columns.map_or(whole.columns - left, |columns| (columns * across).round().max(1.0) as i64);
        let rows = region.rows.map_or(whole.rows - top, |rows| (rows * down).round().max(1.0) as i64);
        // `as` saturates at numbers whose sum would not fit
        let limit = |side: i64| side.clamp(-(1 << 40), 1 << 40);
        let area = Self { left: limit(left), top: limit(top), columns: limit(columns), rows: limit(rows) };
        area.within(whole).ok_or(Error::Region)
    }
}

impl Turn {
    /// Whether columns become rows.
    pub(crate) fn is_sideways(self) -> bool {
        self.quarters % 2 == 1
    }
}

impl Geometry {
    /// From what the settings and the image's presentation say.
    ///
    /// # Errors
    /// [`Error::Region`] for a region outside of the image, [`Error::TooLarge`] for a picture beyond the limits.
    pub(crate) fn new(image: &Image, settings: &Settings) -> Result<Self, Error> {
        let whole = Area::whole(image.columns, image.rows);
        let shown = image.presentation.as_ref().map(|presentation| presentation.shown);
        let base = shown.and_then(|shown| shown.area).unwrap_or(whole);
        let mut turn = shown.map(|shown| shown.turn).unwrap_or_default();
        let mut area = base;
        if let Some(region) = settings.region {
            area = Area::of(region, whole)?;
            turn.flip_horizontal ^= region.flip_horizontal;
            turn.flip_vertical ^= region.flip_vertical;
        }
        let aspect = shown.and_then(|shown| shown.aspect).unwrap_or(image.aspect);
        let magnified = shown.map_or(1.0, |shown| shown.magnification);
        let upright = upright(area, turn, aspect, settings.fit, magnified);
        if u64::from(upright.0) * u64::from(upright.1) > MAX_PICTURE || upright.0.max(upright.1) > MAX_SIDE {
            return Err(Error::TooLarge);
        }
        Ok(Self { area, turn, upright })
    }

    /// Columns and rows of the picture.
    pub(crate) fn size(&self) -> (u32, u32) {
        if self.turn.is_sideways() { (self.upright.1, self.upright.0) } else { self.upright }
    }

    /// Columns and rows of the picture for one pixel of the image, before it is turned.
    pub(crate) fn scale(&self) -> (f64, f64) {
        (f64::from(self.upright.0) / self.area.columns as f64, f64::from(self.upright.1) / self.area.rows as f64)
    }

    /// Where a point of the image lies in the picture; 0 and 0 is the outer corner of the first pixel in both.
    pub(crate) fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let scale = self.scale();
        self.turned(((x - self.area.left as f64) * scale.0, (y - self.area.top as f64) * scale.1))
    }

    /// A point of the upright area turned.
    fn turned(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let (width, height) = (f64::from(self.upright.0), f64::from(self.upright.1));
        let (x, y) = match self.turn.quarters {
            1 => (height - y, x),
            2 => (width - x, height - y),
            3 => (y, width - x),
            _ => (x, y),
        };
        let (columns, rows) = self.size();
        let x = if self.turn.flip_horizontal { f64::from(columns) - x } else { x };
        let y = if self.turn.flip_vertical { f64::from(rows) - y } else { y };
        (x, y)
    }

    /// The point of the image that lies at a point of the picture.
    pub(crate) fn origin(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let (columns, rows) = self.size();
        let x = if self.turn.flip_horizontal { f64::from(columns) - x } else { x };
        let y = if self.turn.flip_vertical { f64::from(rows) - y } else { y };
        let (width, height) = (f64::from(self.upright.0), f64::from(self.upright.1));
        let (x, y) = match self.turn.quarters {
            1 => (y, height - x),
            2 => (width - x, height - y),
            3 => (width - y, x),
            _ => (x, y),
        };
        let scale = self.scale();
        (x / scale.0 + self.area.left as f64, y / scale.1 + self.area.top as f64)
    }
}

/// Columns and rows of an area before it is turned, its shape on a screen of square pixels kept where it has to fit.
fn upright(area: Area, turn: Turn, aspect: f64, fit: Option<(u32, u32)>, magnified: f64) -> (u32, u32) {
    let side = |length: f64, most: u32| length.round().clamp(1.0, f64::from(most.max(1))) as u32;
    let Some(fit) = fit else {
        return (side(area.columns as f64 * magnified, u32::MAX), side(area.rows as f64 * magnified, u32::MAX));
    };
    let (width, height) = if turn.is_sideways() { (fit.1, fit.0) } else { fit };
    let (columns, rows) = (area.columns as f64, area.rows as f64 * aspect);
    let scale = (f64::from(width.max(1)) / columns).min(f64::from(height.max(1)) / rows);
    (side(columns * scale, width), side(rows * scale, height))
}
