//! The sites of the region as the archive's remote: DICOMweb over their channels.

use crate::{
    channel::Channels,
    described, metadata,
    thumbnails::{self, DRAWN_WITHIN, MAX_THUMBNAIL},
};
use archive::{Body, DataSets, Drawn, Error, Remote, Several, SiteThumbnails};
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use catalog::Scope;
use futures_util::{StreamExt, TryStreamExt};
use imaging_domain::{Instance, SeriesUid, SiteId, StudyUid, TransferSyntaxUid};
use tokio::time::timeout;
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

    async fn fetch_thumbnail(
        &self,
        site: &SiteId,
        instance: &Instance,
        (columns, rows): (u32, u32),
        format: Drawn,
    ) -> Result<Bytes, Error> {
        let Instance { study, series, uid, .. } = instance;
        let path = format!(
            "{DICOMWEB_PATH}/studies/{study}/series/{series}/instances/{uid}/thumbnail?viewport={columns},{rows}"
        );
        let accept = if format == Drawn::Jpeg { "image/jpeg" } else { "image/png" };
        let drawn = async {
            let mut body = self.ask(site, &path, accept).await.map_err(|_| Error::Unavailable)?;
            let mut bytes = BytesMut::new();
            while let Some(piece) = body.try_next().await? {
                bytes.extend_from_slice(&piece);
                if bytes.len() > MAX_THUMBNAIL {
                    return Err(Error::Unavailable);
                }
            }
            Ok(bytes.freeze())
        };
        timeout(DRAWN_WITHIN, drawn).await.map_err(|_| Error::Unavailable)?
    }

    async fn fetch_thumbnails(
        &self,
        site: &SiteId,
        several: &Several,
        size: (u32, u32),
        format: Drawn,
    ) -> Result<SiteThumbnails, Error> {
        let path = thumbnails::path(several, size, format);
        let asked = timeout(DRAWN_WITHIN, self.ask(site, &path, "application/json"));
        let body = asked.await.map_err(|_| Error::Unavailable)?;
        Ok(thumbnails::read(body.map_err(|_| Error::Unavailable)?))
    }

    async fn fetch_metadata(&self, site: &SiteId, study: &StudyUid, series: &SeriesUid) -> Result<Body, Error> {
        let path = format!("{DICOMWEB_PATH}/studies/{study}/series/{series}/metadata");
        let body = self.ask(site, &path, "application/dicom+json").await.map_err(|error| unavailable(site, &error))?;
        Ok(bounded(body))
    }

    async fn describe(&self, site: &SiteId, scope: &Scope) -> Result<Vec<Instance>, Error> {
        let body = self.ask(site, &described::path(scope), "application/json").await;
        let body = body.map_err(|error| unavailable(site, &error))?;
        described::read(scope, body).await.map_err(|error| unavailable(site, &error))
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
