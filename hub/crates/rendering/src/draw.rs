//! Dots, lines, areas and letters drawn into a bitmap.

use crate::bitmap::Bitmap;

/// Side of a letter's cell, in dots (half of it across for narrow letters).
const CELL: i64 = 16;
/// Pixels of a picture's shorter side for each size of letters.
const SIDE_OF_LETTERS: u32 = 640;

/// Red, green and blue that something is drawn in.
pub(crate) type Ink = [u8; 3];

/// White, and black around it.
pub(crate) const WHITE: Ink = [255; 3];
const BLACK: Ink = [0; 3];

/// Whether an ink has no colour.
pub(crate) fn is_grey(ink: Ink) -> bool {
    ink[0] == ink[1] && ink[1] == ink[2]
}

/// How large letters are in a picture: whole multiples of their dots, so that they stay sharp.
pub(crate) fn letter_size(bitmap: &Bitmap) -> i64 {
    i64::from((bitmap.width.min(bitmap.height) / SIDE_OF_LETTERS).max(1))
}

impl Bitmap {
    /// One pixel; outside of the picture nothing. A grey bitmap takes the ink's green.
    pub(crate) fn dot(&mut self, x: i64, y: i64, ink: Ink) {
        if x < 0 || y < 0 || x >= i64::from(self.width) || y >= i64::from(self.height) {
            return;
        }
        let at = (y as usize * self.width as usize + x as usize) * self.channels;
        match self.channels {
            1 => self.pixels[at] = ink[1],
            _ => self.pixels[at..at + 3].copy_from_slice(&ink),
        }
    }

    /// One pixel, half of what was there and half of the ink.
    pub(crate) fn tint(&mut self, x: i64, y: i64, ink: Ink) {
        if x < 0 || y < 0 || x >= i64::from(self.width) || y >= i64::from(self.height) {
            return;
        }
        let at = (y as usize * self.width as usize + x as usize) * self.channels;
        let own = &self.pixels[at..at + self.channels];
        let half = |n: usize| own[n.min(own.len() - 1)].midpoint(ink[n]);
        self.dot(x, y, [half(0), half(1), half(2)]);
    }

    /// A line between two points of the picture, as far as it is inside.
    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink) {
        let Some((from, to)) = clipped(from, to, (f64::from(self.width), f64::from(self.height))) else { return };
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let steps = dx.abs().max(dy.abs()).ceil().max(1.0);
        for step in 0..=steps as u32 {
            let part = f64::from(step) / steps;
            self.dot((from.0 + dx * part).floor() as i64, (from.1 + dy * part).floor() as i64, ink);
        }
    }

    /// The inside of a closed outline, by the even-odd rule.
    pub(crate) fn fill(&mut self, outline: &[(f64, f64)], ink: Ink) {
        for y in 0..self.height {
            let crossings = crossings(outline, f64::from(y) + 0.5);
            for pair in crossings.chunks_exact(2) {
                let (from, to) = (pair[0].max(0.0).ceil() as i64, pair[1].min(f64::from(self.width)).ceil() as i64);
                (from..to).for_each(|x| self.dot(x, i64::from(y), ink));
            }
        }
    }

    /// A line of text whose top left corner is at a point, with a dark rim so that it can be read on anything. Letters
    /// that the font does not have are boxes.
    pub(crate) fn text(&mut self, text: &str, (left, top): (i64, i64), size: i64, ink: Ink) {
        // far outside nothing is seen, and sums would not fit
        let reach = i64::from(self.width.max(self.height)) + 64 * CELL * size * 16;
        if left.saturating_abs() > reach || top.saturating_abs() > reach {
            return;
        }
        let rim = if ink[1] < 96 { WHITE } else { BLACK };
        for (ink, is_rim) in [(rim, true), (ink, false)] {
            let mut at = left;
            for letter in text.chars().filter(|letter| !letter.is_control()) {
                let Some(glyph) = glyph(letter) else { continue };
                self.letter(glyph, (at, top), size, (ink, is_rim));
                at += glyph.get_width() as i64 * size;
            }
        }
    }

    fn letter(&mut self, glyph: &unifont::Glyph, (left, top): (i64, i64), size: i64, (ink, is_rim): (Ink, bool)) {
        let around = if is_rim { size.min(2) } else { 0 };
        for y in 0..CELL {
            for x in (0..glyph.get_width() as i64).filter(|x| glyph.get_pixel(*x as usize, y as usize)) {
                for y in top + y * size - around..top + (y + 1) * size + around {
                    for x in left + x * size - around..left + (x + 1) * size + around {
                        self.dot(x, y, ink);
                    }
                }
            }
        }
    }
}

fn glyph(letter: char) -> Option<&'static unifont::Glyph> {
    unifont::get_glyph(letter).or_else(|| unifont::get_glyph('\u{25A1}'))
}

/// Pixels that a line of text takes across.
pub(crate) fn text_width(text: &str, size: i64) -> i64 {
    text.chars().filter_map(glyph).map(|glyph| glyph.get_width() as i64 * size).sum()
}

/// Pixels from one line of text to the next.
pub(crate) fn line_height(size: i64) -> i64 {
    (CELL + 2) * size
}

/// Where a row is crossed by a closed outline, from left to right; the pixel from which on it is inside or outside again.
pub(crate) fn crossings(outline: &[(f64, f64)], y: f64) -> Vec<f64> {
    let next = outline.iter().cycle().skip(1);
    let mut crossings: Vec<f64> = outline
        .iter()
        .zip(next)
        .filter(|(a, b)| (a.1 <= y) != (b.1 <= y))
        .map(|(a, b)| a.0 + (y - a.1) / (b.1 - a.1) * (b.0 - a.0) - 0.5)
        .filter(|crossing| crossing.is_finite())
        .collect();
    crossings.sort_by(f64::total_cmp);
    crossings
}

/// The part of a line inside of a rectangle from 0 and 0 (Liang and Barsky 1984).
fn clipped(from: (f64, f64), to: (f64, f64), size: (f64, f64)) -> Option<((f64, f64), (f64, f64))> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    if ![dx, dy, from.0, from.1].iter().all(|number| number.is_finite()) {
        return None;
    }
    let (mut enter, mut leave) = (0f64, 1f64);
    for (step, room) in [(-dx, from.0), (dx, size.0 - from.0), (-dy, from.1), (dy, size.1 - from.1)] {
        match step {
            0.0 if room < 0.0 => return None,
            0.0 => {}
            step if step < 0.0 => enter = enter.max(room / step),
            step => leave = leave.min(room / step),
        }
    }
    let at = |part: f64| (from.0 + dx * part, from.1 + dy * part);
    (enter <= leave).then(|| (at(enter), at(leave)))
}
