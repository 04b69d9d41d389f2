//! A picture in floating point that phantoms are drawn on.
//!
//! Places are in half widths: x from -1 at the left to 1 at the right, y in the same unit downward, 0 in the middle.

use super::noise::Grain;

/// Samples row by row, in whatever unit the phantom thinks in.
#[derive(Debug, Clone)]
pub(super) struct Canvas {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) samples: Vec<f32>,
}

/// An ellipse.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ellipse {
    /// Centre.
    pub(super) at: (f32, f32),
    /// Half axes.
    pub(super) radii: (f32, f32),
    /// Clockwise, in radians.
    pub(super) turned: f32,
}

/// What a shape does to the samples it covers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ink {
    /// Replaces them.
    Set(f32),
    /// Adds to them.
    Add(f32),
    /// Adds as much as a ray sees of a solid ellipsoid: all in the middle, nothing at the rim.
    Solid(f32),
    /// The same, but only where less is there: overlapping pieces do not add up.
    Most(f32),
}

/// An ellipse whose axes lie along the picture's.
pub(super) fn ellipse(x: f32, y: f32, rx: f32, ry: f32) -> Ellipse {
    Ellipse { at: (x, y), radii: (rx, ry), turned: 0.0 }
}

impl Ellipse {
    pub(super) fn turned(self, turned: f32) -> Self {
        Self { turned, ..self }
    }
}

impl Canvas {
    pub(super) fn new(width: usize, height: usize, value: f32) -> Self {
        Self { width, height, samples: vec![value; width * height] }
    }

    /// The place of a pixel's centre.
    pub(super) fn place(&self, column: usize, row: usize) -> (f32, f32) {
        let half = self.width as f32 / 2.0;
        ((column as f32 + 0.5) / half - 1.0, (row as f32 + 0.5 - self.height as f32 / 2.0) / half)
    }

    fn column(&self, x: f32) -> f32 {
        (x + 1.0) * self.width as f32 / 2.0
    }

    fn row(&self, y: f32) -> f32 {
        y * self.width as f32 / 2.0 + self.height as f32 / 2.0
    }

    /// Draws an ellipse, row by row, so that the cost is that of the pixels covered.
    pub(super) fn ellipse(&mut self, shape: Ellipse, ink: Ink) {
        let (rx, ry) = (shape.radii.0.max(1e-4), shape.radii.1.max(1e-4));
        let (sin, cos) = shape.turned.sin_cos();
        let (p, q) = (1.0 / (rx * rx), 1.0 / (ry * ry));
        // a x² + b x y + c y² = 1 is the rim
        let (a, b, c) = (cos * cos * p + sin * sin * q, 2.0 * sin * cos * (p - q), sin * sin * p + cos * cos * q);
        let reach = (rx * rx * sin * sin + ry * ry * cos * cos).sqrt();
        let first = self.row(shape.at.1 - reach).floor().max(0.0) as usize;
        let last = (self.row(shape.at.1 + reach).ceil().max(0.0) as usize).min(self.height);
        for row in first..last {
            let y = self.place(0, row).1 - shape.at.1;
            let under = b * b * y * y - 4.0 * a * (c * y * y - 1.0);
            if under <= 0.0 {
                continue;
            }
            let (middle, half) = (shape.at.0 - b * y / (2.0 * a), under.sqrt() / (2.0 * a));
            let (from, to) = (self.column(middle - half), self.column(middle + half));
            let columns = from.max(0.0) as usize..(to.ceil().max(0.0) as usize).min(self.width);
            for column in columns {
                let cover = (to.min(column as f32 + 1.0) - from.max(column as f32)).clamp(0.0, 1.0);
                let x = self.place(column, row).0 - shape.at.0;
                let inside = (1.0 - (a * x * x + b * x * y + c * y * y)).max(0.0);
                ink.apply(&mut self.samples[row * self.width + column], cover, inside);
            }
        }
    }

