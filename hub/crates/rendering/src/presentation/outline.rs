//! The corners that graphic objects are drawn with (PS3.3 C.10.5.2).

use serde::{Deserialize, Serialize};

use std::f64::consts::TAU;

/// Corners that a circle is drawn with, and pieces between two points of a curve.
const ROUND: usize = 180;
const PIECES: usize = 16;

/// Column and row, in whatever units.
pub(super) type Point = (f64, f64);

/// GraphicType.
#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) enum Kind {
    Point,
    Polyline,
    Interpolated,
    Circle,
    Ellipse,
}

/// The corners of an object in its own units; closed when the last is the first.
pub(super) fn outline(kind: Kind, points: &[Point]) -> Vec<Point> {
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
                0.5 * (2.0 * b
                    + (c - a) * t
                    + (2.0 * a - 5.0 * b + 4.0 * c - d) * t * t
                    + (3.0 * b - a - 3.0 * c + d) * t.powi(3))
            };
            out.push((along(a.0, b.0, c.0, d.0), along(a.1, b.1, c.1, d.1)));
        }
    }
    out
}
