//! 8-bit pixels: a picture before it is written.

use crate::{
    Error,
    geometry::{Area, Geometry, Turn},
};

/// 8-bit pixels, rows from the top.
#[derive(Clone, PartialEq)]
pub(crate) struct Bitmap {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// 1 (grey) or 3 (RGB).
    pub(crate) channels: usize,
    pub(crate) pixels: Vec<u8>,
}

impl Bitmap {
    /// One shade all over.
    fn black(width: u32, height: u32, channels: usize) -> Self {
        let pixels = vec![0; width as usize * height as usize * channels];
        Self { width, height, channels, pixels }
    }

    /// The same in red, green and blue.
    pub(crate) fn coloured(self) -> Self {
        if self.channels == 3 {
            return self;
        }
        let pixels = self.pixels.into_iter().flat_map(|grey| [grey; 3]).collect();
        Self { channels: 3, pixels, ..self }
    }

    /// On black, where the part of the area that the image covers has its place in the whole area.
    pub(crate) fn on_area(self, covered: Area, geometry: &Geometry) -> Self {
        if (self.width, self.height) == geometry.upright {
            return self;
        }
        let mut whole = Self::black(geometry.upright.0, geometry.upright.1, self.channels);
        let scale = geometry.scale();
        let at = |offset: i64, scale: f64, room: u32, own: u32| {
            ((offset as f64 * scale).round() as usize).min(room.saturating_sub(own) as usize)
        };
        let left = at(covered.left - geometry.area.left, scale.0, whole.width, self.width);
        let top = at(covered.top - geometry.area.top, scale.1, whole.height, self.height);
        let (line, own) = (whole.width as usize * self.channels, self.width as usize * self.channels);
        let rows = whole.pixels.chunks_exact_mut(line).skip(top);
        for (row, pixels) in rows.zip(self.pixels.chunks_exact(own)) {
            row[left * self.channels..left * self.channels + own].copy_from_slice(pixels);
        }
        whole
    }

    /// Turned and flipped.
    pub(crate) fn turned(self, turn: Turn) -> Self {
        if turn == Turn::default() {
            return self;
        }
        let (width, height) = if turn.is_sideways() { (self.height, self.width) } else { (self.width, self.height) };
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for y in 0..height {
            let y = if turn.flip_vertical { height - 1 - y } else { y };
            for x in 0..width {
                let x = if turn.flip_horizontal { width - 1 - x } else { x };
                let (column, row) = match turn.quarters {
                    1 => (y, self.height - 1 - x),
                    2 => (self.width - 1 - x, self.height - 1 - y),
                    3 => (self.width - 1 - y, x),
                    _ => (x, y),
                };
                let at = (row as usize * self.width as usize + column as usize) * self.channels;
                pixels.extend_from_slice(&self.pixels[at..at + self.channels]);
            }
        }
        Self { width, height, channels: self.channels, pixels }
    }
}

/// Columns and rows of the part of the picture, before it is turned, that the image covers.
pub(crate) fn covered_size(covered: Area, geometry: &Geometry) -> Result<(u32, u32), Error> {
    let scale = geometry.scale();
    let side = |length: i64, scale: f64, most: u32| (length as f64 * scale).round().clamp(1.0, f64::from(most)) as u32;
    Ok((side(covered.columns, scale.0, geometry.upright.0), side(covered.rows, scale.1, geometry.upright.1)))
}
