//! Every real file with pixels against what independent decoders found in it.

use crate::{lossy::numbers, real};
use rendering::{Error, Format, Frame, Image, Samples, Settings};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, path::Path};

/// Files whose first frame does not come out as the decoders agree. May only shrink.
const NOT_YET: &[(&str, &str)] = &[];

/// What a file with pixel data comes to in which no decoder found a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Frame 0 is whole all the same.
    Shown,
    /// An error.
    Refused,
    /// Not even the reader of these tests opens it.
    Unread,
}

/// Files of which nobody says what their first frame is, and what is made of each.
const WITHOUT_TRUTH: &[(&str, Outcome)] = &[
    ("curated/broken/MR_truncated.dcm", Outcome::Unread),
    ("curated/broken/meta_missing_tsyntax.dcm", Outcome::Unread),
    ("curated/broken/nested_priv_SQ.dcm", Outcome::Refused),
    ("curated/broken/badVR.dcm", Outcome::Shown),
    ("curated/broken/3gb-bulk-data-truncated", Outcome::Unread),
    ("curated/broken/2026-05-26-oob-monochrome-65535.dcm", Outcome::Refused),
    ("curated/broken/invalid_compression.dcm", Outcome::Refused),
    ("curated/broken/dwv-test_no-number-rows.dcm", Outcome::Refused),
    ("constructed/structure/truncated-half.dcm", Outcome::Unread),
    ("constructed/structure/zero-pixel-data.dcm", Outcome::Refused),
    ("constructed/structure/frames-99-declared.dcm", Outcome::Shown),
    ("constructed/structure/bits-stored-gt-allocated.dcm", Outcome::Refused),
    ("constructed/codec/video-h264-hp41.dcm", Outcome::Refused),
    ("constructed/codec/video-mpeg2.dcm", Outcome::Refused),
];

/// Files of codings that lose whose samples are no decoder's to the last bit: 12-bit JPEG by a transform in floating
/// point, where others' is in integers, and JPEG XL. How near they are to whose is told by [`crate::lossy`]. May only shrink.
const IN_RANGE: &[&str] = &[
    "curated/syntax/CTImage.dcm_JPEGProcess6_8TransferSyntax_1.2.840.10008.1.2.4.53.dcm",
    "curated/syntax/JPGExtended.dcm",
    "curated/syntax/MR4_JPLY",
    "curated/syntax/RG3_JPLY",
    "curated/syntax/XA1_JPLY",
    "curated/syntax/will-jxl.dcm",
    "region/hospital-05/inbox/st037/s1-001.dcm",
];

/// How a frame agrees with the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Agreement {
    /// The same samples as the manifest's.
    Exact,
    /// Of a coding that loses: the same samples as one of the decoders that are within the manifest's distance.
    OneDecoder,
    /// Of a coding that loses: no decoder's samples, and in the decoders' range to within the manifest's distance.
    Range,
}

struct Truth<'a> {
    path: &'a str,
    pixels: &'a Value,
}

impl Truth<'_> {
    fn text(&self, name: &str) -> &str {
        self.pixels[name].as_str().unwrap_or_default()
    }

    /// Compares a frame; the error says what differs.
    fn check(&self, frame: &Frame) -> Result<Agreement, String> {
        let raw = &self.pixels["raw_first_frame"];
        let shape: Vec<u64> = raw["shape"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
        let (rows, columns) = (u64::from(frame.rows), u64::from(frame.columns));
        let own = if frame.channels == 1 { vec![rows, columns] } else { vec![rows, columns, 3] };
        if own != shape {
            return Err(format!("shape {own:?} instead of {shape:?}"));
        }
        let own = hex::encode(Sha256::digest(frame.samples.to_le_bytes()));
        if raw["sha256"] == own.as_str() {
            return Ok(Agreement::Exact);
        }
        let some_decoder = self.pixels["decoders"].as_object().into_iter().flatten();
        if self.pixels["compare"]["mode"] != "within" {
            return Err("other samples".into());
        }
        if some_decoder.into_iter().any(|(_, found)| found["sha256"] == own.as_str()) {
            return Ok(Agreement::OneDecoder);
        }
        let allowed = self.pixels["compare"]["max_abs_diff"].as_f64().unwrap_or(0.0);
        let (low, high) = bounds(&frame.samples);
        let far = |name: &str, own: f64| (raw[name].as_f64().unwrap_or(f64::NAN) - own).abs() > allowed;
        match far("min", low) || far("max", high) {
            true => Err(format!("from {low} to {high} instead of {} to {}", raw["min"], raw["max"])),
            false => Ok(Agreement::Range),
        }
    }
}

