//! One frame at a time through the codecs of dicom-rs.

use crate::{Error, Image};
use dicom_encoding::{
    Codec,
    adapters::{PixelDataObject, RawPixelData},
    transfer_syntax::TransferSyntaxIndex,
};
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;
use std::borrow::Cow;

/// A single frame dressed up as the object that dicom-rs codecs read from.
pub(super) struct SingleFrame<'a> {
    uid: &'a str,
    rows: u16,
    columns: u16,
    channels: u8,
    /// 8 or 16.
    allocated: u16,
    bytes: &'a [u8],
}

impl<'a> SingleFrame<'a> {
    /// The frame of `image` in `bytes`, to be decoded into cells of `width` bytes, 1 or 2.
    pub(super) fn new(image: &'a Image, width: u16, bytes: &'a [u8]) -> Self {
        let (rows, columns) = (image.rows as u16, image.columns as u16);
        Self { uid: &image.uid, rows, columns, channels: image.channels, allocated: width * 8, bytes }
    }

    /// Samples side by side in little-endian cells of `allocated` bits. The caller has already made sure that the
    /// stream is of this size: some codecs believe it.
    pub(super) fn decode(&self) -> Result<Vec<u8>, Error> {
        let syntax = TransferSyntaxRegistry.get(self.uid).ok_or(Error::Unsupported("transfer syntax"))?;
        let Codec::EncapsulatedPixelData(Some(reader), _) = syntax.codec() else {
            return Err(Error::Unsupported("transfer syntax"));
        };
        let mut samples = Vec::new();
        reader.decode_frame(self, 0, &mut samples).map_err(|_| Error::Corrupt("compressed stream"))?;
        Ok(samples)
    }
}

impl PixelDataObject for SingleFrame<'_> {
    fn transfer_syntax_uid(&self) -> &str {
        self.uid
    }

    fn rows(&self) -> Option<u16> {
        Some(self.rows)
    }

    fn cols(&self) -> Option<u16> {
        Some(self.columns)
    }

    fn samples_per_pixel(&self) -> Option<u16> {
        Some(u16::from(self.channels))
    }

    fn bits_allocated(&self) -> Option<u16> {
        Some(self.allocated)
    }

    fn bits_stored(&self) -> Option<u16> {
        Some(self.allocated)
    }

    fn photometric_interpretation(&self) -> Option<&str> {
        None
    }

    fn number_of_frames(&self) -> Option<u32> {
        Some(1)
    }

    fn number_of_fragments(&self) -> Option<u32> {
        Some(1)
    }

    fn fragment(&self, fragment: usize) -> Option<Cow<'_, [u8]>> {
        (fragment == 0).then_some(Cow::Borrowed(self.bytes))
    }

    fn offset_table(&self) -> Option<Cow<'_, [u32]>> {
        Some(Cow::Borrowed(&[]))
    }

    fn raw_pixel_data(&self) -> Option<RawPixelData> {
        Some(RawPixelData { fragments: vec![self.bytes.to_vec()].into(), offset_table: vec![].into() })
    }
}
