//! Presentation states over images made by hand.

use crate::support::{Made, item, png, shown, words};
use imaging_domain::{DataSet, Tag, VR, Value, tags};
use rendering::{Error, Image, is_presentation_state, references};

pub const GRAYSCALE: &str = "1.2.840.10008.5.1.4.1.1.11.1";
const PSEUDO_COLOUR: &str = "1.2.840.10008.5.1.4.1.1.11.3";

pub fn text(value: &str) -> Value {
    Value::Text(value.split('\\').map(str::to_owned).collect())
}

/// A state about instance 1.4 of series 1.3.
pub fn state(class: &str) -> DataSet {
    let image = item(&[(tags::REFERENCED_SOP_INSTANCE_UID, VR::UI, text("1.4"))]);
    let series =
        item(&[(tags::SERIES_INSTANCE_UID, VR::UI, text("1.3")), (tags::REFERENCED_IMAGE_SEQUENCE, VR::SQ, image)]);
    let mut state = DataSet::new();
    state.put(tags::SOP_CLASS_UID, VR::UI, text(class));
    state.put(tags::REFERENCED_SERIES_SEQUENCE, VR::SQ, series);
    state
}

pub fn with(mut state: DataSet, elements: &[(Tag, VR, Value)]) -> DataSet {
    for (tag, vr, value) in elements {
        state.put(*tag, *vr, value.clone());
    }
    state
}

pub fn made(columns: i64, rows: i64) -> Made {
    Made::new("MONOCHROME2", columns, rows, (8, 8)).window("10", "3", "LINEAR").text(tags::SOP_INSTANCE_UID, "1.4")
}

pub fn presented(made: &Made, state: &DataSet) -> Result<Image, Error> {
    made.image().presented(state, &made.set, 0)
}

pub fn pixels(made: &Made, state: &DataSet, bytes: &[u8]) -> ((u32, u32), Vec<u8>) {
    shown(&presented(made, state).expect("a state"), bytes, 0, &png())
}

#[test]
fn a_state_says_what_it_is_about() {
    assert!(is_presentation_state(GRAYSCALE) && !is_presentation_state("1.2.840.10008.5.1.4.1.1.2"));
    let about = references(&state(GRAYSCALE));
    assert_eq!((about.len(), about[0].series.as_str(), about[0].instance.as_str()), (1, "1.3", "1.4"));
    let other = made(2, 1).text(tags::SOP_INSTANCE_UID, "1.5");
    assert!(matches!(presented(&other, &state(GRAYSCALE)), Err(Error::Corrupt(_))));
    assert!(matches!(presented(&made(2, 1), &state("1.2.840.10008.5.1.4.1.1.11.4")), Err(Error::Unsupported(_))));
}

#[test]
fn greys_are_the_state_s_and_not_the_image_s() {
    let bytes = [0, 100, 255];
    // no VOI LUT in the state: the whole range, whatever window the image has
    assert_eq!(pixels(&made(3, 1), &state(GRAYSCALE), &bytes).1, [0, 100, 255]);
    let inverse = with(state(GRAYSCALE), &[(tags::PRESENTATION_LUT_SHAPE, VR::CS, text("INVERSE"))]);
    assert_eq!(pixels(&made(3, 1), &inverse, &bytes).1, [255, 155, 0]);
    let monochrome1 = made(3, 1).text(tags::PHOTOMETRIC_INTERPRETATION, "MONOCHROME1");
    assert_eq!(pixels(&monochrome1, &state(GRAYSCALE), &bytes).1, [0, 100, 255]);
    let rescaled = with(
        state(GRAYSCALE),
        &[
            (tags::RESCALE_SLOPE, VR::DS, text("2")),
            (tags::RESCALE_INTERCEPT, VR::DS, text("-100")),
            (
                tags::SOFTCOPY_VOILUT_SEQUENCE,
                VR::SQ,
                item(&[
                    (tags::WINDOW_CENTER, VR::DS, text("0")),
                    (tags::WINDOW_WIDTH, VR::DS, text("200")),
                    (tags::VOILUT_FUNCTION, VR::CS, text("LINEAR_EXACT")),
                ]),
            ),
        ],
    );
    assert_eq!(pixels(&made(3, 1), &rescaled, &[0, 50, 100]).1, [0, 128, 255]);
}

#[test]
fn a_presentation_lut_has_the_last_word() {
    let table = item(&[
        (tags::LUT_DESCRIPTOR, VR::US, Value::Int(vec![3, 0, 16])),
        (tags::LUT_DATA, VR::US, Value::Int(vec![65535, 0, 32768])),
    ]);
    let state = with(state(GRAYSCALE), &[(tags::PRESENTATION_LUT_SEQUENCE, VR::SQ, table)]);
    assert_eq!(pixels(&made(3, 1), &state, &[0, 127, 255]).1, [255, 0, 128]);
}

