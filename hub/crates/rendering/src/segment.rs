//! Segmentations drawn over the images they were made from (PS3.3 A.51 and C.8.20).

use crate::{Error, Image, Samples, codec, draw::Ink, frame::each_type, lab, overlay::Plane};
use imaging_domain::{DataSet, tags};

/// The most segments that are drawn over one picture.
pub const MAX_SEGMENTS: usize = 64;
/// Inks of segments that recommend none, in turn.
const INKS: [Ink; 6] = [[230, 60, 60], [60, 200, 80], [70, 130, 240], [240, 190, 40], [190, 90, 220], [60, 200, 210]];

/// The frames of a segmentation, from 0, that say they were made from a frame (from 0) of an image; not more than
/// [`MAX_SEGMENTS`]. `own` are the attributes of the image's instance.
pub fn segment_frames(segmentation: &DataSet, own: &DataSet, frame: u32) -> Vec<u32> {
    let Some(uid) = own.text(tags::SOP_INSTANCE_UID) else { return vec![] };
    let names = |source: &DataSet| {
        let frames = source.floats(tags::REFERENCED_FRAME_NUMBER);
        source.text(tags::REFERENCED_SOP_INSTANCE_UID) == Some(uid)
            && (frames.is_empty() || frames.contains(&f64::from(frame + 1)))
    };
    let is_about = |group: &DataSet| {
        let derived = group.items(tags::DERIVATION_IMAGE_SEQUENCE).iter();
        derived.flat_map(|item| item.items(tags::SOURCE_IMAGE_SEQUENCE)).any(names)
    };
    let shared = segmentation.items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE).first().is_some_and(is_about);
    let groups = segmentation.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE).iter();
    let about = (0..).zip(groups).filter(|(_, group)| shared || is_about(group));
    about.map(|(number, _)| number).take(MAX_SEGMENTS).collect()
}

impl Image {
    /// The image with a frame (from 0) of a segmentation over it, in the colour that its segment recommends. `bytes` and
    /// `bit_offset` are those of [`decode`](crate::decode). Of a fractional segment what is half of the most or above
    /// is drawn.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for segmentations that are no masks, or have another size than the image; else those of
    /// [`decode`](crate::decode).
    pub fn covered(
        mut self,
        segmentation: &DataSet,
        transfer_syntax: &str,
        number: u32,
        bytes: &[u8],
        bit_offset: u8,
    ) -> Result<Self, Error> {
        if !matches!(segmentation.text(tags::SEGMENTATION_TYPE).map(str::trim), Some("BINARY" | "FRACTIONAL")) {
            return Err(Error::Unsupported("segmentation that is no mask"));
        }
        let mask = Self::describe(segmentation, transfer_syntax, number)?;
        if (mask.columns, mask.rows, mask.channels) != (self.columns, self.rows, 1) {
            return Err(Error::Unsupported("segmentation of another size than its image"));
        }
        let most = segmentation.floats(tags::MAXIMUM_FRACTIONAL_VALUE).first().copied().unwrap_or(1.0);
        let frame = codec::decode(&mask, bytes, bit_offset)?;
        let plane = Plane::of(mask.columns, mask.rows, packed(&frame.samples, most / 2.0), ink(segmentation, number));
        self.overlays.push(plane);
        Ok(self)
    }
}

/// Samples that reach a value, eight to a byte, the first in the lowest bit.
#[allow(clippy::unnecessary_cast, reason = "the cast does nothing for one of the types only")]
fn packed(samples: &Samples, least: f64) -> Vec<u8> {
    let mut out = vec![0u8; samples.len().div_ceil(8)];
    each_type!(samples, values => {
        for (at, _) in values.iter().enumerate().filter(|(_, value)| **value as f64 >= least) {
            out[at / 8] |= 1 << (at % 8);
        }
    });
    out
}

fn ink(segmentation: &DataSet, number: u32) -> Ink {
    let identified = |group: &DataSet| {
        let item = group.items(tags::SEGMENT_IDENTIFICATION_SEQUENCE).first()?;
        item.int(tags::REFERENCED_SEGMENT_NUMBER)
    };
    let of_frame = segmentation.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE).get(number as usize);
    let shared = segmentation.items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE).first();
    let segment = of_frame.and_then(identified).or_else(|| shared.and_then(identified)).unwrap_or(1);
    let mut segments = segmentation.items(tags::SEGMENT_SEQUENCE).iter();
    let item = segments.find(|item| item.int(tags::SEGMENT_NUMBER) == Some(segment));
    let recommended = item.and_then(|item| lab::ink(&item.floats(tags::RECOMMENDED_DISPLAY_CIE_LAB_VALUE)));
    recommended.unwrap_or(INKS[segment.rem_euclid(INKS.len() as i64) as usize])
}
