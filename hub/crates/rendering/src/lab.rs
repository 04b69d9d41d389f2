//! Colours and greys that attributes recommend for display.

use crate::draw::Ink;

/// White of the profile connection space: D50 (PS3.3 C.10.7.1.1, ISO 15076-1).
const WHITE_POINT: [f64; 3] = [0.964_2, 1.0, 0.824_9];
/// XYZ under D50 to linear sRGB, Bradford-adapted.
const TO_SRGB: [[f64; 3]; 3] = [
    [3.133_856_1, -1.616_866_7, -0.490_614_6],
    [-0.978_768_4, 1.916_141_5, 0.033_454_0],
    [0.071_945_3, -0.228_991_4, 1.405_242_7],
];

/// sRGB of a CIELab value of three numbers, each over the whole of 16 bits (PS3.3 C.10.7.1.1).
pub(crate) fn ink(value: &[f64]) -> Option<Ink> {
    let &[lightness, a, b] = value else { return None };
    let lightness = lightness * 100.0 / 65535.0;
    let (a, b) = (a * 255.0 / 65535.0 - 128.0, b * 255.0 / 65535.0 - 128.0);
    let y = (lightness + 16.0) / 116.0;
    let part = |t: f64| if t > 6.0 / 29.0 { t.powi(3) } else { 3.0 * (6.0f64 / 29.0).powi(2) * (t - 4.0 / 29.0) };
    let xyz = [part(y + a / 500.0), part(y), part(y - b / 200.0)];
    let linear = TO_SRGB.map(|row| (0..3).map(|n| row[n] * xyz[n] * WHITE_POINT[n]).sum::<f64>());
    Some(linear.map(|value| {
        let value = value.clamp(0.0, 1.0);
        let curved = if value <= 0.003_130_8 { 12.92 * value } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 };
        (curved * 255.0 + 0.5) as u8
    }))
}

/// A presentation value of 16 bits as a byte.
pub(crate) fn grey(value: i64) -> u8 {
    (value.clamp(0, 65535) >> 8) as u8
}
