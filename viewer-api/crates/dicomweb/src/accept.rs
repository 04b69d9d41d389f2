//! Which representation fits what a client takes (PS3.18 8.7.8).

mod choice;
mod offers;
mod pictures;
mod values;

use crate::{
    error::Error,
    media_range::MediaRange,
    response::{DICOM_JSON, DICOM_XML, SearchAnswer},
    store::StoreAnswer,
};
use imaging_domain::transfer_syntax;
pub(crate) use offers::Offer;
pub use offers::Stored;
use offers::{file_offers, frame_offers, single};

/// Whether a representation is parts of a `multipart/related` or the body itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packaging {
    /// Parts.
    Multipart,
    /// The body; only where there is exactly one thing to give.
    Single,
}

/// One form in which a resource can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Representation<'a> {
    /// Parts or body.
    pub packaging: Packaging,
    /// Media type of a part or of the body.
    pub media_type: &'a str,
    /// Transfer syntax UID of the bytes.
    pub transfer_syntax: &'a str,
    /// Whether the client named this transfer syntax. Where it did not, what cannot be made may be given as stored.
    pub is_named: bool,
}

impl Representation<'_> {
    /// The media type of bytes that turned out to be in this transfer syntax: what could not be made is given as it is stored,
    /// under its own name.
    pub fn media_type_of(&self, syntax: &str) -> &str {
        if syntax == self.transfer_syntax { self.media_type } else { transfer_syntax::of(syntax).media_type }
    }
}

/// File formats of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureType {
    /// `image/jpeg`.
    Jpeg,
    /// `image/png`.
    Png,
}

/// In what form metadata are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetadataType {
    /// One array of the DICOM JSON model.
    Json,
    /// A part of the native DICOM model for each instance.
    XmlParts,
}

/// What a client takes. Every method finds what fits best or says that nothing does.
///
/// Transfer syntax (PS3.18 8.7.3.5): who names none gets explicit little endian, or of a named compressed media type what
/// is stored; who names `*` gets what is stored, though never implicit or big endian; who names a UID gets that, if it
/// is what is stored or what can be made of it, or [`Error::NotAcceptable`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accept {
    ranges: Vec<MediaRange>,
}

const DICOM: &str = "application/dicom";
const OCTETS: &str = "application/octet-stream";
const ZIP: &str = "application/zip";

impl Accept {
    /// Reads the `Accept` header, and the `accept` parameter of the query string, which stands in its place
    /// (PS3.18 8.3.3.1). Neither, or nothing that can be read, takes everything.
    pub fn parse(header: Option<&str>, parameter: Option<&str>) -> Self {
        let mut ranges = MediaRange::list(parameter.or(header).unwrap_or_default());
        if ranges.is_empty() {
            ranges = MediaRange::list("*/*");
        }
        Self { ranges }
    }

    /// The answer to a search; JSON when it is all the same.
    ///
    /// # Errors
    /// [`Error::NotAcceptable`].
    pub fn search_answer(&self) -> Result<SearchAnswer, Error> {
        let xml = Offer { packaging: Packaging::Multipart, ..single(DICOM_XML) };
        let nothing = Error::NotAcceptable("application/dicom+json and parts of dicom+xml are given");
        let best = self.best(&[single(DICOM_JSON), xml, single("application/json")]).ok_or(nothing)?;
        Ok(if best.packaging == Packaging::Multipart { SearchAnswer::Xml } else { SearchAnswer::Json })
    }

    /// Metadata; JSON when it is all the same.
    ///
    /// # Errors
    /// [`Error::NotAcceptable`].
    pub fn metadata(&self) -> Result<MetadataType, Error> {
        let parts = Offer { packaging: Packaging::Multipart, ..single(DICOM_XML) };
        let offers = [single(DICOM_JSON), single("application/json"), parts];
        let best = self.best(&offers);
        let best = best.ok_or(Error::NotAcceptable("application/dicom+json and parts of dicom+xml are given"))?;
        Ok(if best.packaging == Packaging::Multipart { MetadataType::XmlParts } else { MetadataType::Json })
    }

