//! What is shown: files of the shared cases, or made up here where they are not.

use anyhow::{Context, Result, anyhow};
use dicom_encoding::{Codec, adapters::PixelDataObject, transfer_syntax::TransferSyntaxIndex};
use dicom_object::DefaultDicomObject;
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;
use imaging_domain::{DataSet, VR, Value, tags};
use part10::{FrameIndex, Framing, Keep, Limits};
use rendering::Image;
use std::{
    env,
    path::{Path, PathBuf},
};
use test_data::generator::instance_of_size;

/// What is measured, and its file among the cases.
pub const CASES: [(&str, &str); 6] = [
    ("CT, uncompressed", "region/hospital-01/inbox/st001/s1-017.dcm"),
    ("JPEG baseline, colour", "curated/syntax/TestPattern_JPEG-Baseline_YBR422.dcm"),
    ("CT, JPEG lossless", "curated/syntax/CT1_JPLL"),
    ("CT, JPEG-LS", "region/hospital-02/inbox/st004/s1-025.dcm"),
    ("CT, JPEG 2000", "curated/syntax/693_J2KR.dcm"),
    ("CT, RLE", "curated/syntax/CT1_RLE"),
];
/// A slice of 512 by 512 pixels of 16 bits.
const SIDE: usize = 512;

/// One frame, ready to be decoded.
pub struct Input {
    /// What it is, with its size.
    pub what: String,
    /// Its description.
    pub image: Image,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The bit at which it begins.
    pub bit_offset: u8,
    /// The same file as dicom-rs reads it.
    object: Option<DefaultDicomObject>,
}

/// Every input that there is.
pub fn all() -> Result<Vec<Input>> {
    match cases() {
        Some(root) => CASES.iter().map(|(what, path)| Input::open(what, &root.join(path))).collect(),
        None => made_up(),
    }
}

/// The shared cases, where a test looks for them too.
fn cases() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    let given = env::var_os("DICOM_CASES").map_or("../shared/dicom".into(), PathBuf::from);
    // a worktree lies one folder deeper than the project
    let places = [root.join(&given), root.join("..").join(&given)];
    places.into_iter().find(|place| CASES.iter().all(|(_, path)| place.join(path).exists()))
}

impl Input {
    fn open(what: &str, path: &Path) -> Result<Self> {
        let file = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let object = dicom_object::open_file(path).ok();
        Self::of(what, &file, object).with_context(|| format!("{} cannot be used", path.display()))
    }

    /// The first frame of a file.
    fn of(what: &str, file: &[u8], object: Option<DefaultDicomObject>) -> Result<Self> {
        let keep = Keep::Everything { max_inline_bytes: 1 << 20 };
        let header = part10::scan(file, Framing::File, keep, Limits::default())?;
        let data_set = &file[header.data_set_offset as usize..];
        let mut read = |at: u64, buffer: &mut [u8]| {
            let bytes = data_set.get(at as usize..).and_then(|rest| rest.get(..buffer.len()));
            buffer.copy_from_slice(bytes.ok_or(std::io::ErrorKind::UnexpectedEof)?);
            Ok(())
        };
        let frames = FrameIndex::build(&header, &mut read)?;
        let span = frames.frame(0).context("no frame")?;
        let parts = span.ranges.iter().map(|range| &data_set[range.start as usize..range.end as usize]);
        let bytes = parts.collect::<Vec<_>>().concat();
        let image = Image::describe(&header.attributes, &header.transfer_syntax, 0)?;
        Ok(Self { what: named(what, &image), image, bytes, bit_offset: span.bit_offset, object })
    }

    /// The decoder that dicom-rs has for this, with nothing of ours around it.
    pub fn library(&self) -> Option<impl Fn() -> Result<()> + Sync + '_> {
        let object = self.object.as_ref()?;
        let syntax = TransferSyntaxRegistry.get(object.transfer_syntax_uid())?;
        let Codec::EncapsulatedPixelData(Some(reader), _) = syntax.codec() else { return None };
        Some(move || reader.decode_frame(object, 0, &mut vec![]).map_err(|error| anyhow!("{error}")))
    }
}

fn named(what: &str, image: &Image) -> String {
    format!("{what} {}x{}", image.columns(), image.rows())
}

/// A made-up slice, uncompressed and in what can be written here.
fn made_up() -> Result<Vec<Input>> {
    let slice = Input::of(CASES[0].0, &instance_of_size(SIDE * SIDE * 2, 1), None)?;
    let grey: Vec<u8> =
        slice.bytes.chunks_exact(2).map(|cell| (u16::from_le_bytes([cell[0], cell[1]]) >> 4) as u8).collect();
    let colour: Vec<u8> = grey.iter().flat_map(|value| [*value, *value / 2, 255 - *value]).collect();
    let pixels = turbojpeg::Image {
        pixels: colour.as_slice(),
        width: SIDE,
        pitch: SIDE * 3,
        height: SIDE,
        format: turbojpeg::PixelFormat::RGB,
    };
    let jpeg = turbojpeg::compress(pixels, 90, turbojpeg::Subsamp::Sub2x1)?.to_vec();
    let frame = charls::FrameInfo { width: SIDE as u32, height: SIDE as u32, bits_per_sample: 12, component_count: 1 };
    let jpegls = charls::CharLS::default().encode(frame, 0, &slice.bytes).map_err(|error| anyhow!("{error}"))?;
    let rle = packed(&slice.bytes);
    Ok(vec![
        slice,
        made(CASES[1].0, "1.2.840.10008.1.2.4.50", ("YBR_FULL_422", 3, 8, 8), jpeg)?,
        made(CASES[3].0, "1.2.840.10008.1.2.4.80", ("MONOCHROME2", 1, 16, 12), jpegls)?,
        made(CASES[5].0, "1.2.840.10008.1.2.5", ("MONOCHROME2", 1, 16, 12), rle)?,
    ])
}

/// An image of photometric interpretation, samples per pixel, bits allocated and bits stored.
fn made(what: &str, syntax: &str, kind: (&str, i64, i64, i64), bytes: Vec<u8>) -> Result<Input> {
    let (photometric, samples, allocated, stored) = kind;
    let mut set = DataSet::new();
    set.put_text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, photometric);
    for (tag, number) in [
        (tags::SAMPLES_PER_PIXEL, samples),
        (tags::ROWS, SIDE as i64),
        (tags::COLUMNS, SIDE as i64),
        (tags::BITS_ALLOCATED, allocated),
        (tags::BITS_STORED, stored),
        (tags::HIGH_BIT, stored - 1),
        (tags::PIXEL_REPRESENTATION, 0),
        (tags::PLANAR_CONFIGURATION, 0),
    ] {
        set.put(tag, VR::US, Value::Int(vec![number]));
    }
    let image = Image::describe(&set, syntax, 0)?;
    Ok(Input { what: named(what, &image), image, bytes, bit_offset: 0, object: None })
}

/// RLE (PS3.5 annex G) of 16-bit samples: two planes, every byte written as it is.
fn packed(samples: &[u8]) -> Vec<u8> {
    let planes = [1, 0].map(|byte| {
        let plane: Vec<u8> = samples.iter().skip(byte).step_by(2).copied().collect();
        plane.chunks(128).flat_map(|run| std::iter::once((run.len() - 1) as u8).chain(run.iter().copied())).collect()
    });
    let starts = [planes.len() as u32, 64, 64 + Vec::len(&planes[0]) as u32];
    let header = starts.into_iter().chain([0; 13]).flat_map(u32::to_le_bytes);
    header.chain(planes.concat()).collect()
}
