//! Samples given on.

use crate::support::{Made, signed, words};
use imaging_domain::tags;
use rendering::{BitPacker, Coding, Converted, Image, Renderer, Samples, plain};

const JPEG_LS: &str = "1.2.840.10008.1.2.4.80";

/// Samples of a JPEG-LS stream of an image like this one.
fn decoded(mut made: Made, stream: &[u8], bits: (i64, i64)) -> Samples {
    made = made.syntax(JPEG_LS).int(tags::BITS_ALLOCATED, bits.0).int(tags::BITS_STORED, bits.1);
    made.int(tags::HIGH_BIT, bits.1 - 1).decode(stream).samples
}

#[tokio::test]
async fn native_samples_are_said_what_they_are() {
    let renderer = Renderer::new(1, 1).expect("threads");
    let made = Made::new("MONOCHROME2", 2, 1, (16, 12)).int(tags::PIXEL_REPRESENTATION, 1);
    let bytes = bytes::Bytes::from(signed(&[-1, 5]));
    let given = renderer.samples(made.image(), bytes.clone(), 0, Coding::Native).await.expect("samples");
    assert_eq!(given.bytes, bytes);
    let shape = given.shape;
    assert_eq!((shape.bits_allocated, shape.bits_stored, shape.representation), (16, 12, 1));
    assert_eq!((shape.photometric, shape.samples_per_pixel, shape.size), (None, 1, (2, 1)));
    // planes become pixels, and subsampled colour whole
    let made = Made::new("RGB", 2, 1, (8, 8)).int(tags::PLANAR_CONFIGURATION, 1);
    assert_eq!(
        plain(&made.image(), &[1, 2, 3, 4, 5, 6], 0, Coding::Native).expect("samples").bytes[..],
        [1, 3, 5, 2, 4, 6]
    );
    let given = plain(&Made::new("YBR_FULL_422", 2, 1, (8, 8)).image(), &[1, 2, 3, 4], 0, Coding::Native);
    let given = given.expect("samples");
    assert_eq!(
        (given.shape.photometric.map(Converted::term), &given.bytes[..]),
        (Some("YBR_FULL"), &[1, 3, 4, 2, 3, 4][..])
    );
    let given = plain(&Made::new("YBR_PARTIAL_422", 2, 1, (8, 8)).image(), &[16, 235, 128, 128], 0, Coding::Native);
    let given = given.expect("samples");
    assert_eq!(
        (given.shape.photometric.map(Converted::term), &given.bytes[..]),
        (Some("RGB"), &[0, 0, 0, 255, 255, 255][..])
    );
    let short = renderer.samples(made.image(), bytes::Bytes::new(), 0, Coding::Native).await;
    assert!(matches!(short, Err(rendering::Error::Corrupt(_))));
}

#[test]
fn jpeg_ls_loses_nothing() {
    let ramp: Vec<i16> = (-60..60).collect();
    let grey = || Made::new("MONOCHROME2", 12, 10, (16, 8)).int(tags::PIXEL_REPRESENTATION, 1);
    let coded = plain(&grey().image(), &signed(&ramp), 0, Coding::JpegLs).expect("coded");
    assert_eq!((coded.shape.bits_allocated, coded.shape.bits_stored, coded.shape.representation), (16, 8, 1));
    let back = decoded(grey(), &coded.bytes, (16, 8));
    assert_eq!(back.to_le_bytes(), signed(&ramp));
    let deep: Vec<u16> = (0..120).map(|value| value * 546).collect();
    let grey = || Made::new("MONOCHROME2", 12, 10, (16, 16));
    let coded = plain(&grey().image(), &words(&deep), 0, Coding::JpegLs).expect("coded");
    assert_eq!(decoded(grey(), &coded.bytes, (16, 16)).to_le_bytes(), words(&deep));
    let colour: Vec<u8> = (0..90).collect();
    let rgb = || Made::new("RGB", 6, 5, (8, 8));
    let coded = plain(&rgb().image(), &colour, 0, Coding::JpegLs).expect("coded");
    assert_eq!(decoded(rgb(), &coded.bytes, (8, 8)).to_le_bytes(), colour);
    let long = Made::new("MONOCHROME2", 1, 1, (32, 32)).image();
    assert!(matches!(plain(&long, &[0; 4], 0, Coding::JpegLs), Err(rendering::Error::Unsupported(_))));
}

#[test]
fn one_bit_stays_one_bit_and_frames_lie_bit_by_bit() {
    let made = Made::new("MONOCHROME2", 3, 1, (1, 1));
    let image: Image = made.image();
    let first = plain(&image, &[0b101], 0, Coding::Native).expect("samples");
    assert_eq!((first.shape.bits_allocated, &first.bytes[..]), (1, &[1, 0, 1][..]));
    let mut packer = BitPacker::default();
    assert!(packer.pack(&first.bytes).is_empty());
    assert!(packer.pack(&[1, 1, 1]).is_empty());
    assert_eq!(packer.pack(&[0, 0, 1]), [0b0011_1101]);
    assert_eq!(packer.finish(), Some(1));
    // JPEG-LS begins at two bits
    let coded = plain(&image, &[0b101], 0, Coding::JpegLs).expect("coded");
    assert_eq!((coded.shape.bits_allocated, coded.shape.bits_stored), (8, 2));
}
