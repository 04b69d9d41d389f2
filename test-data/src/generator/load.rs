//! Instances for measurements: of a wanted size, and as many as wanted.

use super::{attributes::Attributes, charset::CharacterSet, file, uid};
use dicom_dictionary_std::{tags, uids};
use std::sync::OnceLock;

/// Instances of one series, and series of one study.
const SERIES_OF: u64 = 100;
const STUDY_OF: u64 = 4;
/// Bytes of the texture that pixels are repeated from.
const TEXTURE_BYTES: usize = 1 << 16;

/// A PS3.10 file of a CT image, uncompressed in Explicit VR Little Endian, of about `size_bytes`: the pixels take as
/// many at most, and the attributes add less than 2 KB.
///
/// The same `number` gives the same bytes; each number has its own SOP Instance UID. A hundred numbers in a row are
/// one series, four series one study, each study of its own patient. Cheap: the pixels are copied, not drawn.
pub fn instance_of_size(size_bytes: usize, number: u64) -> Vec<u8> {
    instance_of_series(size_bytes, number, SERIES_OF)
}

/// As [`instance_of_size`], in memory that is there already.
pub fn instance_in(memory: Vec<u8>, size_bytes: usize, number: u64) -> Vec<u8> {
    written(memory, size_bytes, number, SERIES_OF)
}

/// As [`instance_of_size`], but so many numbers in a row are one series.
pub fn instance_of_series(size_bytes: usize, number: u64, series_of: u64) -> Vec<u8> {
    written(vec![], size_bytes, number, series_of)
}

fn written(memory: Vec<u8>, size_bytes: usize, number: u64, series_of: u64) -> Vec<u8> {
    let (rows, columns) = matrix(size_bytes);
    let length = usize::from(rows) * usize::from(columns) * 2;
    let head = file::bytes(attributes(rows, columns, number, series_of.max(1)), file::Syntax::ExplicitLittle);
    let mut bytes = memory;
    bytes.clear();
    bytes.reserve_exact(head.len() + 12 + length);
    bytes.extend_from_slice(&head);
    // pixel data is the last element of a data set: written by hand, it needs no copy of its own
    bytes.extend_from_slice(b"\xe0\x7f\x10\x00OW\x00\x00");
    // the matrix keeps the length below 2^32
    bytes.extend_from_slice(&(length as u32).to_le_bytes());
    let end = bytes.len() + length;
    while bytes.len() < end {
        let piece = TEXTURE_BYTES.min(end - bytes.len());
        bytes.extend_from_slice(&texture()[..piece]);
    }
    bytes
}

/// The UIDs of an instance made by [`instance_of_series`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// StudyInstanceUID.
    pub study: String,
    /// SeriesInstanceUID.
    pub series: String,
    /// SOPInstanceUID.
    pub instance: String,
}

/// Where [`instance_of_series`] puts this number.
pub fn place_of(number: u64, series_of: u64) -> Place {
    let series = number / series_of.max(1);
    Place {
        study: uid::of(&format!("load/study/{}", series / STUDY_OF)),
        series: uid::of(&format!("load/series/{series}")),
        instance: uid::of(&format!("load/instance/{number}")),
    }
}

/// StudyDate of a study made for load, by its number: one of 2,352 days of seven years, the same for studies that are
/// that far apart.
pub fn load_date(study: u64) -> String {
    format!("20{:02}{:02}{:02}", 20 + study / 336 % 7, study / 28 % 12 + 1, study % 28 + 1)
}

/// Rows and columns of a nearly square matrix of 16-bit pixels; neither is 0, and both together stay below 4 GB.
fn matrix(size_bytes: usize) -> (u16, u16) {
    let pixels = (size_bytes / 2).clamp(1, (1 << 30) - 1);
    let columns = pixels.isqrt().max(1);
    let rows = pixels / columns;
    // both are at most 2^15 and a bit
    (rows as u16, columns as u16)
}