    /// Draws a line with round ends, as thick as `radii` say at its two ends.
    pub(super) fn tube(&mut self, from: (f32, f32), to: (f32, f32), radii: (f32, f32), ink: Ink) {
        let most = radii.0.max(radii.1);
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = (dx * dx + dy * dy).max(1e-9);
        let columns =
            self.range(self.column(from.0.min(to.0) - most), self.column(from.0.max(to.0) + most), self.width);
        let rows = self.range(self.row(from.1.min(to.1) - most), self.row(from.1.max(to.1) + most), self.height);
        let pixels = self.width as f32 / 2.0;
        for row in rows {
            for column in columns.clone() {
                let (x, y) = self.place(column, row);
                let along = (((x - from.0) * dx + (y - from.1) * dy) / length).clamp(0.0, 1.0);
                let (ox, oy) = (x - from.0 - along * dx, y - from.1 - along * dy);
                let radius = radii.0 + (radii.1 - radii.0) * along;
                let distance = (ox * ox + oy * oy).sqrt();
                let cover = ((radius - distance) * pixels + 0.5).clamp(0.0, 1.0);
                if cover > 0.0 {
                    let inside = (1.0 - (distance / radius).powi(2)).max(0.0);
                    ink.apply(&mut self.samples[row * self.width + column], cover, inside);
                }
            }
        }
    }

    /// Draws tubes from point to point.
    pub(super) fn path(&mut self, points: &[(f32, f32)], radius: f32, ink: Ink) {
        for pair in points.windows(2) {
            self.tube(pair[0], pair[1], (radius, radius), ink);
        }
    }

    fn range(&self, from: f32, to: f32, end: usize) -> std::ops::Range<usize> {
        (from.floor().max(0.0) as usize).min(end)..(to.ceil().max(0.0) as usize).min(end)
    }

    /// Changes every sample by its place.
    pub(super) fn map(&mut self, change: impl Fn((f32, f32), f32) -> f32) {
        for row in 0..self.height {
            for column in 0..self.width {
                let place = self.place(column, row);
                let sample = &mut self.samples[row * self.width + column];
                *sample = change(place, *sample);
            }
        }
    }

    /// Adds a canvas of the same size, scaled.
    pub(super) fn add(&mut self, other: &Canvas, factor: f32) {
        self.samples.iter_mut().zip(&other.samples).for_each(|(sample, more)| *sample += more * factor);
    }

    /// Adds noise of a deviation.
    pub(super) fn grain(&mut self, grain: &Grain, deviation: f32, shift: u64) {
        for row in 0..self.height {
            for (column, sample) in self.samples[row * self.width..][..self.width].iter_mut().enumerate() {
                *sample += deviation * grain.at(column, row, shift);
            }
        }
    }

    /// Softens edges with weights 1, 2, 1 in both directions.
    pub(super) fn soften(&mut self) {
        let (width, height) = (self.width, self.height);
        for line in self.samples.chunks_exact_mut(width) {
            let mut before = line[0];
            for column in 0..width {
                let after = line[(column + 1).min(width - 1)];
                let here = line[column];
                line[column] = (before + 2.0 * here + after) / 4.0;
                before = here;
            }
        }
        let mut before = self.samples[..width].to_vec();
        for row in 0..height {
            let (start, below) = (row * width, (row + 1).min(height - 1) * width);
            for (column, above) in before.iter_mut().enumerate() {
                let here = self.samples[start + column];
                self.samples[start + column] = (*above + 2.0 * here + self.samples[below + column]) / 4.0;
                *above = here;
            }
        }
    }

    /// Little endian words, rounded, between two limits.
    pub(super) fn words(&self, low: i32, high: i32) -> Vec<u8> {
        let word = |sample: &f32| ((sample.round() as i32).clamp(low, high) as u16).to_le_bytes();
        self.samples.iter().flat_map(word).collect()
    }

    /// Bytes, rounded, from 0 to 255.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.samples.iter().map(|sample| sample.round() as u8).collect()
    }
}

impl Ink {
    /// `cover` is the part of the pixel inside, `inside` 1 minus the square of the distance from the middle.
    fn apply(self, sample: &mut f32, cover: f32, inside: f32) {
        match self {
            Self::Set(value) => *sample += (value - *sample) * cover,
            Self::Add(value) => *sample += value * cover,
            Self::Solid(value) => *sample += value * inside.sqrt(),
            Self::Most(value) => *sample = sample.max(value * inside.sqrt()),
        }
    }
}
