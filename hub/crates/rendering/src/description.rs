//! What has to be known of an image before its bytes mean anything (PS3.3 C.7.6.3, C.7.6.16).

use crate::{
    Error,
    annotate::Notes,
    aspect, codec,
    lookup::Inputs,
    modality::Modality,
    overlay::Plane,
    palette::Palette,
    pixel::{ByteOrder, Direction, Number, Photometric, Planes},
    presentation::Presentation,
    voi::Voi,
};
use imaging_domain::{DataSet, TransferSyntax, tags, transfer_syntax};
use serde::{Deserialize, Serialize};

/// Description of one frame: its shape, its samples and how they become grey or colour.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Image {
    #[serde(with = "crate::job::by_uid")]
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
    /// ICC profile of its colours, when a picture needs it.
    pub(crate) profile: Option<Vec<u8>>,
    /// Overlay planes that are drawn over it.
    pub(crate) overlays: Vec<Plane>,
    /// Texts that are burnt in.
    pub(crate) notes: Notes,
    /// How a presentation state shows it.
    pub(crate) presentation: Option<Box<Presentation>>,
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
        let (columns, rows) = size(attributes, frame)?;
        let number = Number::read(attributes)?;
        let photometric = Photometric::read(attributes)?;
        let groups = groups(attributes, frame);
        let (modality, voi) = values(&groups, number)?;
        let palette = match photometric {
            Photometric::Palette => Some(Palette::read(attributes, number.inputs())?),
            _ => None,
        };
        let image = Self {
            syntax,
            uid: uid.to_owned(),
            columns,
            rows,
            channels: channels(attributes, photometric)?,
            planes: Planes::read(attributes),
            number,
            photometric,
            byte_order: ByteOrder::read(attributes, &syntax),
            modality,
            voi,
            palette,
            direction: Direction::read(attributes),
            padding: padding(attributes, number.inputs()),
            aspect: aspect::of_image(attributes, &groups),
            profile: None,
            overlays: vec![],
            notes: Notes::default(),
            presentation: None,
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

/// Columns and rows of an image that has this frame.
fn size(attributes: &DataSet, frame: u32) -> Result<(u32, u32), Error> {
    let side = |tag| attributes.int(tag).filter(|side| (1..=65535).contains(side)).map(|side| side as u32);
    let (Some(columns), Some(rows)) = (side(tags::COLUMNS), side(tags::ROWS)) else { return Err(Error::NotAnImage) };
    let frames = attributes.int(tags::NUMBER_OF_FRAMES).unwrap_or(1).max(1);
    if i64::from(frame) < frames { Ok((columns, rows)) } else { Err(Error::NoSuchFrame) }
}

/// What takes stored values to grey.
fn values(groups: &[&DataSet], number: Number) -> Result<(Modality, Voi), Error> {
    let transformation = tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE;
    let modality = find(groups, transformation, |set| Modality::read(set, number.inputs()))?;
    let modality = modality.unwrap_or(Modality::IDENTITY);
    let inputs = modality.outputs(number.inputs());
    let voi = find(groups, tags::FRAME_VOILUT_SEQUENCE, |set| Voi::read(set, inputs))?;
    Ok((modality, voi.unwrap_or(Voi::Extent)))
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
pub(crate) fn find<'a, T>(
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

fn padding(attributes: &DataSet, inputs: Inputs) -> Option<(i64, i64)> {
    let value = |tag| match (attributes.int(tag), inputs) {
        (Some(value), Inputs::Signed) if (32768..65536).contains(&value) => Some(value - 65536),
        (value, _) => value,
    };
    let one = value(tags::PIXEL_PADDING_VALUE)?;
    let other = value(tags::PIXEL_PADDING_RANGE_LIMIT).unwrap_or(one);
    Some((one.min(other), one.max(other)))
}
