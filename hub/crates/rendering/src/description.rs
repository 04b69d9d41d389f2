//! What has to be known of an image before its bytes mean anything (PS3.3 C.7.6.3, C.7.6.16).

use crate::{Error, codec, lookup::Inputs, modality::Modality, palette::Palette, voi::Voi};
use imaging_domain::{DataSet, TransferSyntax, VR, tags, transfer_syntax};

/// Description of one frame: its shape, its samples and how they become grey or colour.
#[derive(Clone, PartialEq)]
pub struct Image {
    pub(crate) syntax: TransferSyntax,
    /// UID as the file says: rows of the table may share their treatment.
    pub(crate) uid: String,
    pub(crate) columns: u32,
    pub(crate) rows: u32,
    /// 1 or 3.
    pub(crate) channels: u8,
    pub(crate) planes: Planes,
    pub(crate) number: Number,
    pub(crate) photometric: Photometric,
    pub(crate) byte_order: ByteOrder,
    pub(crate) modality: Modality,
    pub(crate) voi: Voi,
    pub(crate) palette: Option<Palette>,
    pub(crate) direction: Direction,
    /// Stored values, both ends included, that are no part of the picture.
    pub(crate) padding: Option<(i64, i64)>,
    /// Height of a pixel over its width.
    pub(crate) aspect: f64,
}

/// PlanarConfiguration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Planes {
    Interleaved,
    Separate,
}

/// What a sample is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    Integer(Bits),
    Float,
    Double,
}

/// Place of an integer sample in its cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByteOrder {
    Little,
    /// Big endian; samples of up to 8 bits are in order (OB).
    Big,
    /// Big endian; samples of up to 8 bits lie in swapped pairs (OW).
    BigWords,
}

/// Which end of the values is bright.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    LowIsBlack,
    LowIsWhite,
}

impl Image {
    /// Reads a description from the attributes of an instance. `frame` counts from 0; its functional groups, then the
    /// shared ones, are looked at before the data set itself (PS3.3 C.7.6.16). PixelData need not be there; when it
    /// is, only its VR counts.
    ///
    /// # Errors
    /// [`Error::NotAnImage`] without rows, columns or bits; [`Error::NoSuchFrame`] for a frame above NumberOfFrames;
    /// [`Error::Unsupported`] for shapes nobody reads or look-up tables left outside of the data set;
    /// [`Error::Corrupt`] for attributes that contradict each other; [`Error::TooLarge`] above
    /// [`MAX_DECODED`](crate::MAX_DECODED).
    pub fn describe(attributes: &DataSet, transfer_syntax: &str, frame: u32) -> Result<Self, Error> {
        let uid = transfer_syntax.trim_end_matches(['\0', ' ']);
        let syntax = transfer_syntax::of(uid);
        let size = |tag| attributes.int(tag).filter(|n| (1..=65535).contains(n)).map(|n| n as u32);
        let (Some(rows), Some(columns)) = (size(tags::ROWS), size(tags::COLUMNS)) else {
            return Err(Error::NotAnImage);
        };
        let frames = attributes.int(tags::NUMBER_OF_FRAMES).unwrap_or(1).max(1);
        if i64::from(frame) >= frames {
            return Err(Error::NoSuchFrame);
        }
        let number = Number::read(attributes)?;
        let photometric = Photometric::read(attributes)?;
        let inputs = number.inputs();
        let groups = groups(attributes, frame);
        let modality = find(&groups, tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE, |set| Modality::read(set, inputs))?;
        let modality = modality.unwrap_or(Modality::IDENTITY);
        let voi_inputs = voi_inputs(&modality, number);
        let voi = find(&groups, tags::FRAME_VOILUT_SEQUENCE, |set| Voi::read(set, voi_inputs))?;
        let palette = match photometric {
            Photometric::Palette => Some(Palette::read(attributes, inputs)?),
            _ => None,
        };
        let image = Self {
            syntax,
            uid: uid.to_owned(),
            columns,
            rows,
            channels: channels(attributes, photometric)?,
            planes: match attributes.int(tags::PLANAR_CONFIGURATION) {
                Some(1) => Planes::Separate,
                _ => Planes::Interleaved,
            },
            number,
            photometric,
            byte_order: ByteOrder::read(attributes, &syntax),
            modality,
            voi: voi.unwrap_or(Voi::Extent),
            palette,
            direction: Direction::read(attributes),
            padding: padding(attributes, inputs),
            aspect: aspect(attributes, &groups),
        };
        codec::check_size(&image)?;
        Ok(image)
    }

