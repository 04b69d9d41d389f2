//! Which representation fits what a client takes (PS3.18 8.7.8).

use crate::{
    error::Error,
    media_range::MediaRange,
    response::{DICOM_XML, SearchAnswer},
    store::StoreAnswer,
};
use imaging_domain::transfer_syntax;

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
    /// Transfer syntax UID of the bytes; `None` where there is none, or it is not known yet and any fits.
    pub transfer_syntax: Option<&'a str>,
}

/// File formats of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureType {
    /// `image/jpeg`.
    Jpeg,
    /// `image/png`.
    Png,
}

/// What a client takes. Every method finds what fits best or says that nothing does.
///
/// Transfer syntax: only what is stored is given. A client that names no transfer syntax gets it too (where PS3.18
/// would have Explicit VR Little Endian); one that names another gets [`Error::NotAcceptable`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accept {
    ranges: Vec<MediaRange>,
}

const DICOM: &str = "application/dicom";
const OCTETS: &str = "application/octet-stream";

impl Accept {
    /// Reads the `Accept` header, and the `accept` parameter of the query string, which stands in its place
    /// (PS3.18 8.3.3.1). Neither, or nothing that can be read, takes everything.
    pub fn parse(header: Option<&str>, parameter: Option<&str>) -> Self {
        Self { ranges: MediaRange::list(parameter.or(header).unwrap_or_default()) }
    }

    /// The answer to a search; JSON when it is all the same.
    ///
    /// # Errors
    /// [`Error::NotAcceptable`].
    pub fn search_answer(&self) -> Result<SearchAnswer, Error> {
        let xml = Representation { packaging: Packaging::Multipart, ..single(DICOM_XML) };
        let nothing = Error::NotAcceptable("application/dicom+json and parts of dicom+xml are given");
        let best = self.best(&[single("application/dicom+json"), xml, single("application/json")]).ok_or(nothing)?;
        Ok(if best == xml { SearchAnswer::Xml } else { SearchAnswer::Json })
    }

    /// DICOM JSON, for metadata.
    ///
    /// # Errors
    /// [`Error::NotAcceptable`].
    pub fn dicom_json(&self) -> Result<(), Error> {
        let offers = ["application/dicom+json", "application/json"].map(single);
        self.best(&offers).map(drop).ok_or(Error::NotAcceptable("application/dicom+json is given"))
    }

    /// The answer to a store request; JSON when it is all the same.
    ///
    /// # Errors
    /// [`Error::NotAcceptable`].
    pub fn store_answer(&self) -> Result<StoreAnswer, Error> {
        let offers = ["application/dicom+json", "application/dicom+xml", "application/json"].map(single);
        let best = self.best(&offers).ok_or(Error::NotAcceptable("application/dicom+json and dicom+xml are given"))?;
        Ok(if best.media_type.ends_with("xml") { StoreAnswer::Xml } else { StoreAnswer::Json })
    }

    /// Files of a study or series: parts. `stored` is a file's transfer syntax, `None` before it is known.
    ///
    /// # Errors
    /// [`Error::NotAcceptable`].
    pub fn files(&self, stored: Option<&str>) -> Result<(), Error> {
        let offer = Representation { packaging: Packaging::Multipart, media_type: DICOM, transfer_syntax: stored };
        self.best(&[offer]).map(drop).ok_or(Error::NotAcceptable("parts of application/dicom are given as stored"))
    }

    /// The file of one instance: parts, or the body when the client says so. `stored` as in [`files`](Self::files).
    ///
    /// # Errors
    /// [`Error::NotAcceptable`].
    pub fn file(&self, stored: Option<&str>) -> Result<Packaging, Error> {
        let offers = [Packaging::Multipart, Packaging::Single].map(|packaging| Representation {
            packaging,
            media_type: DICOM,
            transfer_syntax: stored,
        });
        let best = self.best(&offers).ok_or(Error::NotAcceptable("application/dicom is given as stored"))?;
        Ok(best.packaging)
    }

    /// Whether frames could fit at all, before it is known what is stored; `count` is how many are asked for.
    ///
    /// # Errors
    /// [`Error::NotAcceptable`].
    pub fn some_frames(&self, count: usize) -> Result<(), Error> {
        let any = |media_type| frame_offers(media_type, None, count);
        let mut offers = transfer_syntax::TABLE.iter().flat_map(|syntax| any(syntax.media_type));
        let fits = offers.any(|offer| self.best(&[offer]).is_some());
        if fits { Ok(()) } else { Err(Error::NotAcceptable("frames are given as stored")) }
    }

