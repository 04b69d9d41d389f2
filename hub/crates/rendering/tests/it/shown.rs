//! Parts, turns, texts, colours and overlays of pictures made by hand.

use crate::support::{Made, png, shown, words};
use imaging_domain::{ErrorKind, tags};
use rendering::{Animation, Annotation, Error, Format, Region, Settings, Unit, frame_ms};

/// Four columns, two rows: 0 to 7 as they are.
pub fn eight() -> Made {
    Made::new("MONOCHROME2", 4, 2, (8, 8)).window("128", "256", "LINEAR")
}

pub const EIGHT: [u8; 8] = [0, 10, 20, 30, 40, 50, 60, 70];

fn part(region: Region) -> Settings {
    Settings { region: Some(region), ..png() }
}

#[test]
fn a_region_is_cut_out_and_flipped() {
    let whole = Region::default();
    let inner = Region { left: 1.0, top: 0.0, columns: Some(2.0), rows: Some(2.0), ..whole };
    for (region, size, expected) in [
        (inner, (2, 2), vec![10, 20, 50, 60]),
        (Region { flip_horizontal: true, ..inner }, (2, 2), vec![20, 10, 60, 50]),
        (Region { flip_vertical: true, ..inner }, (2, 2), vec![50, 60, 10, 20]),
        (Region { flip_horizontal: true, flip_vertical: true, ..whole }, (4, 2), EIGHT.iter().rev().copied().collect()),
        (Region { left: 2.0, top: 1.0, ..whole }, (2, 1), vec![60, 70]),
        // what stands out over the image is cut off
        (Region { left: 3.0, columns: Some(50.0), rows: Some(50.0), ..whole }, (1, 2), vec![30, 70]),
        (
            Region { unit: Unit::Whole, left: 0.5, top: 0.5, columns: Some(0.25), rows: Some(0.5), ..whole },
            (1, 1),
            vec![60],
        ),
    ] {
        assert_eq!(shown(&eight().image(), &EIGHT, 0, &part(region)), (size, expected), "{region:?}");
    }
    let outside = part(Region { left: 4.0, ..whole });
    let error = rendering::picture(&eight().image(), &EIGHT, 0, &outside).unwrap_err();
    assert_eq!((error.clone(), error.kind()), (Error::Region, ErrorKind::Invalid));
}

#[test]
fn a_region_fits_its_own_shape() {
    let region = Region { left: 0.0, top: 0.0, columns: Some(2.0), rows: Some(2.0), ..Region::default() };
    let settings = Settings { fit: Some((40, 20)), ..part(region) };
    assert_eq!(shown(&eight().image(), &EIGHT, 0, &settings).0, (20, 20));
}

#[test]
fn parts_are_shown_in_the_extent_of_the_whole() {
    let made = Made::new("MONOCHROME2", 3, 1, (16, 16));
    let region = Region { left: 1.0, columns: Some(1.0), ..Region::default() };
    assert_eq!(shown(&made.image(), &words(&[0, 50, 100]), 0, &part(region)).1, [128]);
}

fn annotated(name: &str, annotation: Annotation) -> Vec<u8> {
    let made = Made::new("MONOCHROME2", 256, 256, (8, 8))
        .window("128", "256", "LINEAR")
        .text(tags::PATIENT_NAME, name)
        .text(tags::MODALITY, "CT");
    let settings = Settings { annotation, ..png() };
    let image = made.image().prepared(&made.set, 0, &settings).expect("texts");
    shown(&image, &[100; 256 * 256], 0, &settings).1
}

/// How many pixels of some rows are as white as letters.
fn white(pixels: &[u8], rows: std::ops::Range<usize>) -> usize {
    pixels[rows.start * 256..rows.end * 256].iter().filter(|pixel| **pixel == 255).count()
}

#[test]
fn annotations_are_burnt_in_with_han_characters() {
    let none = Annotation::default();
    let patient = Annotation { patient: true, technique: false };
    let technique = Annotation { patient: false, technique: true };
    assert_eq!(white(&annotated("LI^SI", none), 0..256), 0);
    let named = annotated("LI^SI=李^四", patient);
    assert!(white(&named, 0..40) > 100 && white(&named, 128..256) == 0);
    // another name in characters looks otherwise: they are not boxes
    assert_ne!(named, annotated("LI^SI=王^五", patient));
    let made = annotated("LI^SI", technique);
    assert!(white(&made, 0..128) == 0 && white(&made, 200..256) > 30);
    // each letter has a dark rim
    assert!(named[..256 * 40].contains(&0));
}

#[test]
fn frames_become_a_gif_with_their_times() {
    let frame = |shade: u8| {
        let settings = Settings { format: Format::Pixels, ..Settings::default() };
        rendering::picture(&eight().image(), &[shade; 8], 0, &settings).expect("pixels")
    };
    let mut animation = Animation::new();
    animation.add(&frame(5), 40.0).expect("a frame");
    animation.add(&frame(250), 33.3).expect("a frame");
    assert!(animation.add(b"P5\n1 1\n255\nx", 1.0).is_err(), "of another size");
    assert!(animation.add(b"P5\n9 9\n255\nx", 1.0).is_err(), "too short");
    let file = animation.finish().expect("a file");
    let mut reader = gif::DecodeOptions::new().read_info(&file[..]).expect("a GIF");
    let mut found = vec![];
    while let Some(frame) = reader.read_next_frame().expect("a frame") {
        let palette = frame.palette.clone().expect("a palette");
        found.push((frame.delay, palette[usize::from(frame.buffer[0]) * 3]));
    }
    assert_eq!(found, [(4, 5), (3, 250)]);
    assert!(Animation::new().finish().is_err());
}

#[test]
fn times_of_frames_are_those_of_the_cine_module() {
    let set = |tag, value: &str| eight().text(tag, value).set;
    assert_eq!(frame_ms(&set(tags::FRAME_TIME, "33.3"), 0), 33.3);
    assert_eq!(frame_ms(&set(tags::RECOMMENDED_DISPLAY_FRAME_RATE, "20"), 0), 50.0);
    assert_eq!(frame_ms(&set(tags::CINE_RATE, "25"), 3), 40.0);
    let vector = set(tags::FRAME_TIME_VECTOR, "0\\10\\30");
    assert_eq!([0, 1, 2].map(|frame| frame_ms(&vector, frame)), [10.0, 30.0, 30.0]);
    assert_eq!(frame_ms(&eight().set, 0), 100.0);
}
