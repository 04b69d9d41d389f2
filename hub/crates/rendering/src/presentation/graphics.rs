//! Graphic annotations: lines, areas and texts of a presentation state (PS3.3 C.10.5).

use super::{
    label::Label,
    layers::Layers,
    outline::{Kind, Point, outline},
    reference::{Which, applies},
};
use crate::{
    Error,
    bitmap::Bitmap,
    draw::{Ink, is_grey},
    geometry::Geometry,
};
use imaging_domain::{DataSet, Value, tags};
use serde::{Deserialize, Serialize};

/// Most points of one object.
const MAX_POINTS: usize = 65_536;
/// Half of the cross that a point is drawn as, in pixels of the picture.
const CROSS: f64 = 4.0;

/// What is drawn, in order.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Graphics {
    marks: Vec<Mark>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Mark {
    order: i64,
    ink: Ink,
    what: What,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
enum What {
    Object { units: Units, points: Vec<Point>, kind: Kind, filled: bool },
    Text(Label),
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) enum Units {
    /// Pixels of the image from its corner.
    Pixel,
    /// Parts of the picture.
    Display,
}

impl Graphics {
    pub(crate) fn read(state: &DataSet, which: &Which<'_>, layers: &Layers) -> Result<Self, Error> {
        let mut marks = vec![];
        for item in state.items(tags::GRAPHIC_ANNOTATION_SEQUENCE).iter().filter(|item| applies(item, which)) {
            let layer = item.text(tags::GRAPHIC_LAYER).unwrap_or_default();
            let (order, ink) = (layers.order(layer), layers.ink(layer));
            for object in item.items(tags::GRAPHIC_OBJECT_SEQUENCE) {
                marks.push(Mark { order, ink, what: read_object(object)? });
            }
            for text in item.items(tags::TEXT_OBJECT_SEQUENCE) {
                marks.push(Mark { order, ink, what: What::Text(Label::read(text)) });
            }
        }
        marks.sort_by_key(|mark| mark.order);
        Ok(Self { marks })
    }

    pub(crate) fn draw(&self, mut bitmap: Bitmap, geometry: &Geometry) -> Bitmap {
        for mark in &self.marks {
            bitmap = if is_grey(mark.ink) { bitmap } else { bitmap.coloured() };
            match &mark.what {
                What::Object { units, points, kind, filled } => {
                    let placed = |point: &Point| units.place(*point, geometry);
                    draw_object(&mut bitmap, &outline(*kind, points), placed, (*kind, *filled), mark.ink);
                }
                What::Text(label) => label.draw(&mut bitmap, geometry, mark.ink),
            }
        }
        bitmap
    }
}

impl Units {
    pub(super) fn read(text: Option<&str>) -> Self {
        if text.map(str::trim) == Some("DISPLAY") { Self::Display } else { Self::Pixel }
    }

    pub(super) fn place(self, point: Point, geometry: &Geometry) -> Point {
        let (columns, rows) = geometry.size();
        match self {
            Self::Pixel => geometry.place(point),
            Self::Display => (point.0 * f64::from(columns), point.1 * f64::from(rows)),
        }
    }
}

fn read_object(item: &DataSet) -> Result<What, Error> {
    if let Some(Value::Bulk { .. }) = item.get(tags::GRAPHIC_DATA).map(|element| &element.value) {
        return Err(Error::Unsupported("graphic outside of the data set"));
    }
    let numbers = item.floats(tags::GRAPHIC_DATA);
    let points: Vec<Point> = numbers.chunks_exact(2).map(|pair| (pair[0], pair[1])).take(MAX_POINTS).collect();
    let (kind, least) = match item.text(tags::GRAPHIC_TYPE).map(str::trim) {
        Some("POINT") => (Kind::Point, 1),
        Some("POLYLINE") => (Kind::Polyline, 1),
        Some("INTERPOLATED") => (Kind::Interpolated, 1),
        Some("CIRCLE") => (Kind::Circle, 2),
        Some("ELLIPSE") => (Kind::Ellipse, 4),
        _ => return Err(Error::Unsupported("graphic of an unknown type")),
    };
    if points.len() < least {
        return Err(Error::Corrupt("graphic without its points"));
    }
    let units = Units::read(item.text(tags::GRAPHIC_ANNOTATION_UNITS));
    Ok(What::Object { units, points, kind, filled: item.text(tags::GRAPHIC_FILLED).map(str::trim) == Some("Y") })
}

fn draw_object(
    bitmap: &mut Bitmap,
    outline: &[Point],
    placed: impl Fn(&Point) -> Point,
    (kind, filled): (Kind, bool),
    ink: Ink,
) {
    let outline: Vec<Point> = outline.iter().map(placed).collect();
    if kind == Kind::Point {
        for (x, y) in outline {
            bitmap.line((x - CROSS, y), (x + CROSS, y), ink);
            bitmap.line((x, y - CROSS), (x, y + CROSS), ink);
        }
        return;
    }
    if filled {
        bitmap.fill(&outline, ink);
    }
    outline.windows(2).for_each(|ends| bitmap.line(ends[0], ends[1], ink));
}