    /// The answer to a store request; JSON when it is all the same.
    ///
    /// # Errors
    /// [`Error::NotAcceptable`].
    pub fn store_answer(&self) -> Result<StoreAnswer, Error> {
        let offers = [DICOM_JSON, DICOM_XML, "application/json"].map(single);
        let best = self.best(&offers).ok_or(Error::NotAcceptable("application/dicom+json and dicom+xml are given"))?;
        Ok(if best.media_type.ends_with("xml") { StoreAnswer::Xml } else { StoreAnswer::Json })
    }

    /// Whether files are wanted as a zip of a file set rather than as parts. Only who names it gets it.
    pub fn is_zip(&self) -> bool {
        let zip = self.quality(&single(ZIP)).filter(|_| self.ranges.iter().any(|range| range.is_of(ZIP)));
        let parts = self.quality(&Offer { packaging: Packaging::Multipart, ..single(DICOM) });
        zip.is_some_and(|zip| parts.is_none_or(|parts| zip > parts))
    }

    /// Whether files could fit at all, before it is known what is stored: parts, or of one instance the body too.
    ///
    /// # Errors
    /// [`Error::NotAcceptable`].
    pub fn some_files(&self, packagings: &[Packaging]) -> Result<(), Error> {
        let offers = packagings.iter().map(|packaging| Offer { packaging: *packaging, ..single(DICOM) });
        let fits = self.best(&offers.collect::<Vec<_>>()).is_some();
        let given = match packagings {
            [Packaging::Multipart] => "parts of application/dicom, and application/zip, are given",
            _ => "application/dicom is given",
        };
        if fits { Ok(()) } else { Err(Error::NotAcceptable(given)) }
    }

    /// A file, in one of these packagings.
    ///
    /// # Errors
    /// [`Error::NotAcceptable`].
    pub fn file<'a>(&self, stored: &Stored<'a>, packagings: &[Packaging]) -> Result<Representation<'a>, Error> {
        self.represented(
            &file_offers(DICOM, stored, packagings),
            "application/dicom in this transfer syntax is not given",
        )
    }

    /// A file of a zip.
    ///
    /// # Errors
    /// [`Error::NotAcceptable`].
    pub fn zipped<'a>(&self, stored: &Stored<'a>) -> Result<Representation<'a>, Error> {
        self.represented(&file_offers(ZIP, stored, &[Packaging::Single]), "a zip in this transfer syntax is not given")
    }

    /// Whether frames could fit at all, before it is known what is stored; `count` is how many are asked for.
    ///
    /// # Errors
    /// [`Error::NotAcceptable`].
    pub fn some_frames(&self, count: usize) -> Result<(), Error> {
        let of = |uid| frame_offers(&Stored { uid, decodes: true, has_pixels: true }, count);
        let mut offers = transfer_syntax::TABLE.iter().flat_map(|syntax| of(syntax.uid));
        let fits = offers.any(|offer| self.quality(&Offer { transfer_syntax: None, ..offer }).is_some());
        if fits { Ok(()) } else { Err(Error::NotAcceptable("frames are not given so")) }
    }

    /// Frames of an instance; `count` is how many are asked for. Parts, or the body itself for one frame.
    ///
    /// # Errors
    /// [`Error::NotAcceptable`].
    pub fn frames<'a>(&self, stored: &Stored<'a>, count: usize) -> Result<Representation<'a>, Error> {
        self.represented(&frame_offers(stored, count), "frames in this transfer syntax are not given")
    }

    /// Bulk data of several elements: parts of octets.
    ///
    /// # Errors
    /// [`Error::NotAcceptable`].
    pub fn bulk_parts(&self) -> Result<(), Error> {
        let offer = Offer { packaging: Packaging::Multipart, ..single(OCTETS) };
        self.best(&[offer]).map(drop).ok_or(Error::NotAcceptable("parts of application/octet-stream are given"))
    }
}

#[cfg(test)]
mod tests;
