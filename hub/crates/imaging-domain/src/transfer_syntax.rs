//! Transfer syntaxes (PS3.5 chapter 10 and annex A) by what a reader needs to know of them.

/// How the elements of a data set are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// VR left out, little endian.
    ImplicitLittle,
    /// VR written, little endian. Every encapsulated syntax uses it.
    ExplicitLittle,
    /// VR written, big endian (retired, still on disks).
    ExplicitBig,
    /// Explicit little endian, deflated as a whole (PS3.5 A.5).
    Deflated,
}

/// How the frames of pixel data are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PixelCoding {
    /// One value, samples side by side.
    Native,
    /// RLE (PS3.5 annex G).
    Rle,
    /// JPEG baseline and extended (processes 1, 2 and 4).
    Jpeg,
    /// JPEG lossless (process 14).
    JpegLossless,
    /// JPEG-LS.
    JpegLs,
    /// JPEG 2000, both kinds.
    Jpeg2000,
    /// High-throughput JPEG 2000.
    Htj2k,
    /// JPEG XL.
    JpegXl,
    /// Each frame deflated.
    DeflatedFrame,
    /// Moving pictures: MPEG-2, MPEG-4, HEVC.
    Video,
    /// A syntax this table does not know; frames are items, and cannot be decoded here.
    Unknown,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransferSyntax {
    /// Its UID.
    pub uid: &'static str,
    /// How elements are written.
    pub encoding: Encoding,
    /// How frames are coded.
    pub coding: PixelCoding,
    /// Media type of one frame's bytes (PS3.18 table 8.7.3-2), `application/octet-stream` when native.
    pub media_type: &'static str,
}

/// Implicit VR Little Endian: the default of DICOM.
pub const IMPLICIT_LITTLE: &str = "1.2.840.10008.1.2";
/// Explicit VR Little Endian: the default of DICOMweb.
pub const EXPLICIT_LITTLE: &str = "1.2.840.10008.1.2.1";
/// Deflated Explicit VR Little Endian.
pub const DEFLATED: &str = "1.2.840.10008.1.2.1.99";
/// Explicit VR Big Endian, retired.
pub const EXPLICIT_BIG: &str = "1.2.840.10008.1.2.2";

const fn row(uid: &'static str, coding: PixelCoding, media_type: &'static str) -> TransferSyntax {
    TransferSyntax { uid, encoding: Encoding::ExplicitLittle, coding, media_type }
}

const OCTETS: &str = "application/octet-stream";

/// Every syntax that hospitals are known to send.
pub const TABLE: &[TransferSyntax] = &[
    TransferSyntax {
        uid: IMPLICIT_LITTLE,
        encoding: Encoding::ImplicitLittle,
        coding: PixelCoding::Native,
        media_type: OCTETS,
    },
    TransferSyntax {
        uid: EXPLICIT_BIG,
        encoding: Encoding::ExplicitBig,
        coding: PixelCoding::Native,
        media_type: OCTETS,
    },
    TransferSyntax { uid: DEFLATED, encoding: Encoding::Deflated, coding: PixelCoding::Native, media_type: OCTETS },
    row(EXPLICIT_LITTLE, PixelCoding::Native, OCTETS),
    row("1.2.840.10008.1.2.1.98", PixelCoding::Native, OCTETS),
    row("1.2.840.10008.1.2.5", PixelCoding::Rle, "image/dicom-rle"),
    row("1.2.840.10008.1.2.4.50", PixelCoding::Jpeg, "image/jpeg"),
    row("1.2.840.10008.1.2.4.51", PixelCoding::Jpeg, "image/jpeg"),
    row("1.2.840.10008.1.2.4.53", PixelCoding::Jpeg, "image/jpeg"),
    row("1.2.840.10008.1.2.4.55", PixelCoding::Jpeg, "image/jpeg"),
    row("1.2.840.10008.1.2.4.57", PixelCoding::JpegLossless, "image/jpeg"),
    row("1.2.840.10008.1.2.4.70", PixelCoding::JpegLossless, "image/jpeg"),
    row("1.2.840.10008.1.2.4.80", PixelCoding::JpegLs, "image/jls"),
    row("1.2.840.10008.1.2.4.81", PixelCoding::JpegLs, "image/jls"),
    row("1.2.840.10008.1.2.4.90", PixelCoding::Jpeg2000, "image/jp2"),
    row("1.2.840.10008.1.2.4.91", PixelCoding::Jpeg2000, "image/jp2"),
    row("1.2.840.10008.1.2.4.92", PixelCoding::Jpeg2000, "image/jpx"),
    row("1.2.840.10008.1.2.4.93", PixelCoding::Jpeg2000, "image/jpx"),
    row("1.2.840.10008.1.2.4.100", PixelCoding::Video, "video/mpeg"),
    row("1.2.840.10008.1.2.4.100.1", PixelCoding::Video, "video/mpeg"),
    row("1.2.840.10008.1.2.4.101", PixelCoding::Video, "video/mpeg"),
    row("1.2.840.10008.1.2.4.101.1", PixelCoding::Video, "video/mpeg"),
    row("1.2.840.10008.1.2.4.102", PixelCoding::Video, "video/mp4"),
    row("1.2.840.10008.1.2.4.102.1", PixelCoding::Video, "video/mp4"),
    row("1.2.840.10008.1.2.4.103", PixelCoding::Video, "video/mp4"),
    row("1.2.840.10008.1.2.4.103.1", PixelCoding::Video, "video/mp4"),
    row("1.2.840.10008.1.2.4.104", PixelCoding::Video, "video/mp4"),
    row("1.2.840.10008.1.2.4.105", PixelCoding::Video, "video/mp4"),
    row("1.2.840.10008.1.2.4.106", PixelCoding::Video, "video/mp4"),
    row("1.2.840.10008.1.2.4.107", PixelCoding::Video, "video/H265"),
    row("1.2.840.10008.1.2.4.108", PixelCoding::Video, "video/H265"),
    row("1.2.840.10008.1.2.4.110", PixelCoding::JpegXl, "image/jxl"),
    row("1.2.840.10008.1.2.4.111", PixelCoding::JpegXl, "image/jxl"),
    row("1.2.840.10008.1.2.4.112", PixelCoding::JpegXl, "image/jxl"),
    row("1.2.840.10008.1.2.8.1", PixelCoding::DeflatedFrame, OCTETS),
    row("1.2.840.10008.1.2.4.201", PixelCoding::Htj2k, "image/jphc"),
    row("1.2.840.10008.1.2.4.202", PixelCoding::Htj2k, "image/jphc"),
    row("1.2.840.10008.1.2.4.203", PixelCoding::Htj2k, "image/jphc"),
];

/// The row of a UID; for a syntax nobody told us of, explicit little endian with frames we cannot decode,
/// because PS3.5 lets every new syntax but the four oldest be written so.
pub fn of(uid: &str) -> TransferSyntax {
    let found = TABLE.iter().find(|syntax| syntax.uid == uid);
    found.copied().unwrap_or(row("", PixelCoding::Unknown, OCTETS))
}

impl TransferSyntax {
    /// Whether pixel data is a sequence of items rather than one value.
    pub fn is_encapsulated(&self) -> bool {
        self.coding != PixelCoding::Native || self.uid == "1.2.840.10008.1.2.1.98"
    }
}
