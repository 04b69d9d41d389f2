//! Graphic annotations: lines, areas and texts of a presentation state (PS3.3 C.10.5).

use super::{
    layers::Layers,
    reference::{Which, applies},
};
use crate::{
    Error,
    bitmap::Bitmap,
    draw::{Ink, is_grey, letter_size, line_height, text_width},
    geometry::Geometry,
};
use imaging_domain::{DataSet, Value, tags};
use std::f64::consts::TAU;

/// Most points of one object, and most characters of one text.
const MAX_POINTS: usize = 65_536;
const MAX_TEXT: usize = 1_024;
/// Corners that a circle is drawn with, and pieces between two points of a curve.
const ROUND: usize = 180;
const PIECES: usize = 16;
/// Half of the cross that a point is drawn as, in pixels of the picture.
const CROSS: f64 = 4.0;

type Point = (f64, f64);

/// What is drawn, in order.
#[derive(Clone, PartialEq)]
pub(crate) struct Graphics {
    marks: Vec<Mark>,
}

#[derive(Clone, PartialEq)]
struct Mark {
    order: i64,
    ink: Ink,
    what: What,
}

#[derive(Clone, PartialEq)]
enum What {
    Object { units: Units, points: Vec<Point>, kind: Kind, filled: bool },
    Text { lines: Vec<String>, units: Units, corners: Option<(Point, Point)>, justified: Justified, anchor: Option<Anchor> },
}

#[derive(Clone, Copy, PartialEq)]
struct Anchor {
    units: Units,
    point: Point,
    visible: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Units {
    /// Pixels of the image from its corner.
    Pixel,
    /// Parts of the picture.
    Display,
}

#[derive(Clone, Copy, PartialEq)]
enum Justified {
    Left,
    Center,
    Right,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Point,
    Polyline,
    Interpolated,
    Circle,
    Ellipse,
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
                marks.push(Mark { order, ink, what: read_text(text) });
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
                text => draw_text(&mut bitmap, text, geometry, mark.ink),
            }
        }
        bitmap
    }
}

impl Units {
    fn read(text: Option<&str>) -> Self {
        if text.map(str::trim) == Some("DISPLAY") { Self::Display } else { Self::Pixel }
    }

    fn place(self, point: Point, geometry: &Geometry) -> Point {
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

fn read_text(item: &DataSet) -> What {
    let point = |tag| match item.floats(tag)[..] {
        [x, y] => Some((x, y)),
        _ => None,
    };
    let text: String = item.text(tags::UNFORMATTED_TEXT_VALUE).unwrap_or_default().chars().take(MAX_TEXT).collect();
    let corners = point(tags::BOUNDING_BOX_TOP_LEFT_HAND_CORNER).zip(point(tags::BOUNDING_BOX_BOTTOM_RIGHT_HAND_CORNER));
    let anchor = point(tags::ANCHOR_POINT).map(|point| Anchor {
        units: Units::read(item.text(tags::ANCHOR_POINT_ANNOTATION_UNITS)),
        point,
        visible: item.text(tags::ANCHOR_POINT_VISIBILITY).map(str::trim) == Some("Y"),
    });
    What::Text {
        lines: text.lines().map(|line| line.trim_end().to_owned()).collect(),
        units: Units::read(item.text(tags::BOUNDING_BOX_ANNOTATION_UNITS)),
        corners,
        justified: match item.text(tags::BOUNDING_BOX_TEXT_HORIZONTAL_JUSTIFICATION).map(str::trim) {
            Some("CENTER") => Justified::Center,
            Some("RIGHT") => Justified::Right,
            _ => Justified::Left,
        },
        anchor,
    }
}

/// The corners of an object in its own units; closed when the last is the first.
fn outline(kind: Kind, points: &[Point]) -> Vec<Point> {
    let round = |middle: Point, one: Point, other: Point| {
        let angles = (0..=ROUND).map(|n| TAU * n as f64 / ROUND as f64);
        let at = |angle: f64| {
            let (sin, cos) = angle.sin_cos();
            (middle.0 + one.0 * cos + other.0 * sin, middle.1 + one.1 * cos + other.1 * sin)
        };
        angles.map(at).collect()
    };
    match (kind, points) {
        (Kind::Circle, [middle, edge, ..]) => {
            let radius = (edge.0 - middle.0).hypot(edge.1 - middle.1);
            round(*middle, (radius, 0.0), (0.0, radius))
        }
        // ends of the major axis, then of the minor one
        (Kind::Ellipse, [a, b, c, d, ..]) => {
            let half = |from: &Point, to: &Point| ((to.0 - from.0) / 2.0, (to.1 - from.1) / 2.0);
            round(((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0), half(a, b), half(c, d))
        }
        (Kind::Interpolated, points) => curve(points),
        (_, points) => points.to_vec(),
    }
}

/// A curve through all points (Catmull and Rom 1974).
fn curve(points: &[Point]) -> Vec<Point> {
    let at = |n: i64| points[n.clamp(0, points.len() as i64 - 1) as usize];
    let mut out = vec![points[0]];
    for n in 0..points.len() as i64 - 1 {
        let (a, b, c, d) = (at(n - 1), at(n), at(n + 1), at(n + 2));
        for piece in 1..=PIECES {
            let t = piece as f64 / PIECES as f64;
            let along = |a: f64, b: f64, c: f64, d: f64| {
                0.5 * (2.0 * b + (c - a) * t + (2.0 * a - 5.0 * b + 4.0 * c - d) * t * t + (3.0 * b - a - 3.0 * c + d) * t.powi(3))
            };
            out.push((along(a.0, b.0, c.0, d.0), along(a.1, b.1, c.1, d.1)));
        }
    }
    out
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

/// Text in its box, or beside its anchor when it has none.
fn draw_text(bitmap: &mut Bitmap, text: &What, geometry: &Geometry, ink: Ink) {
    let What::Text { lines, units, corners, justified, anchor } = text else { return };
    let size = letter_size(bitmap);
    let anchored = anchor.map(|anchor| (anchor.units.place(anchor.point, geometry), anchor.visible));
    let (left, top, right) = match (corners, anchored) {
        (Some((one, other)), _) => {
            let (one, other) = (units.place(*one, geometry), units.place(*other, geometry));
            (one.0.min(other.0), one.1.min(other.1), one.0.max(other.0))
        }
        (None, Some(((x, y), _))) => (x + CROSS, y + CROSS, x + CROSS),
        (None, None) => return,
    };
    if let (Some(_), Some((point, true))) = (corners, anchored) {
        bitmap.line((left, top), point, ink);
    }
    for (n, line) in lines.iter().enumerate() {
        let room = right - left - text_width(line, size) as f64;
        let shift = match justified {
            Justified::Left => 0.0,
            Justified::Center => room / 2.0,
            Justified::Right => room,
        };
        let at = ((left + shift).round() as i64, top.round() as i64 + n as i64 * line_height(size));
        bitmap.text(line, at, size, ink);
    }
}
