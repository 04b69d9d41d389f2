//! Frames in the cage: the same pictures as in this process, and hostile ones that cost no more than a worker.

use crate::{
    real,
    support::{LITTLE, Made, words},
};
use bytes::Bytes;
use imaging_domain::{VR, Value, tags};
use rendering::{Coding, Error, Format, Image, Renderer, Settings};
use std::time::Duration;

const LONG: Duration = Duration::from_secs(600);

fn workers(memory_bytes: u64, time_limit: Duration) -> Renderer {
    let program = env!("CARGO_BIN_EXE_decode-worker").into();
    let config = cage::Config { program, arguments: vec![], workers: 2, memory_bytes, time_limit, jobs_each: 1000 };
    Renderer::caged(2, 8, config).expect("threads")
}

fn small() -> Settings {
    Settings { fit: Some((200, 200)), format: Format::Jpeg(85), ..Settings::default() }
}

fn whole() -> Settings {
    Settings { fit: None, format: Format::Png, ..small() }
}

/// Image and first frame of a real file.
fn frame(path: &str) -> Option<(Image, Bytes)> {
    let file = real::open(&real::cases()?.join(path)).expect("a file");
    let image = Image::describe(&file.attributes, &file.transfer_syntax, 0).expect("a description");
    Some((image, file.first_frame.into()))
}

/// One file of each coding.
const CODINGS: &[&str] = &[
    "curated/syntax/CT1_RLE",
    "curated/syntax/CT1_JPLL",
    "curated/syntax/CT1_JLSL",
    "curated/syntax/CT1_J2KR",
    "curated/syntax/MR4_JPLY",
    "curated/syntax/SC_rgb_jpeg_dcmtk.dcm",
    "constructed/codec/htj2k-lossless-rpcl.dcm",
    "constructed/codec/jxl-lossless.dcm",
    "curated/syntax/liver_deflate.dcm",
    "curated/image/CT_small.dcm",
];

#[tokio::test]
async fn the_cage_changes_no_picture_and_no_error() {
    let (here, caged) = (Renderer::new(1, 8).expect("threads"), workers(2 << 30, LONG));
    for path in CODINGS {
        let Some((image, bytes)) = frame(path) else { return };
        for settings in [small(), whole()] {
            for bytes in [bytes.clone(), bytes.slice(..bytes.len() / 2)] {
                let expected = here.picture(image.clone(), bytes.clone(), 0, settings.clone()).await;
                let made = caged.picture(image.clone(), bytes, 0, settings.clone()).await;
                assert!(made == expected, "{path}: {:?} instead of {:?}", made.err(), expected.err());
            }
        }
    }
}

#[tokio::test]
async fn palettes_of_the_largest_size_go_in() {
    let entries: Vec<u16> = (0..=u16::MAX).collect();
    let mut made = Made::new("PALETTE COLOR", 64, 64, (16, 16)).syntax("1.2.840.10008.1.2.4.80");
    for (descriptor, data) in [
        (tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR, tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA),
        (tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR, tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA),
        (tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR, tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA),
    ] {
        made = made.value(descriptor, VR::US, Value::Int(vec![0, 0, 16]));
        made = made.value(data, VR::OW, Value::Bytes(words(&entries)));
    }
    let junk = workers(2 << 30, LONG).picture(made.image(), vec![0; 64].into(), 0, whole()).await;
    assert_eq!(junk, Err(Error::Corrupt("no start of a JPEG image")));
}

/// A JPEG 2000 codestream of one tile as large as said, whose only packet is empty.
fn empty_jpeg2000(columns: u32, rows: u32) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0x4F, 0xFF, 0x51, 0, 41, 0, 0];
    for side in [columns, rows, 0, 0, columns, rows, 0, 0] {
        bytes.extend(side.to_be_bytes());
    }
    bytes.extend([0, 1, 7, 1, 1]);
    // COD: no precincts, one layer, no levels of decomposition, blocks of 64 x 64, reversible. QCD: no quantization.
    bytes.extend([0xFF, 0x52, 0, 12, 0, 0, 0, 1, 0, 0, 4, 4, 0, 1]);
    bytes.extend([0xFF, 0x5C, 0, 4, 0x40, 0x40]);
    bytes.extend([0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, 15, 0, 1, 0xFF, 0x93, 0, 0xFF, 0xD9]);
    bytes
}

/// A JPEG as large as said, and nothing in it.
fn empty_jpeg(columns: u16, rows: u16, length: usize) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xC2, 0, 11, 8];
    bytes.extend(rows.to_be_bytes());
    bytes.extend(columns.to_be_bytes());
    bytes.extend([1, 1, 0x11, 0, 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0]);
    bytes.resize(length, 0);
    bytes
}