#[test]
fn images_are_turned_and_flipped() {
    let bytes = [10, 20, 30, 40, 50, 60];
    for (rotation, flip, size, expected) in [
        (0, "N", (3, 2), [10, 20, 30, 40, 50, 60]),
        (90, "N", (2, 3), [40, 10, 50, 20, 60, 30]),
        (180, "N", (3, 2), [60, 50, 40, 30, 20, 10]),
        (270, "N", (2, 3), [30, 60, 20, 50, 10, 40]),
        (0, "Y", (3, 2), [30, 20, 10, 60, 50, 40]),
        (90, "Y", (2, 3), [10, 40, 20, 50, 30, 60]),
    ] {
        let turned = [
            (tags::IMAGE_ROTATION, VR::US, Value::Int(vec![rotation])),
            (tags::IMAGE_HORIZONTAL_FLIP, VR::CS, text(flip)),
        ];
        let found = pixels(&made(3, 2), &with(state(GRAYSCALE), &turned), &bytes);
        assert_eq!(found, (size, expected.to_vec()), "{rotation} {flip}");
    }
}

fn area(one: [i64; 2], other: [i64; 2]) -> (Tag, VR, Value) {
    let item = item(&[
        (tags::DISPLAYED_AREA_TOP_LEFT_HAND_CORNER, VR::SL, Value::Int(one.to_vec())),
        (tags::DISPLAYED_AREA_BOTTOM_RIGHT_HAND_CORNER, VR::SL, Value::Int(other.to_vec())),
    ]);
    (tags::DISPLAYED_AREA_SELECTION_SEQUENCE, VR::SQ, item)
}

#[test]
fn the_displayed_area_may_be_a_part_or_stand_out() {
    let bytes = [10, 20, 30, 40, 50, 60];
    let inner = with(state(GRAYSCALE), &[area([2, 1], [3, 2])]);
    assert_eq!(pixels(&made(3, 2), &inner, &bytes), ((2, 2), vec![20, 30, 50, 60]));
    let outer = with(state(GRAYSCALE), &[area([0, 1], [4, 3])]);
    let expected = vec![0, 10, 20, 30, 0, 0, 40, 50, 60, 0, 0, 0, 0, 0, 0];
    assert_eq!(pixels(&made(3, 2), &outer, &bytes), ((5, 3), expected));
    let nothing = with(state(GRAYSCALE), &[area([10, 10], [20, 20])]);
    let image = presented(&made(3, 2), &nothing).expect("a state");
    assert_eq!(rendering::picture(&image, &bytes, 0, &png()), Err(Error::Region));
    let endless =
        with(state(GRAYSCALE), &[area([i32::MIN.into(), i32::MIN.into()], [i32::MAX.into(), i32::MAX.into()])]);
    let image = presented(&made(3, 2), &endless).expect("a state");
    assert_eq!(rendering::picture(&image, &bytes, 0, &png()), Err(Error::TooLarge));
}

#[test]
fn shutters_hide_what_is_outside() {
    let one = |tag, values: &[i64]| (tag, VR::IS, Value::Int(values.to_vec()));
    let shape = |name: &str| (tags::SHUTTER_SHAPE, VR::CS, text(name));
    let value = one(tags::SHUTTER_PRESENTATION_VALUE, &[0x4000]);
    let rectangle = [
        shape("RECTANGULAR"),
        one(tags::SHUTTER_LEFT_VERTICAL_EDGE, &[2]),
        one(tags::SHUTTER_RIGHT_VERTICAL_EDGE, &[3]),
        one(tags::SHUTTER_UPPER_HORIZONTAL_EDGE, &[1]),
        one(tags::SHUTTER_LOWER_HORIZONTAL_EDGE, &[1]),
        value.clone(),
    ];
    let bytes = [9; 8];
    let found = pixels(&made(4, 2), &with(state(GRAYSCALE), &rectangle), &bytes).1;
    assert_eq!(found, [64, 9, 9, 64, 64, 64, 64, 64]);
    let circle = [
        shape("CIRCULAR"),
        one(tags::CENTER_OF_CIRCULAR_SHUTTER, &[3, 3]),
        one(tags::RADIUS_OF_CIRCULAR_SHUTTER, &[1]),
        value.clone(),
    ];
    let found = pixels(&made(5, 5), &with(state(GRAYSCALE), &circle), &[9; 25]).1;
    assert_eq!(found.iter().filter(|pixel| **pixel == 9).count(), 5);
    let polygon = [shape("POLYGONAL"), one(tags::VERTICES_OF_THE_POLYGONAL_SHUTTER, &[1, 1, 1, 6, 6, 1]), value];
    let found = pixels(&made(6, 6), &with(state(GRAYSCALE), &polygon), &[9; 36]).1;
    assert!(found[6] == 9 && found[35] == 64, "{found:?}");
    let bare = with(state(GRAYSCALE), &[shape("CIRCULAR")]);
    assert!(matches!(presented(&made(4, 2), &bare), Err(Error::Corrupt(_))));
}

#[test]
fn pseudo_colour_gives_greys_their_colours() {
    let table = |values: [u16; 2]| Value::Bytes(words(&values));
    let descriptor = || Value::Int(vec![2, 0, 16]);
    let palette = [
        (tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR, VR::US, descriptor()),
        (tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR, VR::US, descriptor()),
        (tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR, VR::US, descriptor()),
        (tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA, VR::OW, table([0, 65535])),
        (tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA, VR::OW, table([0, 32768])),
        (tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA, VR::OW, table([65535, 0])),
    ];
    let state = with(state(PSEUDO_COLOUR), &palette);
    assert_eq!(pixels(&made(2, 1), &state, &[0, 255]).1, [0, 0, 255, 255, 128, 0]);
}
