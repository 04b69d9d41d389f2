//! Overlay planes (PS3.3 C.9.2): bits of their own, or, retired and still on disks, bits of the pixel data.

use crate::{
    Error, Image, Overlays,
    bitmap::Bitmap,
    draw::{Ink, WHITE, is_grey},
    geometry::{Area, Geometry},
    pixel::{ByteOrder, Number},
};
use imaging_domain::{DataSet, Tag, Value, transfer_syntax::PixelCoding};
use serde::{Deserialize, Serialize};

/// Repeating groups (PS3.5 7.6).
const GROUPS: std::ops::RangeInclusive<u16> = 0x6000..=0x601E;
/// Most pixels of a plane each way.
const MAX_SIDE: i64 = 65_535;

/// One plane of one frame.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Plane {
    columns: i64,
    rows: i64,
    /// First column and row of the image that it covers, from 0; may lie outside.
    origin: (i64, i64),
    bits: Bits,
    ink: Ink,
    cover: Cover,
}

/// Whether the image shows through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Cover {
    Whole,
    Half,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
enum Bits {
    /// One after the other, the lowest of a byte first, from a bit on.
    Own { bytes: Vec<u8>, first: usize },
    /// This bit of each pixel.
    OfPixels(u32),
}

/// Elements whose values planes need: they may be long, and whoever reads headers may have left them in the file.
pub fn overlay_data(attributes: &DataSet, wanted: &Overlays) -> Vec<Tag> {
    let tags = groups(wanted).into_iter().map(|group| Plane::tag(group, 0x3000));
    tags.filter(|tag| attributes.get(*tag).is_some()).collect()
}

fn groups(wanted: &Overlays) -> Vec<u16> {
    match wanted {
        Overlays::None => vec![],
        Overlays::All => GROUPS.step_by(2).collect(),
        Overlays::Groups(groups) => groups.clone(),
    }
}

/// The planes that are wanted and there.
pub(crate) fn planes(attributes: &DataSet, wanted: &Overlays, frame: u32) -> Result<Vec<Plane>, Error> {
    let read = groups(wanted).into_iter().map(|group| Plane::read(attributes, group, frame));
    read.filter_map(Result::transpose).collect()
}

impl Plane {
    pub(crate) fn tag(group: u16, element: u16) -> Tag {
        Tag(group, element)
    }

    /// A mask over a whole image, which shows through. Its bits begin with a byte.
    pub(crate) fn of(columns: u32, rows: u32, bytes: Vec<u8>, ink: Ink) -> Self {
        let bits = Bits::Own { bytes, first: 0 };
        Self { columns: columns.into(), rows: rows.into(), origin: (0, 0), bits, ink, cover: Cover::Half }
    }

    /// The plane of a repeating group for a frame (from 0); `None` when the group has no plane, or none for this frame.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when its size or its bits are missing; [`Error::Unsupported`] when they were left in the file.
    pub(crate) fn read(attributes: &DataSet, group: u16, frame: u32) -> Result<Option<Self>, Error> {
        let int = |element| attributes.int(Self::tag(group, element));
        let (Some(rows), Some(columns)) = (int(0x0010), int(0x0011)) else { return Ok(None) };
        if !(1..=MAX_SIDE).contains(&rows) || !(1..=MAX_SIDE).contains(&columns) {
            return Err(Error::Corrupt("overlay size"));
        }
        // a plane without frames of its own lies over every frame of the image
        let count = int(0x0015).unwrap_or(1).max(1);
        let begins = int(0x0051).unwrap_or(1);
        let number = if int(0x0015).is_some() { i64::from(frame) + 1 - begins } else { 0 };
        if !(0..count).contains(&number) {
            return Ok(None);
        }
        let origin = match attributes.floats(Self::tag(group, 0x0050))[..] {
            [row, column] => (near(column) - 1, near(row) - 1),
            _ => (0, 0),
        };
        let bits = Bits::read(attributes, group, (number * rows * columns) as usize, (rows * columns) as usize)?;
        Ok(Some(Self { columns, rows, origin, bits, ink: WHITE, cover: Cover::Whole }))
    }

    pub(crate) fn in_ink(self, ink: Ink) -> Self {
        Self { ink, ..self }
    }

