//! The best of several offers (RFC 9110 12.5.1).

use super::{Accept, Offer, Representation};
use crate::error::Error;

impl Accept {
    pub(super) fn represented<'a>(&self, offers: &[Offer<'a>], why: &'static str) -> Result<Representation<'a>, Error> {
        let Some(Offer { packaging, media_type, transfer_syntax: Some(uid), .. }) = self.best(offers) else {
            return Err(Error::NotAcceptable(why));
        };
        let is_named = self.ranges.iter().any(|range| range.quality > 0 && range.names_syntax(uid));
        Ok(Representation { packaging, media_type, transfer_syntax: uid, is_named })
    }

    /// Quality and exactness with which an offer is taken; `None` when it is not (RFC 9110 12.5.1).
    pub(super) fn quality(&self, offer: &Offer<'_>) -> Option<(u16, u8)> {
        let named = self.ranges.iter().filter_map(|range| Some((range.specificity(offer)?, range.quality))).max();
        named.filter(|(_, quality)| *quality > 0).map(|(specificity, quality)| (quality, specificity))
    }

    /// The offer of the highest quality, then the one named most exactly, then the first.
    pub(super) fn best<'a>(&self, offers: &[Offer<'a>]) -> Option<Offer<'a>> {
        let mut best: Option<((u16, u8), Offer<'a>)> = None;
        for offer in offers {
            let Some(rank) = self.quality(offer) else { continue };
            if best.is_none_or(|(first, _)| rank > first) {
                best = Some((rank, *offer));
            }
        }
        best.map(|(_, offer)| offer)
    }
}
