//! Showing: rendered images and thumbnails.

use crate::{archive::Archive, error::Error};
use bytes::Bytes;
use catalog::Scope;
use imaging_domain::Principal;
use rendering::Settings;

/// Which picture of a scope.
#[derive(Debug, Clone, PartialEq)]
pub struct PictureRequest {
    /// Study, series or instance; of more than one instance the representative is shown.
    pub scope: Scope,
    /// Frame from 1; the middle one when not said.
    pub frame: Option<u32>,
    /// Size, window, format.
    pub settings: Settings,
}

/// A finished picture.
#[derive(Debug, Clone)]
pub struct Picture {
    /// `image/jpeg` or `image/png`.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Bytes,
}

impl Archive {
    /// A picture as asked for (PS3.18 10.4.1.1.3 rendered resources).
    pub async fn rendered(&self, _who: &Principal, _request: &PictureRequest) -> Result<Picture, Error> {
        unimplemented!()
    }

    /// A small picture (PS3.18 10.4.1.1.4), kept once made.
    pub async fn thumbnail(&self, _who: &Principal, _request: &PictureRequest) -> Result<Picture, Error> {
        unimplemented!()
    }
}
