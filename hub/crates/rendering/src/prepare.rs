//! What a picture needs of an instance's attributes beyond its pixels.

use crate::{Colours, Error, Image, Settings, annotate::Notes, icc, overlay};
use imaging_domain::{DataSet, Element};

impl Image {
    /// The image with the overlay planes and the texts that the settings ask for. `frame` counts from 0. The values that
    /// [`overlay_data`](crate::overlay_data) names have to be there.
    ///
    /// # Errors
    /// [`Error::Corrupt`] or [`Error::Unsupported`] for overlays that cannot be read.
    pub fn prepared(mut self, attributes: &DataSet, frame: u32, settings: &Settings) -> Result<Self, Error> {
        self.notes = Notes::read(attributes, frame, settings.annotation);
        self.overlays.extend(overlay::planes(attributes, &settings.overlays, frame)?);
        Ok(self)
    }

    /// The image with the ICC profile of its colours.
    pub fn with_profile(mut self, profile: Vec<u8>) -> Self {
        self.profile = Some(profile);
        self
    }
}

/// The element of the ICC profile that a picture of such colours needs, if the image has one. Its value may be long, and
/// left in the file.
pub fn profile(attributes: &DataSet, colours: Colours) -> Option<&Element> {
    if colours == Colours::AsStored { None } else { icc::element(attributes) }
}