    /// Frames of which `stored` is the transfer syntax UID of the instance; `count` is how many are asked for.
    /// Parts of the syntax's own media type, or of octets when the client asks so; the body itself for one frame.
    ///
    /// # Errors
    /// [`Error::NotAcceptable`].
    pub fn frames<'a>(&self, stored: &'a str, count: usize) -> Result<Representation<'a>, Error> {
        let media_type = transfer_syntax::of(stored).media_type;
        let offers = frame_offers(media_type, Some(frame_transfer_syntax(stored)), count);
        self.best(&offers).ok_or(Error::NotAcceptable("frames are given as stored"))
    }

    /// A bulk data value: octets as the body, as browsers and video elements want them, or as one part.
    ///
    /// # Errors
    /// [`Error::NotAcceptable`].
    pub fn bulk_data(&self) -> Result<Packaging, Error> {
        let offers = [Packaging::Single, Packaging::Multipart].map(|packaging| Representation {
            packaging,
            media_type: OCTETS,
            transfer_syntax: None,
        });
        let best = self.best(&offers).ok_or(Error::NotAcceptable("application/octet-stream is given"))?;
        Ok(best.packaging)
    }

    /// A rendered picture; JPEG when it is all the same.
    ///
    /// # Errors
    /// [`Error::NotAcceptable`].
    pub fn picture(&self) -> Result<PictureType, Error> {
        let best = self.best(&["image/jpeg", "image/png"].map(single));
        let best = best.ok_or(Error::NotAcceptable("image/jpeg and image/png are given"))?;
        Ok(if best.media_type == "image/png" { PictureType::Png } else { PictureType::Jpeg })
    }

    /// A rendered resource in one of the media types that its instance can be given in, in the order of our liking.
    ///
    /// # Errors
    /// [`Error::NotAcceptable`] with `given`, which names them.
    pub fn rendered(&self, offers: &[&'static str], given: &'static str) -> Result<&'static str, Error> {
        let forms: Vec<_> = offers.iter().copied().map(single).collect();
        let best = self.best(&forms).ok_or(Error::NotAcceptable(given))?;
        offers.iter().copied().find(|offer| *offer == best.media_type).ok_or(Error::NotAcceptable(given))
    }

    /// The offer of the highest quality, then the one named most exactly, then the first (RFC 9110 12.5.1).
    fn best<'a>(&self, offers: &[Representation<'a>]) -> Option<Representation<'a>> {
        if self.ranges.is_empty() {
            return offers.first().copied();
        }
        let mut best: Option<((u16, u8), Representation<'a>)> = None;
        for offer in offers {
            let named = self.ranges.iter().filter_map(|range| Some((range.specificity(offer)?, range.quality))).max();
            let Some((specificity, quality)) = named.filter(|(_, quality)| *quality > 0) else { continue };
            if best.is_none_or(|(rank, _)| (quality, specificity) > rank) {
                best = Some(((quality, specificity), *offer));
            }
        }
        best.map(|(_, offer)| offer)
    }
}

/// Transfer syntax of frames taken out of an instance. A native frame of a deflated or implicit data set is what it
/// would be in explicit little endian, and the web knows no implicit one (PS3.18 8.7.3.5.2).
pub fn frame_transfer_syntax(stored: &str) -> &str {
    match stored {
        transfer_syntax::IMPLICIT_LITTLE | transfer_syntax::DEFLATED => transfer_syntax::EXPLICIT_LITTLE,
        other => other,
    }
}

fn single(media_type: &str) -> Representation<'_> {
    Representation { packaging: Packaging::Single, media_type, transfer_syntax: None }
}

fn frame_offers<'a>(media_type: &'a str, syntax: Option<&'a str>, count: usize) -> Vec<Representation<'a>> {
    let packagings: &[_] =
        if count == 1 { &[Packaging::Multipart, Packaging::Single] } else { &[Packaging::Multipart] };
    let of = |packaging: &Packaging| {
        [media_type, OCTETS].map(|media_type| Representation {
            packaging: *packaging,
            media_type,
            transfer_syntax: syntax,
        })
    };
    packagings.iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests;
