//! Text objects of a presentation state (PS3.3 C.10.5.1).

use super::{graphics::Units, outline::Point};
use crate::{
    bitmap::Bitmap,
    draw::{Ink, letter_size, line_height, text_width},
    geometry::Geometry,
};
use imaging_domain::{DataSet, tags};
use serde::{Deserialize, Serialize};

/// Most characters of one text.
const MAX_TEXT: usize = 1_024;
/// Distance of a text from its anchor, in pixels of the picture.
const DISTANCE: f64 = 4.0;

/// Text in its box, or beside its anchor when it has none.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Label {
    lines: Vec<String>,
    units: Units,
    corners: Option<(Point, Point)>,
    justified: Justified,
    anchor: Option<Anchor>,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Anchor {
    units: Units,
    point: Point,
    /// Whether a line leads from the box to it.
    visible: bool,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Justified {
    Left,
    Center,
    Right,
}

impl Label {
    pub(super) fn read(item: &DataSet) -> Self {
        let point = |tag| match item.floats(tag)[..] {
            [x, y] => Some((x, y)),
            _ => None,
        };
        let word = |tag| item.text(tag).map(str::trim);
        let text: String = item.text(tags::UNFORMATTED_TEXT_VALUE).unwrap_or_default().chars().take(MAX_TEXT).collect();
        let upper = point(tags::BOUNDING_BOX_TOP_LEFT_HAND_CORNER);
        let anchor = point(tags::ANCHOR_POINT).map(|point| Anchor {
            units: Units::read(word(tags::ANCHOR_POINT_ANNOTATION_UNITS)),
            point,
            visible: word(tags::ANCHOR_POINT_VISIBILITY) == Some("Y"),
        });
        Self {
            lines: text.lines().map(|line| line.trim_end().to_owned()).collect(),
            units: Units::read(word(tags::BOUNDING_BOX_ANNOTATION_UNITS)),
            corners: upper.zip(point(tags::BOUNDING_BOX_BOTTOM_RIGHT_HAND_CORNER)),
            justified: match word(tags::BOUNDING_BOX_TEXT_HORIZONTAL_JUSTIFICATION) {
                Some("CENTER") => Justified::Center,
                Some("RIGHT") => Justified::Right,
                _ => Justified::Left,
            },
            anchor,
        }
    }

    pub(super) fn draw(&self, bitmap: &mut Bitmap, geometry: &Geometry, ink: Ink) {
        let size = letter_size(bitmap);
        let anchored = self.anchor.map(|anchor| (anchor.units.place(anchor.point, geometry), anchor.visible));
        let (left, top, right) = match (self.corners, anchored) {
            (Some((one, other)), _) => {
                let (one, other) = (self.units.place(one, geometry), self.units.place(other, geometry));
                (one.0.min(other.0), one.1.min(other.1), one.0.max(other.0))
            }
            (None, Some(((x, y), _))) => (x + DISTANCE, y + DISTANCE, x + DISTANCE),
            (None, None) => return,
        };
        if let (Some(_), Some((point, true))) = (self.corners, anchored) {
            bitmap.line((left, top), point, ink);
        }
        for (n, line) in self.lines.iter().enumerate() {
            let room = right - left - text_width(line, size) as f64;
            let shift = match self.justified {
                Justified::Left => 0.0,
                Justified::Center => room / 2.0,
                Justified::Right => room,
            };
            let below = n as i64 * line_height(size);
            let at = ((left + shift).round() as i64, (top.round() as i64).saturating_add(below));
            bitmap.text(line, at, size, ink);
        }
    }
}
