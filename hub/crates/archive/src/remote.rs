//! What the archive asks of sites that hold what it does not.

use crate::error::Error;
use async_trait::async_trait;
use bytes::Bytes;
use catalog::Scope;
use futures_util::stream::BoxStream;
use imaging_domain::{DataSet, Digest, Instance, InstanceUid, SeriesUid, SiteId, StudyUid};

/// Bytes on their way.
pub type Body = BoxStream<'static, Result<Bytes, Error>>;
/// Headers on their way.
pub type DataSets = BoxStream<'static, Result<DataSet, Error>>;

/// Thumbnails on their way.
pub type SiteThumbnails = BoxStream<'static, Result<SiteThumbnail, Error>>;

/// A thumbnail that a site made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteThumbnail {
    /// What it shows.
    pub instance: InstanceUid,
    /// The file it was made of.
    pub digest: Digest,
    /// The file it is.
    pub bytes: Bytes,
}

/// Instances of a series, named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Several {
    /// The study.
    pub study: StudyUid,
    /// The series.
    pub series: SeriesUid,
    /// The instances.
    pub instances: Vec<InstanceUid>,
}

/// In which format a site draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawn {
    /// `image/jpeg`.
    Jpeg,
    /// `image/png`.
    Png,
}

/// The sites of the region as somewhere to fetch from.
#[async_trait]
pub trait Remote: Send + Sync {
    /// The stored file of an instance, from one site.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the site is not connected or does not answer.
    async fn fetch_file(&self, site: &SiteId, instance: &Instance) -> Result<Body, Error>;

    /// A thumbnail of an instance that fits into so many columns and rows, made at one site, so that a few kilobytes come
    /// instead of the file.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the site is not connected, makes none, or takes long.
    async fn fetch_thumbnail(&self, _: &SiteId, _: &Instance, _: (u32, u32), _: Drawn) -> Result<Bytes, Error> {
        Err(Error::Unavailable)
    }

    /// The same of several instances by one question: those whose files the site holds, as they are made.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the site is not connected or makes none.
    async fn fetch_thumbnails(
        &self,
        _: &SiteId,
        _: &Several,
        _: (u32, u32),
        _: Drawn,
    ) -> Result<SiteThumbnails, Error> {
        Err(Error::Unavailable)
    }

    /// The headers of a series, from one site, by instance UID, as bytes that [`headers`](Remote::headers) reads.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the site is not connected or does not answer.
    async fn fetch_metadata(&self, site: &SiteId, study: &StudyUid, series: &SeriesUid) -> Result<Body, Error>;

    /// The headers of such bytes, values left out as `Value::Bulk`; what breaks off ends with an error.
    fn headers(&self, body: Body) -> DataSets;

    /// What a site has of a scope, now that somebody wants the bytes: a site that left them in its PACS and has never seen them
    /// fetches them first, and says digests and sizes. Whatever it says is compared with what the index knows by whoever asks.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the site is not connected, does not answer, or cannot have them.
    async fn describe(&self, _site: &SiteId, _scope: &Scope) -> Result<Vec<Instance>, Error> {
        Err(Error::Unavailable)
    }

    /// Hears of bytes that were fetched and are in the store now.
    async fn landed(&self, _digest: &Digest) {}

    /// Whether the site's adapter is connected now.
    fn is_connected(&self, site: &SiteId) -> bool;
}
