//! Display shutters (PS3.3 C.7.6.11, C.7.6.15 and C.11.12): what of an image is hidden.

use super::reference::Which;
use crate::{
    Error,
    bitmap::Bitmap,
    draw::{Ink, crossings, is_grey},
    geometry::Geometry,
    lab,
    overlay::Plane,
};
use imaging_domain::{DataSet, tags};
use serde::{Deserialize, Serialize};

/// Most corners of a polygon.
const MAX_CORNERS: usize = 16_384;

/// Shapes, in pixels of the image; what lies outside of any is hidden.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Shutter {
    shapes: Vec<Shape>,
    ink: Ink,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
enum Shape {
    /// First and last column and row that are shown, from 1.
    Rectangle { columns: (f64, f64), rows: (f64, f64) },
    /// Column and row of the middle, from 1.
    Circle { middle: (f64, f64), radius: f64 },
    /// Columns and rows from 1.
    Polygon(Vec<(f64, f64)>),
    /// Pixels that are set are hidden.
    Bitmap(Plane),
}

impl Shutter {
    pub(crate) fn read(state: &DataSet, which: &Which<'_>) -> Result<Self, Error> {
        let mut shapes = vec![];
        for name in state.texts(tags::SHUTTER_SHAPE) {
            let shape = match name.trim() {
                "RECTANGULAR" => rectangle(state),
                "CIRCULAR" => circle(state),
                "POLYGONAL" => polygon(state),
                "BITMAP" => bitmap(state, which)?.map(Shape::Bitmap),
                _ => return Err(Error::Unsupported("shutter of an unknown shape")),
            };
            shapes.push(shape.ok_or(Error::Corrupt("shutter without its numbers"))?);
        }
        let colour = lab::ink(&state.floats(tags::SHUTTER_PRESENTATION_COLOR_CIE_LAB_VALUE));
        let grey = lab::grey(state.int(tags::SHUTTER_PRESENTATION_VALUE).unwrap_or(0));
        Ok(Self { shapes, ink: colour.unwrap_or([grey; 3]) })
    }

    pub(crate) fn close(&self, bitmap: Bitmap, geometry: &Geometry) -> Bitmap {
        if self.shapes.is_empty() {
            return bitmap;
        }
        let mut bitmap = if is_grey(self.ink) { bitmap } else { bitmap.coloured() };
        let outlines: Vec<Vec<(f64, f64)>> = self.shapes.iter().filter_map(|shape| shape.placed(geometry)).collect();
        for y in 0..bitmap.height {
            // corners are looked at once for a row: there may be many
            let edges: Vec<Vec<f64>> = outlines.iter().map(|outline| crossings(outline, f64::from(y) + 0.5)).collect();
            for x in 0..bitmap.width {
                let is_inside = |edges: &Vec<f64>| edges.partition_point(|edge| *edge <= f64::from(x)) % 2 == 1;
                let (column, row) = geometry.origin((f64::from(x) + 0.5, f64::from(y) + 0.5));
                // pixels are counted from 1, and have their number in their middle
                let shows = |shape: &Shape| shape.shows((column + 0.5, row + 0.5));
                if !edges.iter().all(is_inside) || !self.shapes.iter().all(shows) {
                    bitmap.dot(x.into(), y.into(), self.ink);
                }
            }
        }
        bitmap
    }
}

impl Shape {
    /// Corners of a polygon in the picture.
    fn placed(&self, geometry: &Geometry) -> Option<Vec<(f64, f64)>> {
        let Self::Polygon(points) = self else { return None };
        Some(points.iter().map(|(column, row)| geometry.place((column - 0.5, row - 0.5))).collect())
    }

    /// Whether a pixel, by its number from 1, is shown; a polygon is asked row by row instead.
    fn shows(&self, (column, row): (f64, f64)) -> bool {
        match self {
            Self::Rectangle { columns, rows } => {
                (columns.0 - 0.5..=columns.1 + 0.5).contains(&column) && (rows.0 - 0.5..=rows.1 + 0.5).contains(&row)
            }
            Self::Circle { middle, radius } => (column - middle.0).hypot(row - middle.1) <= *radius,
            Self::Polygon(_) => true,
            Self::Bitmap(plane) => !plane.is_set((column - 0.5).floor() as i64, (row - 0.5).floor() as i64),
        }
    }
}

fn rectangle(state: &DataSet) -> Option<Shape> {
    let edge = |tag| state.floats(tag).first().copied();
    Some(Shape::Rectangle {
        columns: (edge(tags::SHUTTER_LEFT_VERTICAL_EDGE)?, edge(tags::SHUTTER_RIGHT_VERTICAL_EDGE)?),
        rows: (edge(tags::SHUTTER_UPPER_HORIZONTAL_EDGE)?, edge(tags::SHUTTER_LOWER_HORIZONTAL_EDGE)?),
    })
}

fn circle(state: &DataSet) -> Option<Shape> {
    let radius = state.floats(tags::RADIUS_OF_CIRCULAR_SHUTTER).first().copied()?;
    match state.floats(tags::CENTER_OF_CIRCULAR_SHUTTER)[..] {
        [row, column] => Some(Shape::Circle { middle: (column, row), radius }),
        _ => None,
    }
}

fn polygon(state: &DataSet) -> Option<Shape> {
    let numbers = state.floats(tags::VERTICES_OF_THE_POLYGONAL_SHUTTER);
    let points: Vec<(f64, f64)> = numbers.chunks_exact(2).map(|pair| (pair[1], pair[0])).collect();
    (3..=MAX_CORNERS).contains(&points.len()).then_some(Shape::Polygon(points))
}

fn bitmap(state: &DataSet, which: &Which<'_>) -> Result<Option<Plane>, Error> {
    let group = state.int(tags::SHUTTER_OVERLAY_GROUP).and_then(|group| u16::try_from(group).ok());
    match group {
        Some(group) => Plane::read(state, group, which.frame),
        None => Ok(None),
    }
}
