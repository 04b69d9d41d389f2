//! Parts, turns, texts, colours and overlays of pictures made by hand.

use crate::support::{Made, png, shown, words};
use imaging_domain::{ErrorKind, Tag, VR, Value, tags};
use rendering::{Animation, Annotation, Colours, Error, Format, Image, Overlays, Region, Settings, frame_ms};

/// Four columns, two rows: 0 to 7 as they are.
fn eight() -> Made {
    Made::new("MONOCHROME2", 4, 2, (8, 8)).window("128", "256", "LINEAR")
}

const EIGHT: [u8; 8] = [0, 10, 20, 30, 40, 50, 60, 70];

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

fn group(element: u16) -> Tag {
    Tag(0x6000, element)
}

/// An overlay of 2 rows and 2 columns whose diagonal is set, at row and column 1.
fn overlaid() -> Made {
    eight()
        .int(group(0x0010), 2)
        .int(group(0x0011), 2)
        .value(group(0x0050), VR::SS, Value::Int(vec![1, 2]))
        .value(group(0x3000), VR::OW, Value::Bytes(vec![0b1001, 0]))
}

fn with_overlays(made: &Made, overlays: Overlays, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let settings = Settings { overlays, ..png() };
    let image = made.image().prepared(&made.set, 0, &settings)?;
    rendering::picture(&image, bytes, 0, &settings)?;
    Ok(shown(&image, bytes, 0, &settings).1)
}

#[test]
fn overlay_planes_are_drawn_when_asked_for() {
    let drawn = vec![0, 255, 20, 30, 40, 50, 255, 70];
    for (overlays, expected) in [
        (Overlays::None, EIGHT.to_vec()),
        (Overlays::All, drawn.clone()),
        (Overlays::Groups(vec![0x6000]), drawn),
        (Overlays::Groups(vec![0x6002]), EIGHT.to_vec()),
    ] {
        assert_eq!(with_overlays(&overlaid(), overlays.clone(), &EIGHT), Ok(expected), "{overlays:?}");
    }
}

#[test]
fn overlays_may_lie_in_the_bits_of_pixels() {
    let made = Made::new("MONOCHROME2", 2, 1, (16, 8))
        .window("128", "256", "LINEAR")
        .int(group(0x0010), 1)
        .int(group(0x0011), 2)
        .int(group(0x0100), 16)
        .int(group(0x0102), 12);
    assert_eq!(with_overlays(&made, Overlays::All, &words(&[7, 0x1000 | 9])), Ok(vec![7, 255]));
}

#[test]
fn overlays_that_lie_are_errors() {
    let short = overlaid().int(group(0x0010), 200);
    assert!(matches!(with_overlays(&short, Overlays::All, &EIGHT), Err(Error::Corrupt(_))));
    let elsewhere = overlaid().value(group(0x3000), VR::OW, Value::Bulk { offset: 1, length: 2 });
    assert!(matches!(with_overlays(&elsewhere, Overlays::All, &EIGHT), Err(Error::Unsupported(_))));
}

