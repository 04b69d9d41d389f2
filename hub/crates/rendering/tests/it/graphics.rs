//! What presentation states draw over images.

use crate::{
    presentation::{GRAYSCALE, made, pixels, presented, state, text, with},
    support::item,
};
use imaging_domain::{DataSet, Tag, VR, Value, tags};
use rendering::Error;

fn annotation(sequence: Tag, object: Value) -> (Tag, VR, Value) {
    let item = item(&[(tags::GRAPHIC_LAYER, VR::CS, text("ONE")), (sequence, VR::SQ, object)]);
    (tags::GRAPHIC_ANNOTATION_SEQUENCE, VR::SQ, item)
}

fn layer(element: (Tag, VR, Value)) -> (Tag, VR, Value) {
    let name = (tags::GRAPHIC_LAYER, VR::CS, text("ONE"));
    (tags::GRAPHIC_LAYER_SEQUENCE, VR::SQ, item(&[name, element]))
}

fn grey_layer(value: i64) -> (Tag, VR, Value) {
    layer((tags::GRAPHIC_LAYER_RECOMMENDED_DISPLAY_GRAYSCALE_VALUE, VR::US, Value::Int(vec![value])))
}

fn graphic(kind: &str, units: &str, filled: &str, data: &[f64]) -> (Tag, VR, Value) {
    let object = item(&[
        (tags::GRAPHIC_ANNOTATION_UNITS, VR::CS, text(units)),
        (tags::GRAPHIC_TYPE, VR::CS, text(kind)),
        (tags::GRAPHIC_FILLED, VR::CS, text(filled)),
        (tags::GRAPHIC_DATA, VR::FL, Value::Float(data.to_vec())),
    ]);
    annotation(tags::GRAPHIC_OBJECT_SEQUENCE, object)
}

/// How many pixels of a picture of 20 by 20 have a shade, and the shade of the one in the middle.
fn drawn(state: &DataSet, shade: u8) -> (usize, u8) {
    let (_, pixels) = pixels(&made(20, 20), state, &[9; 400]);
    (pixels.iter().filter(|pixel| **pixel == shade).count(), pixels[10 * 20 + 10])
}

#[test]
fn graphics_are_drawn_in_the_ink_of_their_layer() {
    let with_graphic = |graphic| with(state(GRAYSCALE), &[graphic, grey_layer(0x8000)]);
    let line = with_graphic(graphic("POLYLINE", "PIXEL", "N", &[0.5, 10.5, 19.5, 10.5]));
    assert_eq!(drawn(&line, 128), (20, 128));
    let parts = with_graphic(graphic("POLYLINE", "DISPLAY", "N", &[0.0, 0.525, 0.999, 0.525]));
    assert_eq!(drawn(&parts, 128), (20, 128));
    let (ring, middle) = drawn(&with_graphic(graphic("CIRCLE", "PIXEL", "N", &[10.0, 10.0, 15.0, 10.0])), 128);
    assert!((20..45).contains(&ring) && middle == 9, "{ring} {middle}");
    let (disc, middle) = drawn(&with_graphic(graphic("CIRCLE", "PIXEL", "Y", &[10.0, 10.0, 15.0, 10.0])), 128);
    assert!((70..110).contains(&disc) && middle == 128, "{disc} {middle}");
    let ellipse = [2.0, 10.0, 18.0, 10.0, 10.0, 8.0, 10.0, 12.0];
    let (disc, middle) = drawn(&with_graphic(graphic("ELLIPSE", "PIXEL", "Y", &ellipse)), 128);
    assert!((45..85).contains(&disc) && middle == 128, "{disc} {middle}");
    let curve = [0.0, 10.5, 5.0, 10.5, 10.0, 10.5, 19.9, 10.5];
    assert_eq!(drawn(&with_graphic(graphic("INTERPOLATED", "PIXEL", "N", &curve)), 128), (20, 128));
    assert!(drawn(&with_graphic(graphic("POINT", "PIXEL", "N", &[10.5, 10.5])), 128).0 > 8);
    let bare = with_graphic(graphic("ELLIPSE", "PIXEL", "N", &[1.0, 1.0]));
    assert!(matches!(presented(&made(20, 20), &bare), Err(Error::Corrupt(_))));
    // lines far outside end, and what is no number draws nothing
    let far = with_graphic(graphic("POLYLINE", "PIXEL", "Y", &[1e30, 1e30, 2e30, 5.0, 1e30, 9.0]));
    assert_eq!(drawn(&far, 128).0, 0);
    let nowhere = with_graphic(graphic("POLYLINE", "PIXEL", "Y", &[f64::NAN, 1.0, 5.0, f64::NAN]));
    assert_eq!(drawn(&nowhere, 128).0, 0);
}

