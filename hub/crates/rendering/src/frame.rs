//! Decoded samples.

/// Sample values of a frame, interleaved by pixel, rows from the top.
#[derive(Clone, PartialEq)]
#[allow(missing_docs, reason = "each name says its type")]
pub enum Samples {
    U8(Vec<u8>),
    I8(Vec<i8>),
    U16(Vec<u16>),
    I16(Vec<i16>),
    U32(Vec<u32>),
    I32(Vec<i32>),
    F32(Vec<f32>),
    F64(Vec<f64>),
}

/// Runs one expression on the vector inside [`Samples`], whatever its type.
macro_rules! each_type {
    ($samples:expr, $values:ident => $body:expr) => {
        match $samples {
            $crate::frame::Samples::U8($values) => $body,
            $crate::frame::Samples::I8($values) => $body,
            $crate::frame::Samples::U16($values) => $body,
            $crate::frame::Samples::I16($values) => $body,
            $crate::frame::Samples::U32($values) => $body,
            $crate::frame::Samples::I32($values) => $body,
            $crate::frame::Samples::F32($values) => $body,
            $crate::frame::Samples::F64($values) => $body,
        }
    };
}
pub(crate) use each_type;

impl Samples {
    /// How many samples.
    pub fn len(&self) -> usize {
        each_type!(self, values => values.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The samples side by side in little endian.
    pub fn to_le_bytes(&self) -> Vec<u8> {
        each_type!(self, values => values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }
}

/// What the samples of a pixel mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Colour {
    /// One sample: a stored value for the modality LUT.
    Monochrome,
    /// One sample: an index into the palette.
    Palette,
    /// Red, green, blue.
    Rgb,
    /// Luminance, blue and red difference over the full range (PS3.3 C.7.6.3.1.2, YBR_FULL).
    YbrFull,
    /// The same with luminance in 16..=235 (YBR_PARTIAL_422 and YBR_PARTIAL_420).
    YbrPartial,
}

/// One decoded frame.
#[derive(Clone, PartialEq)]
pub struct Frame {
    /// Width in pixels.
    pub columns: u32,
    /// Height in pixels.
    pub rows: u32,
    /// Samples of a pixel: 1 or 3.
    pub channels: u8,
    /// `rows` x `columns` x `channels` values.
    pub samples: Samples,
    /// Significant bits of an integer sample, 1 to 32.
    pub bits: u8,
    /// What they mean; a codec that converts colours itself has been taken into account.
    pub colour: Colour,
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frame({}x{}x{}, {:?})", self.rows, self.columns, self.channels, self.colour)
    }
}