#[tokio::test]
async fn bombs_cost_a_worker_and_nothing_else() {
    const JPEG_2000: &str = "1.2.840.10008.1.2.4.90";
    const JPEG: &str = "1.2.840.10008.1.2.4.50";
    let caged = workers(192 << 20, LONG);
    let made = |columns, rows, syntax| Made::new("MONOCHROME2", columns, rows, (8, 8)).syntax(syntax);
    let huge = made(65535, 65535, JPEG_2000);
    assert_eq!(Image::describe(&huge.set, huge.syntax, 0).err(), Some(Error::TooLarge));
    // As large as its attributes say, and far more than the worker has.
    let image = made(16384, 32768, JPEG_2000).image();
    let bomb = caged.picture(image, empty_jpeg2000(16384, 32768).into(), 0, small()).await;
    assert!(matches!(bomb, Err(Error::GivenUp(cage::Error::MemoryLimit) | Error::Corrupt(_))), "{bomb:?}");
    // Another size than its attributes say.
    let image = made(512, 512, JPEG_2000).image();
    let bomb = caged.picture(image, empty_jpeg2000(65535, 65535).into(), 0, small()).await;
    assert!(matches!(bomb, Err(Error::Corrupt(_))), "{bomb:?}");
    for (side, length) in [(65535, 100), (16384, 1 << 20)] {
        let image = made(16384, 16384, JPEG).image();
        let bomb = caged.picture(image, empty_jpeg(side, side, length).into(), 0, small()).await;
        assert!(matches!(bomb, Err(Error::GivenUp(_) | Error::Corrupt(_))), "{bomb:?}");
    }
    // A native frame that really is too large for this worker.
    let image = made(16384, 16384, LITTLE).image();
    let large = caged.picture(image, vec![1; 16384 * 16384].into(), 0, small()).await;
    assert_eq!(large, Err(Error::GivenUp(cage::Error::MemoryLimit)));
    let image = Made::new("MONOCHROME2", 64, 64, (8, 8)).image();
    assert!(caged.picture(image, vec![9; 4096].into(), 0, small()).await.is_ok());
}

#[tokio::test]
async fn a_bomb_costs_a_worker_once() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("decode-worker");
    std::fs::copy(env!("CARGO_BIN_EXE_decode-worker"), &program).unwrap();
    let (memory_bytes, time_limit) = (192 << 20, LONG);
    let config = cage::Config {
        program: program.clone(),
        arguments: vec![],
        workers: 1,
        memory_bytes,
        time_limit,
        jobs_each: 1000,
    };
    let caged = Renderer::caged(2, 8, config).expect("threads");
    let image = Made::new("MONOCHROME2", 16384, 16384, (8, 8)).syntax(LITTLE).image();
    let bomb = Bytes::from(vec![1; 16384 * 16384]);
    let given_up = Err(Error::GivenUp(cage::Error::MemoryLimit));
    assert_eq!(caged.picture(image.clone(), bomb.clone(), 0, small()).await, given_up);
    // from here on no worker can be started, so whoever needs one is told so
    std::fs::remove_file(&program).unwrap();
    for settings in [small(), whole(), small()] {
        assert_eq!(caged.picture(image.clone(), bomb.clone(), 0, settings).await, given_up);
    }
    assert_eq!(caged.samples(image.clone(), bomb.clone(), 0, Coding::Native).await.err(), Some(Error::Busy));
    let mut other = bomb.to_vec();
    other[7] = 9;
    assert_eq!(caged.picture(image, other.into(), 0, small()).await, Err(Error::Busy), "another frame as long");
}

/// Numbers that are the same on every run (Marsaglia's xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    /// Some bytes of a frame changed, or its end cut off, or a part of it repeated.
    fn damaged(&mut self, frame: &[u8]) -> Vec<u8> {
        let mut bytes = frame.to_vec();
        for _ in 0..1 + self.below(20) {
            // The first bytes say most.
            let reach = if self.below(2) == 0 { bytes.len().min(200) } else { bytes.len() };
            let at = self.below(reach);
            bytes[at] = self.below(256) as u8;
        }
        match self.below(4) {
            0 => bytes.truncate(1 + self.below(frame.len())),
            1 => bytes.extend_from_within(self.below(frame.len())..),
            _ => {}
        }
        bytes
    }
}

#[tokio::test]
async fn a_thousand_hostile_frames_and_good_ones_between_them() {
    let caged = workers(1 << 30, Duration::from_secs(10));
    let Some((small_ct, good)) = frame("curated/image/CT_small.dcm") else { return };
    let frames: Vec<_> = CODINGS.iter().filter_map(|path| frame(path)).collect();
    let (mut dice, mut given_up, mut refused) = (Dice(2_463_534_242), 0, 0);
    for number in 0..1000 {
        let (image, bytes) = &frames[number % frames.len()];
        let made = caged.picture(image.clone(), dice.damaged(bytes).into(), 0, small()).await;
        match made {
            Ok(_) => {}
            Err(Error::GivenUp(_)) => given_up += 1,
            Err(Error::Corrupt(_) | Error::Unsupported(_) | Error::TooLarge) => refused += 1,
            Err(error) => panic!("frame {number}: {error}"),
        }
        if number % 100 == 99 {
            let made = caged.picture(image.clone(), bytes.clone(), 0, small()).await;
            assert!(made.is_ok(), "after frame {number}");
            assert!(caged.picture(small_ct.clone(), good.clone(), 0, small()).await.is_ok());
        }
    }
    println!("1000 hostile frames: {refused} refused, {given_up} given up with their worker");
    assert!(refused > 100);
}