#[test]
fn a_small_overlay_pixel_is_not_lost_when_shrinking() {
    let made = Made::new("MONOCHROME2", 64, 64, (8, 8))
        .window("128", "256", "LINEAR")
        .int(group(0x0010), 1)
        .int(group(0x0011), 1)
        .value(group(0x0050), VR::SS, Value::Int(vec![33, 33]))
        .value(group(0x3000), VR::OW, Value::Bytes(vec![1, 0]));
    let settings = Settings { overlays: Overlays::All, fit: Some((8, 8)), ..png() };
    let image = made.image().prepared(&made.set, 0, &settings).expect("an overlay");
    let (_, pixels) = shown(&image, &[0; 64 * 64], 0, &settings);
    assert_eq!(pixels.iter().filter(|pixel| **pixel == 255).count(), 1);
    assert_eq!(pixels[4 * 8 + 4], 255);
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

fn red() -> Made {
    Made::new("RGB", 2, 1, (8, 8))
}

fn coloured(colours: Colours, format: Format, profile: Option<Vec<u8>>) -> Vec<u8> {
    let image = red().image();
    let image = profile.into_iter().fold(image, Image::with_profile);
    let settings = Settings { colours, format, ..Settings::default() };
    rendering::picture(&image, &[200, 30, 30, 30, 200, 30], 0, &settings).expect("a picture")
}

#[test]
fn colours_are_converted_and_their_profile_is_embedded() {
    let has_profile = |file: &[u8]| file.windows(4).any(|four| four == b"iCCP") || file.windows(11).any(|name| name == b"ICC_PROFILE");
    for format in [Format::Png, Format::Jpeg(95)] {
        assert!(!has_profile(&coloured(Colours::AsStored, format, None)));
        for colours in [Colours::OwnProfile, Colours::Srgb, Colours::AdobeRgb, Colours::RommRgb] {
            let file = coloured(colours, format, None);
            assert!(has_profile(&file), "{colours:?} {format:?}");
            assert!(image::load_from_memory(&file).is_ok(), "{colours:?} {format:?}");
        }
    }
    let pixels = |file: &[u8]| image::load_from_memory(file).expect("a PNG").into_rgb8().into_raw();
    assert_eq!(pixels(&coloured(Colours::Srgb, Format::Png, None))[..3], [200, 30, 30]);
    // the wider a space, the less of its red is needed
    let adobe = pixels(&coloured(Colours::AdobeRgb, Format::Png, None));
    let romm = pixels(&coloured(Colours::RommRgb, Format::Png, None));
    assert!(adobe[0] < 200 && romm[0] < adobe[0], "{adobe:?} {romm:?}");
    // an image in Adobe RGB comes back to what it was in sRGB
    let own = moxcms::ColorProfile::new_adobe_rgb().encode().expect("a profile");
    let wide = pixels(&coloured(Colours::Srgb, Format::Png, Some(own)));
    assert!(wide[0] > 200, "{wide:?}");
}

#[test]
fn a_profile_that_cannot_be_read_is_an_error() {
    let image = red().image().with_profile(b"no profile".to_vec());
    for colours in [Colours::OwnProfile, Colours::Srgb] {
        let settings = Settings { colours, ..png() };
        let made = rendering::picture(&image, &[0; 6], 0, &settings);
        assert_eq!(made, Err(Error::Corrupt("icc profile")));
    }
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

#[test]
fn a_segmentation_tints_the_image_it_was_made_from() {
    let source = |uid: &str| {
        let source = crate::support::item(&[(tags::REFERENCED_SOP_INSTANCE_UID, VR::UI, Value::Text(vec![uid.into()]))]);
        let derived = crate::support::item(&[(tags::SOURCE_IMAGE_SEQUENCE, VR::SQ, source)]);
        let mut group = imaging_domain::DataSet::new();
        group.put(tags::DERIVATION_IMAGE_SEQUENCE, VR::SQ, derived);
        group
    };
    let mask = Made::new("MONOCHROME2", 4, 2, (1, 1))
        .int(tags::NUMBER_OF_FRAMES, 2)
        .text(tags::SEGMENTATION_TYPE, "BINARY")
        .value(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, VR::SQ, Value::Sequence(vec![source("1.9"), source("1.4")]));
    let own = eight().text(tags::SOP_INSTANCE_UID, "1.4");
    assert_eq!(rendering::segment_frames(&mask.set, &own.set, 0), [1]);
    assert_eq!(rendering::segment_frames(&mask.set, &eight().set, 0), Vec::<u32>::new());
    let covered = own.image().covered(&mask.set, mask.syntax, 1, &[0b0000_0010], 0).expect("a mask");
    let (_, pixels) = shown(&covered, &EIGHT, 0, &png());
    assert_eq!((&pixels[..3], &pixels[6..9]), (&[0, 0, 0][..], &[20, 20, 20][..]));
    assert!(pixels[3] != pixels[4], "the tint has a colour: {pixels:?}");
    let small = Made::new("MONOCHROME2", 2, 2, (8, 8)).image();
    assert!(matches!(small.covered(&mask.set, mask.syntax, 1, &[2], 0), Err(Error::Unsupported(_))));
}
