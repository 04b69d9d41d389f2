//! A chest with the upper abdomen, slice by slice, in Hounsfield units.
//!
//! `t` runs from 0 above the lungs to 1 at the kidneys. The patient's right is on the left, the back is below.

use crate::generator::{
    canvas::{Canvas, Ellipse, Ink, ellipse},
    noise::{Dice, clouds},
};
use Ink::Set;

/// Where the lungs' vessels enter them.
const HILUM: f32 = 0.40;

/// One patient.
pub(super) struct Anatomy {
    /// Scale of the whole body.
    girth: f32,
    vessels: Vec<Vessel>,
    /// Height and place of a nodule in a lung, when there is one.
    nodule: Option<(f32, (f32, f32))>,
    seed: u64,
}

/// A vessel of a lung, which leaves the hilum upward or downward.
struct Vessel {
    side: f32,
    angle: f32,
    /// How far outward it gets for one step in `t`; negative above the hilum.
    slope: f32,
    /// Where it leaves the hilum.
    height: f32,
    width: f32,
}

impl Anatomy {
    pub(super) fn new(mut dice: Dice) -> Self {
        let vessel = |dice: &mut Dice| Vessel {
            side: if dice.unit() < 0.5 { -1.0 } else { 1.0 },
            angle: dice.between(-1.7, 1.7),
            slope: dice.between(-3.0, 3.0),
            height: HILUM + dice.between(-0.16, 0.16),
            width: dice.between(0.007, 0.019),
        };
        Self {
            girth: dice.between(0.94, 1.04),
            nodule: (dice.unit() < 0.6)
                .then(|| (dice.between(0.36, 0.50), (dice.between(-0.48, -0.38), dice.between(-0.12, 0.12)))),
            seed: (dice.unit() * 1e6) as u64,
            vessels: (0..120).map(|_| vessel(&mut dice)).collect(),
        }
    }

    /// A slice of a square matrix.
    pub(super) fn slice(&self, side: usize, t: f32) -> Canvas {
        let mut canvas = Canvas::new(side, side, -1000.0);
        let body = (self.girth * (0.80 + 0.05 * (t * 3.0).sin()), self.girth * (0.53 + 0.05 * t));
        table(&mut canvas);
        wall(&mut canvas, body);
        self.lungs(&mut canvas, t);
        mediastinum(&mut canvas, t);
        abdomen(&mut canvas, t);
        bones(&mut canvas, body, t);
        // tissue is never even
        canvas.map(
            |(x, y), value| {
                if value > -200.0 { value + 9.0 * clouds(x * 9.0, y * 9.0 + t, self.seed) } else { value }
            },
        );
        canvas
    }

    fn lungs(&self, canvas: &mut Canvas, t: f32) {
        let size = if t < 0.3 { (1.0 - (1.0 - t / 0.3).powi(2)).max(0.0).sqrt() } else { 1.0 };
        if size < 0.1 || t > 0.82 {
            return;
        }
        // below the domes of the diaphragm only the rim at the back is left
        let lift = ((t - 0.60) / 0.22).clamp(0.0, 1.0);
        for side in [-1.0, 1.0] {
            let lung = ellipse(side * 0.38, 0.02 + 0.1 * lift, 0.275 * size, (0.37 - 0.06 * lift) * size);
            canvas.ellipse(lung.turned(side * 0.12), Set(-865.0));
        }
        for vessel in &self.vessels {
            let outward = (t - vessel.height) * vessel.slope.signum() * vessel.slope.abs().max(0.35);
            if outward < 0.0 {
                continue;
            }
            let place = |distance: f32| {
                let (sin, cos) = vessel.angle.sin_cos();
                (vessel.side * (0.17 + cos * distance * 0.9), 0.02 + sin * distance * 0.9)
            };
            let thin = vessel.width * (1.0 - outward).max(0.35);
            let reach = outward + 0.04 / vessel.slope.abs().max(0.5);
            if inside_lung(place(reach), vessel.side, size) {
                canvas.tube(place(outward), place(reach), (thin, thin * 0.8), Set(20.0));
            }
        }
        if let Some((height, (x, y))) = self.nodule {
            let radius = 0.055 * (1.0 - ((t - height) / 0.07).powi(2)).max(0.0).sqrt();
            canvas.ellipse(ellipse(x, y, radius, radius * 0.9), Set(45.0));
        }
    }
}

fn inside_lung((x, y): (f32, f32), side: f32, size: f32) -> bool {
    let (dx, dy) = ((x - side * 0.38) / (0.25 * size), (y - 0.02) / (0.35 * size));
    dx * dx + dy * dy < 1.0
}

