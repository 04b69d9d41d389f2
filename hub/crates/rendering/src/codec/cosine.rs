//! From the coefficients of a block to its samples of 12 bits: the inverse cosine transform (ITU-T T.81 A.3.3).

use super::grid::Block;
use std::f32::consts::{FRAC_1_SQRT_2, PI};

/// Place in the block of each coefficient of the stream (T.81 figure A.6).
const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

/// Row `u`, column `x`: the share of frequency `u` in sample `x` (T.81 A.3.3).
pub(super) fn basis() -> [[f32; 8]; 8] {
    let mut basis = [[0.0; 8]; 8];
    for (u, row) in basis.iter_mut().enumerate() {
        let scale = if u == 0 { FRAC_1_SQRT_2 / 2.0 } else { 0.5 };
        for (x, value) in row.iter_mut().enumerate() {
            *value = scale * ((2 * x + 1) as f32 * u as f32 * PI / 16.0).cos();
        }
    }
    basis
}

/// Dequantized, inverse-transformed, level-shifted samples of a block.
pub(super) fn transformed(block: &Block, quantization: &[u16; 64], basis: &[[f32; 8]; 8]) -> [u16; 64] {
    let mut frequencies = [0f32; 64];
    for ((value, step), place) in block.iter().zip(quantization).zip(ZIGZAG) {
        frequencies[usize::from(place)] = *value as f32 * f32::from(*step);
    }
    let mut half = [0f32; 64];
    for v in 0..8 {
        for (u, row) in basis.iter().enumerate() {
            let frequency = frequencies[v * 8 + u];
            (0..8).for_each(|x| half[v * 8 + x] += frequency * row[x]);
        }
    }
    let mut samples = [2048f32; 64];
    for (v, row) in basis.iter().enumerate() {
        for y in 0..8 {
            (0..8).for_each(|x| samples[y * 8 + x] += half[v * 8 + x] * row[y]);
        }
    }
    samples.map(|sample| (sample + 0.5).clamp(0.0, 4095.0) as u16)
}