/// Compares the picture at the image's own size with red, green and blue of the decoders, where they are bytes.
fn check_colours(truth: &Truth<'_>, picture: &[u8]) -> Result<(), String> {
    let colours = &truth.pixels["rgb_first_frame"];
    if colours["dtype"] != "uint8" {
        return Ok(());
    }
    let pixels = image::load_from_memory(picture).map_err(|error| error.to_string())?.into_bytes();
    if colours["sha256"] == hex::encode(Sha256::digest(&pixels)).as_str() || truth.text("status") != "decoders agree" {
        return Ok(());
    }
    Err("other colours".into())
}

fn bounds(samples: &Samples) -> (f64, f64) {
    let numbers = numbers(samples).into_iter();
    numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

fn small() -> Settings {
    Settings { fit: Some((200, 200)), format: Format::Jpeg(85), ..Settings::default() }
}

fn decoded(folder: &Path, truth: &Truth<'_>) -> Option<Result<Agreement, String>> {
    let file = real::open(&folder.join(truth.path))?;
    let image = match Image::describe(&file.attributes, &file.transfer_syntax, 0) {
        Ok(image) => image,
        Err(error) => return Some(Err(error.to_string())),
    };
    let checked = rendering::decode(&image, &file.first_frame, 0)
        .map_err(|error| error.to_string())
        .and_then(|frame| truth.check(&frame));
    for settings in [small(), Settings { fit: None, format: Format::Png, ..small() }] {
        let picture = rendering::picture(&image, &file.first_frame, 0, &settings);
        let picture = picture.map_err(|error| format!("no picture: {error}"));
        let is_whole = settings.fit.is_none();
        let right = picture.and_then(|file| if is_whole { check_colours(truth, &file) } else { Ok(()) });
        if let (Ok(_), Err(error)) = (&checked, right) {
            return Some(Err(error));
        }
    }
    Some(checked)
}

fn truth(file: &Value) -> Truth<'_> {
    Truth { path: file["path"].as_str().expect("a path"), pixels: &file["pixels"] }
}

#[test]
fn first_frames_are_what_decoders_agree_on() {
    let Some(folder) = real::cases() else { return };
    let files = real::manifest(&folder);
    let truths = files.iter().map(truth).filter(|truth| !truth.pixels["raw_first_frame"].is_null());
    let (mut agreed, mut in_range, mut wrong) = (BTreeMap::new(), vec![], vec![]);
    for truth in truths {
        let path = truth.path;
        match (decoded(&folder, &truth), NOT_YET.iter().any(|(of, _)| *of == path)) {
            (Some(Err(_)), true) => {}
            (Some(Ok(agreement)), false) => {
                *agreed.entry(agreement).or_insert(0) += 1;
                if agreement == Agreement::Range {
                    in_range.push(path);
                }
            }
            (Some(Ok(_)), true) => wrong.push(format!("{path}: is right now, take it off the list")),
            (None, ..) => wrong.push(format!("{path}: the reader of the tests does not open it")),
            (Some(Err(error)), ..) => wrong.push(format!("{path} ({}): {error}", truth.text("status"))),
        }
    }
    println!("first frames as in the manifest: {agreed:?}");
    in_range.sort_unstable();
    assert_eq!(in_range, IN_RANGE);
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(agreed.values().sum::<usize>() > 400);
}

#[test]
fn files_without_a_truth_come_to_what_is_written_down() {
    let Some(folder) = real::cases() else { return };
    let files = real::manifest(&folder);
    let without = |file: &&Value| file["has_pixel_data"] == true && file["pixels"]["raw_first_frame"].is_null();
    let outcomes: Vec<(&str, Outcome)> =
        files.iter().filter(without).map(|file| outcome(&folder, truth(file).path)).collect();
    assert_eq!(outcomes, WITHOUT_TRUTH);
}