fn table(canvas: &mut Canvas) {
    let arc = |lift: f32| {
        (-8..=8).map(|i| (i as f32 * 0.1, 0.80 - lift - 0.16 * (i as f32 / 8.0).powi(2))).collect::<Vec<_>>()
    };
    canvas.path(&arc(0.0), 0.009, Set(-350.0));
    canvas.path(&arc(-0.08), 0.007, Set(-500.0));
}

/// Skin, fat, muscle, and the fat of the cavity that organs lie in.
fn wall(canvas: &mut Canvas, (rx, ry): (f32, f32)) {
    for (less, value) in [(0.0, 15.0), (0.014, -100.0), (0.075, 55.0), (0.155, -95.0)] {
        canvas.ellipse(ellipse(0.0, less * 0.12, rx - less, ry - less * 0.8), Set(value));
    }
    // the back's muscles are thick beside the spine
    for side in [-1.0, 1.0] {
        canvas.ellipse(ellipse(side * 0.15, 0.43 * ry / 0.53, 0.14, 0.075), Set(58.0));
    }
}

fn mediastinum(canvas: &mut Canvas, t: f32) {
    if t < 0.78 {
        canvas.ellipse(ellipse(0.0, 0.03, 0.13, 0.33), Set(35.0));
        canvas.ellipse(ellipse(0.0, -0.22, 0.10, 0.12), Set(-60.0));
    }
    let beat = (1.0 - ((t - 0.57) / 0.19).powi(2)).max(0.0).sqrt();
    if beat > 0.1 {
        heart(canvas, beat);
    }
    great_vessels(canvas, t);
    let air = Set(-985.0);
    if t < 0.33 {
        canvas.ellipse(ellipse(0.0, 0.05, 0.052, 0.058), Set(60.0));
        canvas.ellipse(ellipse(0.0, 0.05, 0.042, 0.048), air);
    } else if t < 0.47 {
        let apart = 0.045 + (t - 0.33) * 1.1;
        canvas.ellipse(ellipse(-apart, 0.06, 0.036, 0.032), air);
        canvas.ellipse(ellipse(apart * 1.1, 0.06, 0.034, 0.028), air);
    }
    if t < 0.75 {
        canvas.ellipse(ellipse(0.03, 0.145, 0.026, 0.021), Set(45.0));
        canvas.ellipse(ellipse(0.03, 0.143, 0.007, 0.005), Set(-700.0));
    }
}

fn heart(canvas: &mut Canvas, size: f32) {
    let part = |x: f32, y: f32, rx: f32, ry: f32, turned: f32| -> Ellipse {
        ellipse(0.07 + (x - 0.07) * size, -0.09 + (y + 0.09) * size, rx * size, ry * size).turned(turned)
    };
    canvas.ellipse(part(0.08, -0.09, 0.33, 0.24, 0.45), Set(-70.0));
    canvas.ellipse(part(0.08, -0.09, 0.31, 0.225, 0.45), Set(105.0));
    canvas.ellipse(part(0.19, -0.02, 0.13, 0.085, 0.75), Set(235.0));
    canvas.ellipse(part(0.05, -0.19, 0.16, 0.065, 0.45), Set(205.0));
    canvas.ellipse(part(-0.12, -0.09, 0.085, 0.10, 0.2), Set(215.0));
    canvas.ellipse(part(0.02, 0.06, 0.12, 0.06, 0.1), Set(240.0));
}

fn great_vessels(canvas: &mut Canvas, t: f32) {
    let blood = Set(255.0);
    let mut round = |x: f32, y: f32, r: f32| canvas.ellipse(ellipse(x, y, r, r * 0.95), blood);
    if t < 0.20 {
        round(-0.09, -0.06, 0.033);
        round(0.01, -0.09, 0.026);
        round(0.08, -0.03, 0.026);
        round(-0.13, -0.12, 0.036);
    } else if (0.26..0.48).contains(&t) {
        round(-0.05, -0.13, 0.066);
        round(-0.14, -0.08, 0.036);
    }
    if t >= 0.20 {
        round(0.10 - 0.06 * (t - 0.2), 0.19, 0.056 - 0.012 * t);
    }
    if (0.20..0.26).contains(&t) {
        canvas.tube((-0.05, -0.14), (0.10, 0.17), (0.062, 0.056), blood);
    }
    if (0.35..0.45).contains(&t) {
        canvas.tube((0.07, -0.17), (0.03, -0.02), (0.066, 0.055), Set(230.0));
        canvas.tube((0.03, -0.02), (-0.24, 0.02), (0.05, 0.03), Set(230.0));
        canvas.tube((0.06, -0.05), (0.25, 0.03), (0.045, 0.03), Set(230.0));
    }
}

