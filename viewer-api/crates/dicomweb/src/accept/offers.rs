//! What can be offered of what is stored.

use super::{OCTETS, Packaging};
use imaging_domain::transfer_syntax::{self, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE};

/// JPEG-LS without loss: what is made for whoever names it.
const JPEG_LS: &str = "1.2.840.10008.1.2.4.80";

/// What is stored, as far as it decides what can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored<'a> {
    /// Its transfer syntax UID.
    pub uid: &'a str,
    /// Whether its pixels can be decoded; of no meaning where they are not compressed.
    pub decodes: bool,
    /// Whether there are any.
    pub has_pixels: bool,
}

impl<'a> Stored<'a> {
    /// Whether it can be made explicit little endian.
    fn becomes_native(&self) -> bool {
        self.decodes || !self.is_encapsulated()
    }

    fn is_encapsulated(&self) -> bool {
        self.has_pixels && transfer_syntax::of(self.uid).is_encapsulated()
    }

    /// Whether DICOMweb has no name for it, or none that anybody should get who does not name it (PS3.18 8.7.3.5.2).
    fn is_unspoken(&self) -> bool {
        matches!(self.uid, IMPLICIT_LITTLE | EXPLICIT_BIG)
    }
}

/// One form that could be given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Offer<'a> {
    pub(crate) packaging: Packaging,
    pub(crate) media_type: &'a str,
    /// Transfer syntax UID of the bytes; `None` where there is none, or it is not known yet and any fits.
    pub(crate) transfer_syntax: Option<&'a str>,
    pub(crate) suits: Suits,
}

/// Whom an offer suits who does not name its transfer syntax.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Suits {
    /// Who names neither media type nor transfer syntax.
    pub(crate) nothing: bool,
    /// Who names the media type alone.
    pub(crate) type_alone: bool,
    /// Who takes any transfer syntax.
    pub(crate) any_syntax: bool,
}

const EVERYBODY: Suits = Suits { nothing: true, type_alone: true, any_syntax: true };
const NOBODY: Suits = Suits { nothing: false, type_alone: false, any_syntax: false };

pub(crate) fn single(media_type: &str) -> Offer<'_> {
    Offer { packaging: Packaging::Single, media_type, transfer_syntax: None, suits: EVERYBODY }
}

/// A file: as stored, as explicit little endian, as JPEG-LS.
pub(crate) fn file_offers<'a>(
    media_type: &'static str,
    stored: &Stored<'a>,
    packagings: &[Packaging],
) -> Vec<Offer<'a>> {
    let native = stored.becomes_native();
    let is_default = stored.uid == EXPLICIT_LITTLE || !native;
    let any_syntax = !stored.is_unspoken();
    let mut forms = vec![(stored.uid, Suits { nothing: is_default, type_alone: is_default, any_syntax })];
    if native && stored.uid != EXPLICIT_LITTLE {
        forms.push((EXPLICIT_LITTLE, Suits { any_syntax: stored.is_unspoken(), ..EVERYBODY }));
    }
    if native && stored.has_pixels && stored.uid != JPEG_LS {
        forms.push((JPEG_LS, NOBODY));
    }
    let of = |packaging: &Packaging| {
        let packaging = *packaging;
        let offer = move |(uid, suits): &(&'a str, Suits)| Offer {
            packaging,
            media_type,
            transfer_syntax: Some(*uid),
            suits: *suits,
        };
        forms.iter().map(offer).collect::<Vec<_>>()
    };
    packagings.iter().flat_map(of).collect()
}

/// Frames: as stored under their own media type or as octets, as octets of native samples, as JPEG-LS. A native frame is
/// the same in every little endian syntax, and deflating is not for frames.
pub(crate) fn frame_offers<'a>(stored: &Stored<'a>, count: usize) -> Vec<Offer<'a>> {
    let mut forms: Vec<(&'a str, &'a str, Suits)> = vec![];
    let native = !transfer_syntax::of(stored.uid).is_encapsulated();
    if native {
        forms.push((OCTETS, EXPLICIT_LITTLE, EVERYBODY));
    } else {
        let hidden = Suits { nothing: !stored.decodes, type_alone: true, any_syntax: true };
        let media_type = transfer_syntax::of(stored.uid).media_type;
        if media_type != OCTETS {
            forms.push((media_type, stored.uid, hidden));
        }
        let octets = Suits { nothing: false, type_alone: !stored.decodes, any_syntax: true };
        forms.push((OCTETS, stored.uid, octets));
        if stored.decodes {
            forms.push((OCTETS, EXPLICIT_LITTLE, Suits { any_syntax: false, ..EVERYBODY }));
        }
    }
    if stored.uid != JPEG_LS && (native || stored.decodes) {
        forms.push(("image/jls", JPEG_LS, Suits { type_alone: true, ..NOBODY }));
        forms.push((OCTETS, JPEG_LS, NOBODY));
    }
    let packagings: &[_] =
        if count == 1 { &[Packaging::Multipart, Packaging::Single] } else { &[Packaging::Multipart] };
    let of = |packaging: &Packaging| {
        let packaging = *packaging;
        let offer = move |(media_type, uid, suits): &(&'a str, &'a str, Suits)| Offer {
            packaging,
            media_type,
            transfer_syntax: Some(*uid),
            suits: *suits,
        };
        forms.iter().map(offer).collect::<Vec<_>>()
    };
    packagings.iter().flat_map(of).collect()
}
