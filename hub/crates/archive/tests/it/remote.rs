//! A region of made sites that give, break off, lie or are down.

use crate::faulty::Gate;
use archive::{Body, DataSets, Drawn, Error, Remote, Several, SiteThumbnail, SiteThumbnails};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, TryFutureExt, TryStreamExt, stream};
use imaging_domain::{DataSet, Digest, Instance, InstanceUid, SeriesUid, SiteId, StudyUid, json};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

/// What a site does when it is asked for a file.
#[derive(Clone)]
pub enum Site {
    /// Gives these bytes, in pieces.
    Gives(Bytes),
    /// Gives of each instance its own.
    Holds(HashMap<InstanceUid, Bytes>),
    /// Gives so many of these bytes and breaks off.
    BreaksOff(Bytes, usize),
    /// Has a channel, and no answer.
    Silent,
    /// Has no channel.
    Down,
}

/// The sites, and what was asked of them.
#[derive(Default)]
pub struct Region {
    pub sites: Mutex<HashMap<String, Site>>,
    /// Headers of the series, when the sites give any.
    pub headers: Mutex<Option<Vec<DataSet>>>,
    /// Sites that were asked for a file, in order.
    pub files_asked: Mutex<Vec<String>>,
    /// Sites that were asked for headers, in order.
    pub headers_asked: Mutex<Vec<String>>,
    /// What every site gives as a thumbnail, when they make any.
    pub thumbnail: Mutex<Option<Bytes>>,
    /// The instances of the series and their files, for thumbnails of several.
    pub digests: Mutex<std::collections::BTreeMap<InstanceUid, Digest>>,
    /// Instances whose thumbnail was asked for by itself, or given with others, in order.
    pub thumbnails_asked: Mutex<Vec<InstanceUid>>,
    /// How often several were asked for.
    pub questions: AtomicUsize,
    /// In front of the last piece of every file.
    pub gate: Arc<Gate>,
}

impl Region {
    pub fn of(sites: &[(&str, Site)]) -> Arc<Self> {
        let region = Self::default();
        for (name, site) in sites {
            region.becomes(name, site.clone());
        }
        Arc::new(region)
    }

    pub fn becomes(&self, name: &str, site: Site) {
        self.sites.lock().unwrap().insert(name.to_owned(), site);
    }

    pub fn files_asked(&self) -> Vec<String> {
        self.files_asked.lock().unwrap().clone()
    }

    fn site(&self, site: &SiteId) -> Site {
        self.sites.lock().unwrap().get(site.as_str()).cloned().unwrap_or(Site::Down)
    }

    fn pieces(&self, bytes: &Bytes) -> Body {
        let pieces: Vec<Bytes> = bytes.chunks(100).map(Bytes::copy_from_slice).collect();
        let (last, gate) = (pieces.len().saturating_sub(1), self.gate.clone());
        let give = move |(number, piece)| {
            let gate = gate.clone();
            async move {
                if number == last {
                    gate.pass().await;
                }
                Ok(piece)
            }
        };
        stream::iter(pieces.into_iter().enumerate()).then(give).boxed()
    }
}

#[async_trait]
impl Remote for Region {
    async fn fetch_file(&self, site: &SiteId, instance: &Instance) -> Result<Body, Error> {
        self.files_asked.lock().unwrap().push(site.to_string());
        match self.site(site) {
            Site::Gives(bytes) => Ok(self.pieces(&bytes)),
            Site::Holds(files) => Ok(self.pieces(&files[&instance.uid])),
            Site::BreaksOff(bytes, after) => {
                let end = stream::iter([Err(Error::Unavailable)]);
                Ok(self.pieces(&bytes.slice(..after)).chain(end).boxed())
            }
            Site::Silent | Site::Down => Err(Error::Unavailable),
        }
    }

    async fn fetch_thumbnail(&self, _: &SiteId, of: &Instance, _: (u32, u32), _: Drawn) -> Result<Bytes, Error> {
        self.thumbnails_asked.lock().unwrap().push(of.uid.clone());
        self.thumbnail.lock().unwrap().clone().ok_or(Error::Unavailable)
    }

    async fn fetch_thumbnails(
        &self,
        _: &SiteId,
        several: &Several,
        _: (u32, u32),
        _: Drawn,
    ) -> Result<SiteThumbnails, Error> {
        let bytes = self.thumbnail.lock().unwrap().clone().ok_or(Error::Unavailable)?;
        let digests = self.digests.lock().unwrap().clone();
        let next = digests.into_iter().filter(|(uid, _)| several.instances.contains(uid));
        let next: Vec<_> =
            next.map(|(instance, digest)| SiteThumbnail { instance, digest, bytes: bytes.clone() }).collect();
        self.thumbnails_asked.lock().unwrap().extend(next.iter().map(|thumbnail| thumbnail.instance.clone()));
        self.questions.fetch_add(1, Ordering::Relaxed);
        Ok(stream::iter(next.into_iter().map(Ok)).boxed())
    }

    async fn fetch_metadata(&self, site: &SiteId, _: &StudyUid, _: &SeriesUid) -> Result<Body, Error> {
        self.headers_asked.lock().unwrap().push(site.to_string());
        let headers = self.headers.lock().unwrap().clone().ok_or(Error::Unavailable)?;
        let json = |header| json::to_json(header, &|offset, length| Some(format!("{offset}-{length}")));
        let lines: Vec<_> = headers.iter().map(|header| Ok(format!("{}\n", json(header)).into())).collect();
        Ok(stream::iter(lines).boxed())
    }

    fn headers(&self, body: Body) -> DataSets {
        let span = |uri: &str| {
            let (offset, length) = uri.split_once('-')?;
            Some((offset.parse().ok()?, length.parse().ok()?))
        };
        let bytes = body.try_collect::<Vec<Bytes>>().map_ok(move |pieces| {
            let bytes = pieces.concat();
            let lines = serde_json::Deserializer::from_slice(&bytes).into_iter();
            let headers: Vec<_> = lines.map(|line| Ok(json::from_json(&line.unwrap(), &span).unwrap())).collect();
            stream::iter(headers)
        });
        stream::once(bytes).try_flatten().boxed()
    }

    fn is_connected(&self, site: &SiteId) -> bool {
        !matches!(self.site(site), Site::Down)
    }
}
