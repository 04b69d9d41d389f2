//! The sites of the region as the archive's remote: DICOMweb over their channels.

use crate::channel::Channels;
use archive::{Body, Error, Remote};
use async_trait::async_trait;
use futures_util::TryStreamExt;
use imaging_domain::{DataSet, Instance, SeriesUid, SiteId, StudyUid, TransferSyntaxUid, json};
use tracing::warn;

/// The most bytes of one series' headers.
const MAX_METADATA: usize = 256 << 20;
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

    async fn fetch_metadata(&self, site: &SiteId, study: &StudyUid, series: &SeriesUid) -> Result<Vec<DataSet>, Error> {
        let path = format!("{DICOMWEB_PATH}/studies/{study}/series/{series}/metadata");
        let body = self.ask(site, &path, "application/dicom+json").await;
        let bytes = collect(body.map_err(|error| unavailable(site, &error))?).await?;
        let parsed = tokio::task::spawn_blocking(move || parse(&bytes)).await;
        parsed.ok().flatten().ok_or(Error::Unavailable)
    }

    fn is_connected(&self, site: &SiteId) -> bool {
        Channels::is_connected(self, site)
    }
}

fn unavailable(site: &SiteId, error: &crate::Error) -> Error {
    warn!(%site, %error, "hospital did not answer");
    Error::Unavailable
}

async fn collect(mut body: Body) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    while let Some(piece) = body.try_next().await? {
        if bytes.len() + piece.len() > MAX_METADATA {
            return Err(Error::Unavailable);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

fn parse(bytes: &[u8]) -> Option<Vec<DataSet>> {
    let array: Vec<serde_json::Value> = serde_json::from_slice(bytes).ok()?;
    array.iter().map(|item| json::from_json(item, &dicomweb::span_of_uri).ok()).collect()
}
