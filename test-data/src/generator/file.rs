//! A data set as the bytes of a file (PS3.10 7).

use super::attributes::Attributes;
use dicom_dictionary_std::{tags, uids};
use dicom_object::FileMetaTableBuilder;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// Implicit VR Little Endian.
    ImplicitLittle,
    /// Explicit VR Little Endian.
    ExplicitLittle,
    /// Explicit VR Big Endian, retired.
    ExplicitBig,
    /// Deflated Explicit VR Little Endian.
    Deflated,
    /// RLE Lossless.
    Rle,
    /// JPEG baseline, lossy, 8 bits.
    Jpeg,
    /// JPEG-LS, lossless.
    JpegLs,
}

impl Syntax {
    /// Transfer Syntax UID.
    pub(super) fn uid(self) -> &'static str {
        match self {
            Self::ImplicitLittle => uids::IMPLICIT_VR_LITTLE_ENDIAN,
            Self::ExplicitLittle => uids::EXPLICIT_VR_LITTLE_ENDIAN,
            #[expect(deprecated, reason = "retired, and still found in every archive")]
            Self::ExplicitBig => uids::EXPLICIT_VR_BIG_ENDIAN,
            Self::Deflated => uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
            Self::Rle => uids::RLE_LOSSLESS,
            Self::Jpeg => uids::JPEG_BASELINE8_BIT,
            Self::JpegLs => uids::JPEGLS_LOSSLESS,
        }
    }
}

/// The file of a data set without pixel data, or with pixel data that fits the syntax.
pub(super) fn bytes(attributes: Attributes, syntax: Syntax) -> Vec<u8> {
    let text = |tag| attributes.object.element(tag).ok().and_then(|element| element.to_str().ok()).unwrap_or_default();
    let meta = FileMetaTableBuilder::new()
        .media_storage_sop_class_uid(text(tags::SOP_CLASS_UID))
        .media_storage_sop_instance_uid(text(tags::SOP_INSTANCE_UID))
        .transfer_syntax(syntax.uid())
        .build()
        .expect("the three that a file needs are given");
    let mut bytes = vec![];
    let file = attributes.object.with_exact_meta(meta);
    file.write_all(&mut bytes).expect("memory takes every byte, and the registry has every syntax used here");
    bytes
}
