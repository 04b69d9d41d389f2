//! Overlay planes and segmentations over images made by hand.

use crate::{
    shown::{EIGHT, eight},
    support::{Made, item, png, shown, words},
};
use imaging_domain::{DataSet, Tag, VR, Value, tags};
use rendering::{Error, Overlays, Settings};

fn group(element: u16) -> Tag {
    Tag(0x6000, element)
}

/// An overlay of 2 rows and 2 columns whose diagonal is set, at row and column 1.
fn overlaid() -> Made {
    eight().int(group(0x0010), 2).int(group(0x0011), 2).value(group(0x0050), VR::SS, Value::Int(vec![1, 2])).value(
        group(0x3000),
        VR::OW,
        Value::Bytes(vec![0b1001, 0]),
    )
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

#[test]
fn a_segmentation_tints_the_image_it_was_made_from() {
    let source = |uid: &str| {
        let source = item(&[(tags::REFERENCED_SOP_INSTANCE_UID, VR::UI, Value::Text(vec![uid.into()]))]);
        let derived = item(&[(tags::SOURCE_IMAGE_SEQUENCE, VR::SQ, source)]);
        let mut group = DataSet::new();
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
