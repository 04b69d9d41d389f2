//! Media types of rendered resources (PS3.18 8.7.4).

use super::{Accept, PictureType, offers::single};
use crate::error::Error;

impl Accept {
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
}