#[test]
fn graphics_turn_with_their_image() {
    let turned = (tags::IMAGE_ROTATION, VR::US, Value::Int(vec![90]));
    let line = graphic("POLYLINE", "PIXEL", "N", &[0.5, 0.5, 19.5, 0.5]);
    let state = with(state(GRAYSCALE), &[turned, line, grey_layer(0x8000)]);
    let (_, pixels) = pixels(&made(20, 20), &state, &[9; 400]);
    assert!((0..20).all(|row| pixels[row * 20 + 19] == 128), "the first row is the last column");
}

#[test]
fn a_layer_may_have_a_colour() {
    // CIELab of a strong red, each number over the whole of 16 bits
    let colour =
        layer((tags::GRAPHIC_LAYER_RECOMMENDED_DISPLAY_CIE_LAB_VALUE, VR::US, Value::Int(vec![35640, 53456, 50170])));
    let line = graphic("POLYLINE", "PIXEL", "N", &[0.5, 0.5, 1.5, 0.5]);
    let (_, pixels) = pixels(&made(2, 2), &with(state(GRAYSCALE), &[line, colour]), &[9; 4]);
    assert!(pixels[0] > 220 && pixels[1] < 60 && pixels[2] < 60, "{pixels:?}");
    assert_eq!(pixels[6..9], [9, 9, 9]);
}

#[test]
fn texts_stand_in_their_box_or_at_their_anchor() {
    let value = (tags::UNFORMATTED_TEXT_VALUE, VR::ST, text("结节 A"));
    let point = |tag, x: f64, y: f64| (tag, VR::FL, Value::Float(vec![x, y]));
    let boxed = item(&[
        value.clone(),
        (tags::BOUNDING_BOX_ANNOTATION_UNITS, VR::CS, text("PIXEL")),
        point(tags::BOUNDING_BOX_TOP_LEFT_HAND_CORNER, 4.0, 4.0),
        point(tags::BOUNDING_BOX_BOTTOM_RIGHT_HAND_CORNER, 60.0, 20.0),
    ]);
    let anchored =
        item(&[value, point(tags::ANCHOR_POINT, 30.0, 40.0), (tags::ANCHOR_POINT_VISIBILITY, VR::CS, text("Y"))]);
    for (object, above) in [(boxed, true), (anchored, false)] {
        let state = with(state(GRAYSCALE), &[annotation(tags::TEXT_OBJECT_SEQUENCE, object)]);
        let (_, pixels) = pixels(&made(64, 64), &state, &[9; 64 * 64]);
        let white = |half: &[u8]| half.iter().filter(|pixel| **pixel == 255).count();
        let (upper, lower) = pixels.split_at(32 * 64);
        assert_eq!((white(upper) > 20, white(lower) > 20), (above, !above));
    }
}

#[test]
fn a_state_activates_overlays() {
    let group = |element| Tag(0x6000, element);
    let plane = [
        (group(0x0010), VR::US, Value::Int(vec![1])),
        (group(0x0011), VR::US, Value::Int(vec![2])),
        (group(0x0050), VR::SS, Value::Int(vec![1, 1])),
        (group(0x3000), VR::OW, Value::Bytes(vec![0b10, 0])),
    ];
    let active = (group(0x1001), VR::CS, text("ONE"));
    let own = plane.iter().fold(made(2, 1), |made, (tag, vr, value)| made.value(*tag, *vr, value.clone()));
    assert_eq!(pixels(&own, &state(GRAYSCALE), &[9, 9]).1, [9, 9]);
    let activated = with(state(GRAYSCALE), &[active.clone(), grey_layer(0x8000)]);
    assert_eq!(pixels(&own, &activated, &[9, 9]).1, [9, 128]);
    let with_plane = with(with(state(GRAYSCALE), &plane), &[active]);
    assert_eq!(pixels(&made(2, 1), &with_plane, &[9, 9]).1, [9, 255]);
}
