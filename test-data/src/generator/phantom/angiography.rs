//! Angiography of the coronary arteries: contrast runs down a tree of vessels and is washed out.

use super::{Instance, Scene, Series};
use crate::generator::{
    canvas::{Canvas, Ink, ellipse},
    image::{Image, Pixel},
    noise::{Dice, Grain},
};
use Ink::{Most, Solid};
use dicom_dictionary_std::{tags, uids};
use std::f32::consts::TAU;

const SIDE: usize = 512;
const FRAMES: usize = 14;

/// A piece of a vessel.
struct Piece {
    from: (f32, f32),
    to: (f32, f32),
    radii: (f32, f32),
    /// When contrast reaches it, in frames.
    reached: f32,
}

/// One injection.
pub(super) fn series(scene: &Scene) -> Series {
    let mut dice = scene.dice();
    let tree = tree(&mut dice);
    let still = background();
    let grain = Grain::new(scene.seed);
    let frames = (0..FRAMES).map(|number| frame(number, &tree, &still, &grain)).collect();
    let image = Image { rows: SIDE, columns: SIDE, pixel: Pixel::Grey, frames };
    // XA Image, XA Acquisition and XA Positioner modules (PS3.3 C.8.7)
    let attributes = scene
        .attributes()
        .texts(&[
            (tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY\\SINGLE PLANE"),
            (tags::PIXEL_INTENSITY_RELATIONSHIP, "LIN"),
            (tags::LOSSY_IMAGE_COMPRESSION, "00"),
            (tags::RADIATION_SETTING, "GR"),
            (tags::KVP, "78"),
            (tags::EXPOSURE, "45"),
            (tags::POSITIONER_MOTION, "STATIC"),
            (tags::POSITIONER_PRIMARY_ANGLE, "-30.2"),
            (tags::POSITIONER_SECONDARY_ANGLE, "22.4"),
            (tags::CONTRAST_BOLUS_AGENT, "IODINE"),
            (tags::PATIENT_ORIENTATION, "L\\F"),
        ])
        .decimals(tags::FRAME_TIME, &[66.67])
        .pointer(tags::FRAME_INCREMENT_POINTER, tags::FRAME_TIME)
        .integer(tags::CINE_RATE, 15)
        .integer(tags::REPRESENTATIVE_FRAME_NUMBER, 9)
        .decimals(tags::WINDOW_CENTER, &[128.0])
        .decimals(tags::WINDOW_WIDTH, &[256.0]);
    Series {
        modality: "XA",
        sop_class: uids::X_RAY_ANGIOGRAPHIC_IMAGE_STORAGE,
        description: "LCA RAO 30 CRA 22",
        body_part: "HEART",
        instances: vec![Instance { attributes, image: Some(image) }],
    }
}

fn tree(dice: &mut Dice) -> Vec<Piece> {
    let mut pieces = vec![];
    let root = (-0.36, -0.42);
    for (toward, bend, radius) in [(0.25, 0.055, 0.036), (1.05, -0.020, 0.032)] {
        vessel(&mut pieces, dice, (root, toward, radius, 0.0), bend, 3);
    }
    pieces
}

/// Place, direction, radius and time where a vessel begins.
type Start = ((f32, f32), f32, f32, f32);

fn vessel(pieces: &mut Vec<Piece>, dice: &mut Dice, start: Start, bend: f32, order: usize) {
    let (mut from, mut toward, mut radius, mut reached) = start;
    let steps = 6 + order * 6;
    for step in 0..steps {
        let length = 0.055 + 0.01 * order as f32;
        toward += bend + dice.between(-0.16, 0.16);
        let to = (from.0 + toward.cos() * length, from.1 + toward.sin() * length);
        let thin = radius * 0.962;
        pieces.push(Piece { from, to, radii: (radius, thin), reached });
        reached += 0.26;
        if order > 0 && step % 4 == 2 {
            let side = if dice.unit() < 0.5 { -1.0 } else { 1.0 };
            let branch = (to, toward + side * dice.between(0.55, 0.95), thin * 0.66, reached);
            let back = -side * dice.between(0.01, 0.05);
            vessel(pieces, dice, branch, back, order - 1);
        }
        (from, radius) = (to, thin);
    }
}

/// What does not move: the spine, ribs, the diaphragm and the edge of the image intensifier.
fn background() -> Canvas {
    let mut shade = Canvas::new(SIDE, SIDE, 0.25);
    shade.ellipse(ellipse(0.10, 0.15, 0.85, 0.75).turned(0.4), Solid(0.30));
    shade.ellipse(ellipse(0.2, 1.35, 1.3, 0.75), Solid(0.45));
    let mut bone = Canvas::new(SIDE, SIDE, 0.0);
    for step in 0..9 {
        let y = -1.05 + step as f32 * 0.27;
        bone.tube((-0.72, y), (-0.66, y + 0.15), (0.16, 0.16), Most(0.16));
    }
    for rib in 0..6 {
        let y = -0.9 + rib as f32 * 0.36;
        let arc = (0..10).map(|step| {
            let u = step as f32 / 9.0;
            (-0.6 + 1.7 * u, y + 0.30 * u - 0.25 * (u * 3.0).sin())
        });
        bone.path(&arc.collect::<Vec<_>>(), 0.055, Most(0.09));
    }
    shade.add(&bone, 1.0);
    for _ in 0..3 {
        shade.soften();
    }
    shade
}

fn frame(number: usize, tree: &[Piece], still: &Canvas, grain: &Grain) -> Vec<u8> {
    let beat = (number as f32 / 9.0 * TAU).sin();
    let moved = |(x, y): (f32, f32)| (x + 0.018 * beat * (1.0 - x), y - 0.022 * beat * (0.6 + y));
    let now = number as f32;
    let mut contrast = Canvas::new(SIDE, SIDE, 0.0);
    for piece in tree {
        let filling = ((now * 1.35 - piece.reached) * 0.8).clamp(0.0, 1.0);
        let washed = 1.0 - ((now - 9.0 - piece.reached * 0.3) / 6.0).clamp(0.0, 0.8);
        let strength = filling * washed * (0.35 + 18.0 * piece.radii.0).min(0.85);
        if strength > 0.0 {
            contrast.tube(moved(piece.from), moved(piece.to), piece.radii, Most(strength));
        }
    }
    let catheter = [(-1.1, -1.0), (-0.86, -0.86), (-0.62, -0.72), (-0.46, -0.56), (-0.36, -0.42)].map(moved);
    contrast.path(&catheter, 0.020, Most(0.42));
    let mut light = still.clone();
    light.add(&contrast, 1.0);
    light.soften();
    light.samples.iter_mut().for_each(|sample| *sample = 255.0 * (-1.25 * *sample).exp());
    light.grain(grain, 3.0, number as u64);
    light.map(|(x, y), value| if x * x + y * y > 1.28 { 12.0 } else { value });
    light.bytes()
}