fn attributes(rows: u16, columns: u16, number: u64, series_of: u64) -> Attributes {
    let series = number / series_of;
    let study = series / STUDY_OF;
    let instance_number = number % series_of + 1;
    let place = place_of(number, series_of);
    let attributes = Attributes::new(CharacterSet::Ascii).texts(&[
        (tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY\\AXIAL"),
        (tags::SOP_CLASS_UID, uids::CT_IMAGE_STORAGE),
        (tags::SOP_INSTANCE_UID, &place.instance),
        (tags::STUDY_INSTANCE_UID, &place.study),
        (tags::SERIES_INSTANCE_UID, &place.series),
        (tags::FRAME_OF_REFERENCE_UID, &uid::of(&format!("load/frame/{study}"))),
        (tags::STUDY_DATE, &load_date(study)),
        (tags::STUDY_TIME, "081500"),
        (tags::MODALITY, "CT"),
        (tags::MANUFACTURER, "Demo Phantom Works"),
        (tags::STUDY_DESCRIPTION, "Load test"),
        (tags::STUDY_ID, &study.to_string()),
        (tags::ACCESSION_NUMBER, &format!("L{study:010}")),
        (tags::REFERRING_PHYSICIAN_NAME, ""),
        (tags::PATIENT_NAME, &format!("LOAD^PATIENT {study}")),
        (tags::PATIENT_ID, &format!("LOAD-{study:08}")),
        (tags::PATIENT_BIRTH_DATE, "19700101"),
        (tags::PATIENT_SEX, "O"),
        (tags::KVP, "120"),
        (tags::POSITION_REFERENCE_INDICATOR, ""),
        (tags::SERIES_NUMBER, &(series % STUDY_OF + 1).to_string()),
        (tags::INSTANCE_NUMBER, &instance_number.to_string()),
        (tags::PHOTOMETRIC_INTERPRETATION, "MONOCHROME2"),
    ]);
    image(attributes, rows, columns, instance_number)
}

/// Image Plane, CT Image and Image Pixel modules (PS3.3 C.7.6.2, C.8.2.1, C.7.6.3).
fn image(attributes: Attributes, rows: u16, columns: u16, instance_number: u64) -> Attributes {
    attributes
        .decimals(tags::IMAGE_POSITION_PATIENT, &[-180.0, -180.0, instance_number as f64])
        .decimals(tags::IMAGE_ORIENTATION_PATIENT, &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0])
        .decimals(tags::PIXEL_SPACING, &[0.7, 0.7])
        .decimals(tags::SLICE_THICKNESS, &[1.0])
        .decimals(tags::RESCALE_INTERCEPT, &[-1024.0])
        .decimals(tags::RESCALE_SLOPE, &[1.0])
        .decimals(tags::WINDOW_CENTER, &[40.0])
        .decimals(tags::WINDOW_WIDTH, &[400.0])
        .words(tags::SAMPLES_PER_PIXEL, &[1])
        .words(tags::ROWS, &[rows])
        .words(tags::COLUMNS, &[columns])
        .words(tags::BITS_ALLOCATED, &[16])
        .words(tags::BITS_STORED, &[12])
        .words(tags::HIGH_BIT, &[11])
        .words(tags::PIXEL_REPRESENTATION, &[0])
}

/// Waves around water, in 12 bits, so that a picture of it is not blank and compresses like one.
fn texture() -> &'static [u8] {
    static TEXTURE: OnceLock<Vec<u8>> = OnceLock::new();
    TEXTURE.get_or_init(|| {
        let sample = |index: usize| {
            let noise = (index as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58;
            let wave = (index as f64 / 41.0).sin() * 90.0 + (index as f64 / 1733.0).sin() * 110.0;
            (1050.0 + wave) as u16 + noise as u16
        };
        (0..TEXTURE_BYTES / 2).flat_map(|index| sample(index).to_le_bytes()).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::instance_of_size;
    use imaging_domain::tags;
    use part10::{Framing, Keep, Limits, scan};
    use std::collections::HashSet;

    #[test]
    fn instances_have_the_wanted_size_and_their_own_uid() {
        let mut instances = HashSet::new();
        for (number, size) in [(0, 512 << 10), (1, 512 << 10), (99, 1), (100, 4096), (u64::MAX, 2_000_003)] {
            let bytes = instance_of_size(size, number);
            assert!(bytes.len() + 1024 > size && bytes.len() < size + 2048, "{size}: {}", bytes.len());
            assert_eq!(bytes, instance_of_size(size, number));
            let header = scan(&bytes, Framing::File, Keep::Index, Limits::default()).unwrap();
            assert_eq!(header.warnings, []);
            let pixels = header.pixel_data.unwrap();
            assert_eq!(header.data_set_offset + pixels.offset + pixels.length, bytes.len() as u64);
            instances.insert(header.attributes.text(tags::SOP_INSTANCE_UID).unwrap().to_owned());
        }
        assert_eq!(instances.len(), 5);
    }
}
