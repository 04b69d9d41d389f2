//! Which representation of one value fits.

use super::{
    Accept, OCTETS, Offer, Packaging, Representation, Stored,
    offers::{frame_offers, single},
};
use crate::error::Error;
use imaging_domain::transfer_syntax;

impl Accept {
    /// A bulk data value: octets as the body, as browsers and video elements want them, or as one part; a document under its
    /// own media type too, and a moving picture under nothing but that unless octets are named.
    ///
    /// # Errors
    /// [`Error::NotAcceptable`].
    pub fn bulk_data(&self, own: Option<&'static str>) -> Result<(Packaging, &'static str), Error> {
        let is_moving = own.is_some_and(|own| own.starts_with("video/"));
        let types = if is_moving { [own, Some(OCTETS)] } else { [Some(OCTETS), own] };
        let of = |packaging| types.into_iter().flatten().map(move |own| Offer { packaging, ..single(own) });
        let offers: Vec<_> = of(Packaging::Single).chain(of(Packaging::Multipart)).collect();
        let best = self.best(&offers).ok_or(Error::NotAcceptable(match own {
            Some("application/pdf") => "application/octet-stream and application/pdf are given",
            Some("video/mp4") => "video/mp4 and application/octet-stream are given",
            _ => "application/octet-stream is given",
        }))?;
        Ok((best.packaging, if best.media_type == OCTETS { OCTETS } else { own.unwrap_or(OCTETS) }))
    }

    /// All frames of compressed pixel data as one value: native samples as the body or as one part, or else each frame a part,
    /// the only one the body too.
    ///
    /// # Errors
    /// [`Error::NotAcceptable`].
    pub fn pixels<'a>(&self, stored: &Stored<'a>, count: usize) -> Result<Representation<'a>, Error> {
        let body = |offer: &Offer<'_>| {
            let is_native = offer.transfer_syntax == Some(transfer_syntax::EXPLICIT_LITTLE);
            offer.packaging == Packaging::Multipart || is_native || count == 1
        };
        let mut offers: Vec<_> = frame_offers(stored, 1).into_iter().filter(body).collect();
        // whoever says nothing gets what browsers take
        offers.sort_by_key(|offer| offer.packaging == Packaging::Multipart);
        self.represented(&offers, "pixel data in this transfer syntax are not given")
    }
}
