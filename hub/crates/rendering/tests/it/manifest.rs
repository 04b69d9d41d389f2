//! Every real file with pixels against what independent decoders found in it.

use crate::real;
use rendering::{Error, Format, Frame, Image, Samples, Settings};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::path::Path;

/// Files whose first frame does not come out as the decoders agree. May only shrink.
const NOT_YET: &[(&str, &str)] = &[];

struct Truth<'a> {
    path: &'a str,
    pixels: &'a Value,
}

impl Truth<'_> {
    fn text(&self, name: &str) -> &str {
        self.pixels[name].as_str().unwrap_or_default()
    }

    /// Compares a frame; the error says what differs.
    fn check(&self, frame: &Frame) -> Result<(), String> {
        let raw = &self.pixels["raw_first_frame"];
        let shape: Vec<u64> = raw["shape"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
        let (rows, columns) = (u64::from(frame.rows), u64::from(frame.columns));
        let own = if frame.channels == 1 { vec![rows, columns] } else { vec![rows, columns, 3] };
        if own != shape {
            return Err(format!("shape {own:?} instead of {shape:?}"));
        }
        let own = hex::encode(Sha256::digest(frame.samples.to_le_bytes()));
        if raw["sha256"] == own.as_str() {
            return Ok(());
        }
        let some_decoder = self.pixels["decoders"].as_object().into_iter().flatten();
        if self.pixels["compare"]["mode"] != "within" {
            return Err("other samples".into());
        }
        if some_decoder.into_iter().any(|(_, found)| found["sha256"] == own.as_str()) {
            return Ok(());
        }
        let allowed = self.pixels["compare"]["max_abs_diff"].as_f64().unwrap_or(0.0);
        let (low, high) = bounds(&frame.samples);
        let far = |name: &str, own: f64| (raw[name].as_f64().unwrap_or(f64::NAN) - own).abs() > allowed;
        match far("min", low) || far("max", high) {
            true => Err(format!("from {low} to {high} instead of {} to {}", raw["min"], raw["max"])),
            false => Ok(()),
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
    fn of<T: Copy + Into<f64>>(values: &[T]) -> (f64, f64) {
        let numbers = values.iter().map(|value| (*value).into());
        numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value: f64| (low.min(value), high.max(value)))
    }
    match samples {
        Samples::U8(values) => of(values),
        Samples::I8(values) => of(values),
        Samples::U16(values) => of(values),
        Samples::I16(values) => of(values),
        Samples::U32(values) => of(values),
        Samples::I32(values) => of(values),
        Samples::F32(values) => of(values),
        Samples::F64(values) => of(values),
    }
}

fn small() -> Settings {
    Settings { fit: Some((200, 200)), format: Format::Jpeg(85), ..Settings::default() }
}

fn decoded(folder: &Path, truth: &Truth<'_>) -> Option<Result<(), String>> {
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
        if let (Ok(()), Err(error)) = (&checked, right) {
            return Some(Err(error));
        }
    }
    Some(checked)
}

#[test]
fn first_frames_are_what_decoders_agree_on() {
    let Some(folder) = real::cases() else { return };
    let manifest = std::fs::File::open(folder.join("manifest.json")).expect("a manifest");
    let manifest: Value = serde_json::from_reader(std::io::BufReader::new(manifest)).expect("JSON");
    let (mut good, mut unread, mut wrong) = (0, vec![], vec![]);
    for file in manifest["files"].as_array().expect("files") {
        let truth = Truth { path: file["path"].as_str().expect("a path"), pixels: &file["pixels"] };
        if truth.pixels["raw_first_frame"].is_null() {
            continue;
        }
        let listed = NOT_YET.iter().find(|(path, _)| *path == truth.path);
        match (decoded(&folder, &truth), listed) {
            (None, _) => unread.push(truth.path.to_owned()),
            (Some(Ok(())), None) => good += 1,
            (Some(Ok(())), Some(_)) => wrong.push(format!("{}: is right now, take it off the list", truth.path)),
            (Some(Err(_)), Some(_)) => {}
            (Some(Err(error)), None) => wrong.push(format!("{} ({}): {error}", truth.path, truth.text("status"))),
        }
    }
    println!("{good} right, {} not read by the tests' reader: {unread:?}", unread.len());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), good + wrong.len(), wrong.join("\n"));
    assert!(good > 400);
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