    /// Whether a pixel of the image, counted from 0, is set. Planes in pixel data have to be taken out first.
    pub(crate) fn is_set(&self, column: i64, row: i64) -> bool {
        let (x, y) = (column - self.origin.0, row - self.origin.1);
        let Bits::Own { bytes, first } = &self.bits else { return false };
        if !(0..self.columns).contains(&x) || !(0..self.rows).contains(&y) {
            return false;
        }
        let at = first + (y * self.columns + x) as usize;
        bytes.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 == 1)
    }

    /// Draws every pixel that is set, as large as the picture has it and at least a dot.
    pub(crate) fn draw(&self, bitmap: Bitmap, geometry: &Geometry) -> Bitmap {
        let mut bitmap = if is_grey(self.ink) { bitmap } else { bitmap.coloured() };
        let (left, top) = self.origin;
        let Some(seen) = geometry.area.within(Area { left, top, columns: self.columns, rows: self.rows }) else {
            return bitmap;
        };
        for row in seen.top..seen.top + seen.rows {
            for column in (seen.left..seen.left + seen.columns).filter(|column| self.is_set(*column, row)) {
                let one = geometry.place((column as f64, row as f64));
                let other = geometry.place((column as f64 + 1.0, row as f64 + 1.0));
                let span = |a: f64, b: f64| {
                    let from = (a.min(b) + 1e-6).floor() as i64;
                    from..(a.max(b).round() as i64).max(from + 1)
                };
                for y in span(one.1, other.1) {
                    span(one.0, other.0).for_each(|x| match self.cover {
                        Cover::Whole => bitmap.dot(x, y, self.ink),
                        Cover::Half => bitmap.tint(x, y, self.ink),
                    });
                }
            }
        }
        bitmap
    }

    /// The same with its bits taken out of the pixel data, where it has them there.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when the pixel data is compressed, because codecs give only the stored bits.
    pub(crate) fn taken_out(&self, image: &Image, bytes: &[u8]) -> Result<Self, Error> {
        let Bits::OfPixels(bit) = self.bits else { return Ok(self.clone()) };
        if image.syntax.coding != PixelCoding::Native {
            return Err(Error::Unsupported("overlay in the bits of compressed pixels"));
        }
        let pixels = (self.columns * self.rows) as usize;
        let whole = (i64::from(image.columns), i64::from(image.rows)) == (self.columns, self.rows);
        if !whole || image.channels != 1 {
            return Err(Error::Corrupt("overlay in the bits of other pixels"));
        }
        let is_set = |at: usize| cell(image, bytes, at).is_some_and(|cell| cell >> bit & 1 == 1);
        let mut packed = vec![0u8; pixels.div_ceil(8)];
        (0..pixels).filter(|at| is_set(*at)).for_each(|at| packed[at / 8] |= 1 << (at % 8));
        Ok(Self { bits: Bits::Own { bytes: packed, first: 0 }, ..self.clone() })
    }
}

/// A whole number that sums with others fit beside.
fn near(place: f64) -> i64 {
    let most = MAX_SIDE as f64;
    place.clamp(-most, most) as i64
}

impl Bits {
    fn read(attributes: &DataSet, group: u16, first: usize, count: usize) -> Result<Self, Error> {
        let bytes = match attributes.get(Plane::tag(group, 0x3000)).map(|element| &element.value) {
            Some(Value::Bytes(bytes)) => bytes.clone(),
            Some(Value::Int(words)) => words.iter().flat_map(|word| (*word as u16).to_le_bytes()).collect(),
            Some(Value::Bulk { .. }) => return Err(Error::Unsupported("overlay outside of the data set")),
            _ => {
                let bit = attributes.int(Plane::tag(group, 0x0102)).filter(|bit| (1..32).contains(bit));
                return bit.map(|bit| Self::OfPixels(bit as u32)).ok_or(Error::Corrupt("overlay without bits"));
            }
        };
        match bytes.len().saturating_mul(8) >= first + count {
            true => Ok(Self::Own { bytes, first }),
            false => Err(Error::Corrupt("overlay shorter than its size")),
        }
    }
}

/// A pixel with all its bits, of uncompressed pixel data.
fn cell(image: &Image, bytes: &[u8], at: usize) -> Option<u32> {
    let Number::Integer(bits) = image.number else { return None };
    let width = bits.allocated as usize / 8;
    let cell = bytes.get(at * width..(at + 1) * width)?;
    let join = |sum: u32, byte: &u8| (sum << 8) | u32::from(*byte);
    Some(match image.byte_order {
        ByteOrder::Little => cell.iter().rev().fold(0, join),
        _ => cell.iter().fold(0, join),
    })
}