fn abdomen(canvas: &mut Canvas, t: f32) {
    let grown = |from: f32| (1.0 - (1.0 - ((t - from) / 0.25).clamp(0.0, 1.0)).powi(2)).sqrt();
    let (liver, left) = (grown(0.62), grown(0.66));
    if liver > 0.05 {
        canvas.ellipse(ellipse(-0.29, 0.0, 0.37 * liver, 0.34 * liver).turned(0.2), Set(112.0));
        canvas.ellipse(ellipse(-0.05, -0.19, 0.30 * liver, 0.14 * liver).turned(0.25), Set(112.0));
        for (x, y, turned) in [(-0.25, -0.05, 0.6), (-0.36, 0.06, -0.5), (-0.18, 0.02, 1.4)] {
            canvas.ellipse(ellipse(x, y, 0.10 * liver, 0.014 * liver).turned(turned + t * 3.0), Set(165.0));
        }
        canvas.ellipse(ellipse(-0.10, 0.13, 0.05 * liver, 0.038 * liver), Set(180.0));
    }
    if left > 0.05 {
        canvas.ellipse(ellipse(0.27, -0.13, 0.24 * left, 0.17 * left).turned(-0.3), Set(70.0));
        canvas.ellipse(ellipse(0.27, -0.13, 0.22 * left, 0.15 * left).turned(-0.3), Set(25.0));
        canvas.ellipse(ellipse(0.26, -0.20, 0.15 * left, 0.065 * left), Set(-960.0));
        canvas.ellipse(ellipse(0.48, 0.13, 0.10 * left, 0.20 * left).turned(-0.35), Set(128.0));
    }
    let kidney = grown(0.84);
    if kidney > 0.05 {
        for side in [-1.0, 1.0] {
            canvas.ellipse(ellipse(side * 0.27, 0.24, 0.10 * kidney, 0.12 * kidney).turned(side * 0.4), Set(195.0));
            canvas.ellipse(ellipse(side * 0.235, 0.23, 0.045 * kidney, 0.06 * kidney), Set(40.0));
        }
    }
}

fn bones(canvas: &mut Canvas, (rx, ry): (f32, f32), t: f32) {
    let (dense, marrow) = (Set(560.0), Set(210.0));
    for rib in 0..13 {
        // ribs fall toward the front, so each height cuts each of them at another angle
        let angle = (t + 0.60 - rib as f32 * 0.105) * 4.2;
        if !(0.42..2.55).contains(&angle) {
            continue;
        }
        let (sin, cos) = angle.sin_cos();
        let (x, y) = ((rx - 0.115) * sin, (ry - 0.09) * cos);
        let along = (-(ry - 0.09) * sin).atan2((rx - 0.115) * cos);
        for side in [-1.0, 1.0] {
            canvas.ellipse(ellipse(side * x, y, 0.062, 0.023).turned(side * along), dense);
            canvas.ellipse(ellipse(side * x, y, 0.050, 0.012).turned(side * along), marrow);
        }
    }
    if t < 0.62 {
        canvas.ellipse(ellipse(0.0, -ry + 0.105, 0.08, 0.026), Set(380.0));
        canvas.ellipse(ellipse(0.0, -ry + 0.105, 0.07, 0.017), Set(150.0));
    }
    if t < 0.42 {
        let low = t * 0.5;
        for side in [-1.0, 1.0] {
            canvas.tube((side * (0.43 + low * 0.2), 0.37), (side * 0.66, 0.13 + low), (0.014, 0.022), dense);
        }
    }
    spine(canvas, t);
}

fn spine(canvas: &mut Canvas, t: f32) {
    let dense = Set(520.0);
    for side in [-1.0, 1.0] {
        canvas.tube((side * 0.06, 0.345), (side * 0.175, 0.385), (0.022, 0.018), dense);
        canvas.tube((side * 0.05, 0.37), (0.0, 0.435), (0.017, 0.017), dense);
    }
    canvas.tube((0.0, 0.43), (0.0, 0.50), (0.019, 0.014), dense);
    let disc = (t * 14.0).fract() < 0.22;
    canvas.ellipse(ellipse(0.0, 0.265, 0.108, 0.084), if disc { Set(110.0) } else { dense });
    canvas.ellipse(ellipse(0.0, 0.265, 0.094, 0.070), if disc { Set(85.0) } else { Set(215.0) });
    canvas.ellipse(ellipse(0.0, 0.372, 0.047, 0.036), Set(12.0));
    canvas.ellipse(ellipse(0.0, 0.372, 0.024, 0.019), Set(42.0));
}