fn outcome<'a>(folder: &Path, path: &'a str) -> (&'a str, Outcome) {
    let Some(file) = real::open(&folder.join(path)) else { return (path, Outcome::Unread) };
    let image = Image::describe(&file.attributes, &file.transfer_syntax, 0);
    let picture = image.and_then(|image| rendering::picture(&image, &file.first_frame, 0, &small()));
    (path, if picture.is_ok() { Outcome::Shown } else { Outcome::Refused })
}

#[test]
fn what_nobody_decodes_is_an_error() {
    let Some(folder) = real::cases() else { return };
    let moving = real::open(&folder.join("constructed/codec/video-mpeg2.dcm")).expect("a file");
    let image = Image::describe(&moving.attributes, &moving.transfer_syntax, 0).expect("a description");
    assert_eq!(rendering::decode(&image, &moving.first_frame, 0), Err(Error::Unsupported("moving pictures")));
    let bits = real::open(&folder.join("constructed/structure/bits-stored-gt-allocated.dcm")).expect("a file");
    let described = Image::describe(&bits.attributes, &bits.transfer_syntax, 0);
    assert!(matches!(described, Err(Error::Corrupt(_))));
}

/// Codings that lose a little of the same picture, and how far samples may be apart on average.
const ALIKE: &[(&str, &str, f64)] = &[("curated/syntax/MR4_JPLY", "curated/syntax/MR4_JLSN", 4.0)];

#[test]
fn lossy_codings_of_one_picture_look_alike() {
    let Some(folder) = real::cases() else { return };
    let samples = |path: &str| {
        let file = real::open(&folder.join(path)).expect("a file");
        let image = Image::describe(&file.attributes, &file.transfer_syntax, 0).expect("a description");
        rendering::decode(&image, &file.first_frame, 0).expect("samples").samples
    };
    for (one, other, allowed) in ALIKE {
        let (Samples::U16(first), Samples::U16(second)) = (samples(one), samples(other)) else {
            panic!("{one} and {other} are not of 16 bits")
        };
        let sum: f64 = first.iter().zip(&second).map(|(a, b)| f64::from(a.abs_diff(*b))).sum();
        let mean = sum / first.len() as f64;
        assert!(mean < *allowed, "{one} and {other} are {mean} apart");
    }
}

/// One file of each coding.
const CODINGS: &[&str] = &[
    "curated/syntax/CT1_RLE",
    "curated/syntax/CT1_JPLL",
    "curated/syntax/CT1_JLSL",
    "curated/syntax/CT1_J2KR",
    "curated/syntax/US1_J2KI.dcm",
    "curated/syntax/MR4_JPLY",
    "curated/syntax/SC_rgb_jpeg_dcmtk.dcm",
    "curated/syntax/SC_rgb_dcmtk_+eb+cr.dcm",
    "wsi/colon-a/overview.dcm",
    "curated/syntax/HTJ2KLossless_08_RGB.dcm",
    "constructed/codec/htj2k-lossless-rpcl.dcm",
    "constructed/codec/jxl-lossless.dcm",
    "curated/syntax/will-jxl.dcm",
    "curated/syntax/liver_deflate.dcm",
    "curated/image/CT_small.dcm",
];

#[test]
fn half_a_frame_is_an_error_and_no_picture() {
    let Some(folder) = real::cases() else { return };
    for path in CODINGS {
        let file = real::open(&folder.join(path)).expect("a file");
        let image = Image::describe(&file.attributes, &file.transfer_syntax, 0).expect("a description");
        for part in [2, 3] {
            let half = &file.first_frame[..file.first_frame.len() * (part - 1) / part];
            let decoded = rendering::decode(&image, half, 0);
            assert!(matches!(decoded, Err(Error::Corrupt(_))), "{path}: {decoded:?}");
            let made = rendering::picture(&image, half, 0, &small());
            assert!(matches!(made, Err(Error::Corrupt(_))), "{path}");
        }
    }
}