    /// Width in pixels, 1 to 65535.
    pub fn columns(&self) -> u32 {
        self.columns
    }

    /// Height in pixels, 1 to 65535.
    pub fn rows(&self) -> u32 {
        self.rows
    }
}

impl std::fmt::Debug for Image {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Image({}x{}x{}, {:?})", self.rows, self.columns, self.channels, self.photometric)
    }
}

impl Number {
    fn read(attributes: &DataSet) -> Result<Self, Error> {
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

    pub(crate) fn inputs(self) -> Inputs {
        match self {
            Self::Integer(bits) => bits.inputs,
            Self::Float | Self::Double => Inputs::Signed,
        }
    }
}

impl Photometric {
    fn read(attributes: &DataSet) -> Result<Self, Error> {
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
    fn read(attributes: &DataSet, syntax: &TransferSyntax) -> Self {
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
    fn read(attributes: &DataSet) -> Self {
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

fn channels(attributes: &DataSet, photometric: Photometric) -> Result<u8, Error> {
    let expected = match photometric {
        Photometric::Monochrome | Photometric::Palette => 1,
        _ => 3,
    };
    match attributes.int(tags::SAMPLES_PER_PIXEL).unwrap_or(i64::from(expected)) {
        samples if samples == i64::from(expected) => Ok(expected),
        1 | 3 => Err(Error::Corrupt("samples per pixel contradict the photometric interpretation")),
        _ => Err(Error::Unsupported("samples per pixel other than 1 or 3")),
    }
}

/// Where a frame's attributes may be, nearest first: items of functional groups, then the data set itself.
fn groups(attributes: &DataSet, frame: u32) -> Vec<&DataSet> {
    let of_frame = attributes.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE).get(frame as usize);
    let shared = attributes.items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE).first();
    of_frame.into_iter().chain(shared).chain([attributes]).collect()
}

/// The first answer of a group's macro sequence, and at last of the data set's own attributes.
fn find<'a, T>(
    groups: &[&'a DataSet],
    sequence: imaging_domain::Tag,
    read: impl Fn(&'a DataSet) -> Result<Option<T>, Error>,
) -> Result<Option<T>, Error> {
    let (own, functional) = match groups.split_last() {
        Some((own, functional)) => (*own, functional),
        None => return Ok(None),
    };
    for item in functional.iter().filter_map(|group| group.items(sequence).first()) {
        if let Some(found) = read(item)? {
            return Ok(Some(found));
        }
    }
    read(own)
}

/// Whether values that reach the VOI LUT can be below 0.
fn voi_inputs(modality: &Modality, number: Number) -> Inputs {
    match modality {
        Modality::Table(_) => Inputs::Unsigned,
        Modality::Rescale { slope, intercept } if *slope < 0.0 || *intercept < 0.0 => Inputs::Signed,
        Modality::Rescale { .. } => number.inputs(),
    }
}

fn padding(attributes: &DataSet, inputs: Inputs) -> Option<(i64, i64)> {
    let value = |tag| match (attributes.int(tag), inputs) {
        (Some(value), Inputs::Signed) if (32768..65536).contains(&value) => Some(value - 65536),
        (value, _) => value,
    };
    let one = value(tags::PIXEL_PADDING_VALUE)?;
    let other = value(tags::PIXEL_PADDING_RANGE_LIMIT).unwrap_or(one);
    Some((one.min(other), one.max(other)))
}

/// Most that a pixel may be longer than wide, or the other way, before the numbers are taken for a mistake.
const MAX_ASPECT: f64 = 16.0;

fn aspect(attributes: &DataSet, groups: &[&DataSet]) -> f64 {
    let pair = |set: &DataSet, tag| match set.floats(tag)[..] {
        [vertical, horizontal] if vertical > 0.0 && horizontal > 0.0 => Some(vertical / horizontal),
        _ => None,
    };
    let measured = find(groups, tags::PIXEL_MEASURES_SEQUENCE, |set| Ok(pair(set, tags::PIXEL_SPACING)));
    let aspect = pair(attributes, tags::PIXEL_ASPECT_RATIO)
        .or(measured.ok().flatten())
        .or(pair(attributes, tags::IMAGER_PIXEL_SPACING))
        .unwrap_or(1.0);
    if (1.0 / MAX_ASPECT..=MAX_ASPECT).contains(&aspect) { aspect } else { 1.0 }
}
