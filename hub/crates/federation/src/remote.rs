//! The sites of the region as the archive's remote: DICOMweb over their channels.

use crate::{channel::Channels, metadata};
use archive::{Body, DataSets, Error, Remote};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt;
use imaging_domain::{Instance, SeriesUid, SiteId, StudyUid, TransferSyntaxUid};
use tracing::warn;

/// The most bytes of one series' headers; some of them are on the disk at most, none of them gathered in memory.
const MAX_METADATA: u64 = 4 << 30;
/// Where hospitals mount DICOMweb.
pub const DICOMWEB_PATH: &str = "/dicomweb";

#[async_trait]
impl Remote for Channels {
    async fn fetch_file(&self, site: &SiteId, instance: &Instance) -> Result<Body, Error> {
        let Instance { study, series, uid, .. } = instance;
        let path = format!("{DICOMWEB_PATH}/studies/{study}/series/{series}/instances/{uid}");
        // named, because `*` would not give implicit or big endian as they are stored
        let syntax = TransferSyntaxUid::parse(&instance.transfer_syntax).map_or("*".to_owned(), |uid| uid.to_string());
        let accept = format!("application/dicom; transfer-syntax={syntax}");
        self.ask(site, &path, &accept).await.map_err(|error| unavailable(site, &error))
    }

    async fn fetch_metadata(&self, site: &SiteId, study: &StudyUid, series: &SeriesUid) -> Result<Body, Error> {
        let path = format!("{DICOMWEB_PATH}/studies/{study}/series/{series}/metadata");
        let body = self.ask(site, &path, "application/dicom+json").await.map_err(|error| unavailable(site, &error))?;
        Ok(bounded(body))
    }

    fn headers(&self, body: Body) -> DataSets {
        metadata::data_sets(body)
    }

    fn is_connected(&self, site: &SiteId) -> bool {
        Channels::is_connected(self, site)
    }
}

fn unavailable(site: &SiteId, error: &crate::Error) -> Error {
    warn!(%site, %error, "hospital did not answer");
    Error::Unavailable
}

/// An answer that breaks off when it is too long.
fn bounded(body: Body) -> Body {
    let mut left = MAX_METADATA;
    let count = move |piece: Result<Bytes, Error>| {
        let piece = piece?;
        left = left.checked_sub(piece.len() as u64).ok_or(Error::Unavailable)?;
        Ok(piece)
    };
    body.map(count).boxed()
}
