//! Chance that is the same in every run.

use std::f32::consts::TAU;

/// Numbers from a seed (SplitMix64).
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0xD134_2543_DE82_EF95) ^ 0x5851_F42D_4C95_7F2D)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed(self.0)
    }

    /// Evenly from 0 to below 1.
    pub(super) fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// Evenly between two numbers.
    pub(super) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Normally, with mean 0 and deviation 1 (Box and Muller).
    pub(super) fn normal(&mut self) -> f32 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (TAU * self.unit()).cos()
    }
}

/// A tile of noise that repeats without a seam: drawing it once and shifting it costs less than drawing it anew for
/// every slice.
pub(super) struct Grain(Vec<f32>);

impl Grain {
    const SIDE: usize = 256;

    /// White noise softened a little, as the kernel of a scanner does; mean 0, deviation 1.
    pub(super) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let white: Vec<f32> = (0..Self::SIDE * Self::SIDE).map(|_| dice.normal()).collect();
        let at = |x: usize, y: usize| white[(y % Self::SIDE) * Self::SIDE + x % Self::SIDE];
        let soft = |index: usize| {
            let (x, y) = (index % Self::SIDE, index / Self::SIDE);
            // weights 2, 1, 1, 1 have a deviation of the square root of 7
            (2.0 * at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1)) / 7f32.sqrt()
        };
        Self((0..white.len()).map(soft).collect())
    }

    /// The noise of a pixel; each `shift` gives another picture.
    pub(super) fn at(&self, x: usize, y: usize, shift: u64) -> f32 {
        let (dx, dy) = (mixed(shift) as usize, mixed(shift ^ 0xFFFF) as usize);
        let (x, y) = (x.wrapping_add(dx) % Self::SIDE, y.wrapping_add(dy) % Self::SIDE);
        self.0[y * Self::SIDE + x]
    }
}

/// Clouds: four octaves of a smooth random field, about from -1 to 1. One unit is the size of the largest ones.
pub(super) fn clouds(x: f32, y: f32, seed: u64) -> f32 {
    let (mut sum, mut weight, mut scale) = (0.0, 0.55, 1.0);
    for octave in 0..4 {
        sum += weight * smooth(x * scale, y * scale, seed + octave);
        weight *= 0.55;
        scale *= 2.1;
    }
    sum
}

/// Values of a lattice of whole numbers with smooth passages between them.
fn smooth(x: f32, y: f32, seed: u64) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let ease = |t: f32| t * t * (3.0 - 2.0 * t);
    let (u, v) = (ease(x - left), ease(y - top));
    let corner = |dx: i64, dy: i64| {
        let (column, row) = ((left as i64 + dx) as u64, (top as i64 + dy) as u64);
        let bits = mixed(column.wrapping_mul(0x9E37_79B9) ^ row.wrapping_mul(0x85EB_CA6B_0000) ^ seed << 48);
        (bits >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    };
    let upper = corner(0, 0) * (1.0 - u) + corner(1, 0) * u;
    let lower = corner(0, 1) * (1.0 - u) + corner(1, 1) * u;
    upper * (1.0 - v) + lower * v
}

fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ bits >> 31
}
