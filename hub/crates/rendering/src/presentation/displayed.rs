//! Displayed area and spatial transformation (PS3.3 C.10.4 and C.10.6).

use super::reference::{Which, applies};
use crate::{
    aspect,
    geometry::{Area, Turn},
};
use imaging_domain::{DataSet, tags};
use serde::{Deserialize, Serialize};

/// Most that a state may magnify: pictures have a limit of their own, this keeps the numbers sane.
const MAX_MAGNIFICATION: f64 = 64.0;

/// What of an image is shown, and how it is turned.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Shown {
    /// The whole image when not said.
    pub(crate) area: Option<Area>,
    pub(crate) turn: Turn,
    /// Height of a pixel over its width; the image's own when not said.
    pub(crate) aspect: Option<f64>,
    pub(crate) magnification: f64,
}

impl Shown {
    pub(crate) fn read(state: &DataSet, which: &Which<'_>) -> Self {
        let quarters = state.int(tags::IMAGE_ROTATION).unwrap_or(0).rem_euclid(360) / 90;
        let flip_horizontal = state.text(tags::IMAGE_HORIZONTAL_FLIP) == Some("Y");
        let turn = Turn { quarters: quarters as u8, flip_horizontal, flip_vertical: false };
        let item = state.items(tags::DISPLAYED_AREA_SELECTION_SEQUENCE).iter().find(|item| applies(item, which));
        let Some(item) = item else { return Self { area: None, turn, aspect: None, magnification: 1.0 } };
        let magnified = item.text(tags::PRESENTATION_SIZE_MODE) == Some("MAGNIFY");
        let ratio = item.floats(tags::PRESENTATION_PIXEL_MAGNIFICATION_RATIO).first().copied();
        let ratio = ratio.filter(|ratio| magnified && (1.0 / MAX_MAGNIFICATION..=MAX_MAGNIFICATION).contains(ratio));
        Self { area: area(item), turn, aspect: aspect::of_area(item), magnification: ratio.unwrap_or(1.0) }
    }
}

/// Corners are pixels from 1, both inside, and may change places when the image is turned.
fn area(item: &DataSet) -> Option<Area> {
    let corner = |tag| match item.floats(tag)[..] {
        [column, row] => Some((whole(column), whole(row))),
        _ => None,
    };
    let one = corner(tags::DISPLAYED_AREA_TOP_LEFT_HAND_CORNER)?;
    let other = corner(tags::DISPLAYED_AREA_BOTTOM_RIGHT_HAND_CORNER)?;
    let (left, top) = (one.0.min(other.0) - 1, one.1.min(other.1) - 1);
    Some(Area { left, top, columns: one.0.max(other.0) - left, rows: one.1.max(other.1) - top })
}

/// Within the 32 bits that SL has, whatever VR a file gives it.
fn whole(number: f64) -> i64 {
    number.clamp(f64::from(i32::MIN), f64::from(i32::MAX)) as i64
}
