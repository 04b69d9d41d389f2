//! The Image Pixel module (PS3.3 C.7.6.3): what a sample is and where it lies.

use crate::{
    Error,
    lookup::{Inputs, Table},
};
use imaging_domain::{DataSet, TransferSyntax, VR, tags, transfer_syntax};
use serde::{Deserialize, Serialize};

/// PlanarConfiguration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Planes {
    Interleaved,
    Separate,
}

/// What a sample is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Number {
    Integer(Bits),
    Float,
    Double,
}

/// Place of an integer sample in its cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Bits {
    /// 1, 8, 16 or 32.
    pub(crate) allocated: u32,
    /// 1 to `allocated`.
    pub(crate) stored: u32,
    /// `stored - 1` to `allocated - 1`.
    pub(crate) high: u32,
    pub(crate) inputs: Inputs,
}

/// PhotometricInterpretation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Photometric {
    Monochrome,
    Palette,
    Rgb,
    YbrFull,
    YbrFull422,
    YbrPartial422,
    YbrPartial420,
    /// YBR_ICT or YBR_RCT: JPEG 2000 turns it into RGB itself.
    YbrWavelet,
}

/// How native samples lie in the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ByteOrder {
    Little,
    /// Big endian; samples of up to 8 bits are in order (OB).
    Big,
    /// Big endian; samples of up to 8 bits lie in swapped pairs (OW).
    BigWords,
}

/// How greys are presented (PS3.3 C.11.6).
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Direction {
    LowIsBlack,
    LowIsWhite,
    /// Presentation LUT: its inputs are the whole range of grey.
    Table(Table),
}

impl Planes {
    pub(crate) fn read(attributes: &DataSet) -> Self {
        match attributes.int(tags::PLANAR_CONFIGURATION) {
            Some(1) => Self::Separate,
            _ => Self::Interleaved,
        }
    }
}

impl Number {
    pub(crate) fn read(attributes: &DataSet) -> Result<Self, Error> {
        let allocated = attributes.int(tags::BITS_ALLOCATED);
        // Only integer pixel data has a representation, so its absence tells floats even without the value at hand.
        let bare = attributes.get(tags::PIXEL_DATA).is_none()
            && attributes.get(tags::PIXEL_REPRESENTATION).is_none()
            && attributes.get(tags::BITS_STORED).is_none();
        let has = |tag| attributes.get(tag).is_some();
        if has(tags::FLOAT_PIXEL_DATA) || (bare && allocated == Some(32)) {
            return Ok(Self::Float);
        }
        if has(tags::DOUBLE_FLOAT_PIXEL_DATA) || (bare && allocated == Some(64)) {
            return Ok(Self::Double);
        }
        let allocated = match allocated {
            Some(bits @ (1 | 8 | 16 | 32)) => bits as u32,
            Some(_) => return Err(Error::Unsupported("bits allocated other than 1, 8, 16 or 32")),
            None => return Err(Error::NotAnImage),
        };
        let stored = attributes.int(tags::BITS_STORED).unwrap_or(i64::from(allocated));
        let high = attributes.int(tags::HIGH_BIT).unwrap_or(stored - 1);
        if !(1..=i64::from(allocated)).contains(&stored) || !(stored - 1..i64::from(allocated)).contains(&high) {
            return Err(Error::Corrupt("bits stored or high bit"));
        }
        let inputs = match attributes.int(tags::PIXEL_REPRESENTATION) {
            Some(1) => Inputs::Signed,
            _ => Inputs::Unsigned,
        };
        Ok(Self::Integer(Bits { allocated, stored: stored as u32, high: high as u32, inputs }))
    }

    /// Smallest and largest value that the stored bits can have; none for floating point.
    pub(crate) fn range(self) -> Option<(f64, f64)> {
        let Self::Integer(bits) = self else { return None };
        let all = 2f64.powi(bits.stored as i32);
        Some(if bits.inputs == Inputs::Signed { (-all / 2.0, all / 2.0 - 1.0) } else { (0.0, all - 1.0) })
    }

    pub(crate) fn inputs(self) -> Inputs {
        match self {
            Self::Integer(bits) => bits.inputs,
            Self::Float | Self::Double => Inputs::Signed,
        }
    }
}

impl Photometric {
    pub(crate) fn read(attributes: &DataSet) -> Result<Self, Error> {
        Ok(match attributes.text(tags::PHOTOMETRIC_INTERPRETATION).map(str::trim) {
            Some("MONOCHROME1" | "MONOCHROME2") => Self::Monochrome,
            Some("PALETTE COLOR") => Self::Palette,
            Some("RGB") => Self::Rgb,
            Some("YBR_FULL") => Self::YbrFull,
            Some("YBR_FULL_422") => Self::YbrFull422,
            Some("YBR_PARTIAL_422") => Self::YbrPartial422,
            Some("YBR_PARTIAL_420") => Self::YbrPartial420,
            Some("YBR_ICT" | "YBR_RCT") => Self::YbrWavelet,
            Some(_) => return Err(Error::Unsupported("photometric interpretation")),
            None => match attributes.int(tags::SAMPLES_PER_PIXEL) {
                Some(3) => Self::Rgb,
                _ => Self::Monochrome,
            },
        })
    }
}

impl ByteOrder {
    pub(crate) fn read(attributes: &DataSet, syntax: &TransferSyntax) -> Self {
        match syntax.encoding {
            transfer_syntax::Encoding::ExplicitBig => match attributes.get(tags::PIXEL_DATA).map(|data| data.vr) {
                Some(VR::OW) => Self::BigWords,
                _ => Self::Big,
            },
            _ => Self::Little,
        }
    }
}

impl Direction {
    /// PresentationLUTShape says it for good; without it the photometric interpretation does (PS3.3 C.11.6.1.2).
    pub(crate) fn read(attributes: &DataSet) -> Self {
        match attributes.text(tags::PRESENTATION_LUT_SHAPE).map(str::trim) {
            Some("INVERSE") => Self::LowIsWhite,
            Some("IDENTITY") => Self::LowIsBlack,
            _ => match attributes.text(tags::PHOTOMETRIC_INTERPRETATION).map(str::trim) {
                Some("MONOCHROME1") => Self::LowIsWhite,
                _ => Self::LowIsBlack,
            },
        }
    }
}
