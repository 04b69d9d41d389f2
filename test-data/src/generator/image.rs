//! Pixels as an instance carries them.

/// One instance's pixels.
#[derive(Debug, Clone)]
pub(super) struct Image {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) pixel: Pixel,
    /// Each frame's bytes: rows, then columns, then samples of a pixel; words little endian.
    pub(super) frames: Vec<Vec<u8>>,
}

/// What a pixel is (PS3.3 C.7.6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pixel {
    /// 16 bits signed.
    Signed,
    /// So many bits of 16, unsigned.
    Unsigned(u16),
    /// The same, and small values are bright.
    Inverted(u16),
    /// 8 bits.
    Grey,
    /// Red, green and blue of 8 bits each.
    Rgb,
    /// 8 bits that a palette makes a colour.
    Palette,
}

impl Pixel {
    /// Bits Allocated, Bits Stored.
    pub(super) fn bits(self) -> (u16, u16) {
        match self {
            Self::Signed => (16, 16),
            Self::Unsigned(stored) | Self::Inverted(stored) => (16, stored),
            Self::Grey | Self::Rgb | Self::Palette => (8, 8),
        }
    }

    /// Samples per Pixel.
    pub(super) fn samples(self) -> u16 {
        if self == Self::Rgb { 3 } else { 1 }
    }

    /// Photometric Interpretation, uncompressed.
    pub(super) fn photometric(self) -> &'static str {
        match self {
            Self::Signed | Self::Unsigned(_) | Self::Grey => "MONOCHROME2",
            Self::Inverted(_) => "MONOCHROME1",
            Self::Rgb => "RGB",
            Self::Palette => "PALETTE COLOR",
        }
    }
}
