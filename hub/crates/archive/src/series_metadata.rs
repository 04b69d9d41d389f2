//! Giving headers: in one read when the series is kept ready in its compact form, else as they can be had, and kept.

use crate::{
    archive::Archive,
    compact::{Compact, FORM},
    error::Error,
    header_text::HeaderText,
    keeping::keeping,
    retrieve::{Metadata, first},
    series_headers::Missing,
};
use access_control::{Permit, View};
use audit_log::{Event, What};
use catalog::{InstanceCopies, Scope, SeriesVersion, version_of};
use futures_util::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use imaging_domain::{Digest, Instance, InstanceUid, Principal};
use std::{pin::Pin, sync::Arc};
use tokio::task::spawn_blocking;

/// How many blocks are inflated ahead of the one being taken.
const AHEAD: usize = 2;

/// Headers on their way, a few at a time.
pub type Texts = BoxStream<'static, Result<Vec<HeaderText>, Error>>;

/// The headers of a scope as texts.
pub struct HeaderTexts {
    /// Changes whenever the headers do: what the scope's series hold, and the form of the texts.
    pub version: String,
    /// The headers, by series and instance UID.
    pub texts: Texts,
}

impl Archive {
    /// Headers of a scope as DICOM JSON texts, by series and instance UID. Nothing is read before the first is taken.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the scope has no instance.
    pub async fn header_texts(&self, who: &Principal, scope: &Scope) -> Result<HeaderTexts, Error> {
        let (permit, series) = self.versions(who, scope).await?;
        let version = version_of(series.iter().map(|series| (series.series.as_str(), &series.version)));
        let (this, only) = (self.clone(), scope.instance.clone());
        let texts = stream::iter(series).then(move |series| {
            let (this, permit, only) = (this.clone(), permit.clone(), only.clone());
            async move { this.texts_of_series(&permit, series, only).await }
        });
        Ok(HeaderTexts { version: format!("{version}-{FORM}"), texts: texts.flatten().boxed() })
    }

    /// Headers of a scope as data sets.
    pub(crate) async fn headers(
        &self,
        who: &Principal,
        scope: &Scope,
    ) -> Result<BoxStream<'static, Result<Metadata, Error>>, Error> {
        let (permit, series) = self.versions(who, scope).await?;
        let (this, only) = (self.clone(), scope.instance.clone());
        let headers = stream::iter(series).then(move |series| {
            let (this, permit, only) = (this.clone(), permit.clone(), only.clone());
            async move { this.headers_of_series(&permit, series, only).await }
        });
        Ok(headers.flatten().boxed())
    }

    /// Asks, looks what the scope's series hold, and writes the event down.
    async fn versions(&self, who: &Principal, scope: &Scope) -> Result<(Permit<View>, Vec<SeriesVersion>), Error> {
        let permit = self.may_view(who, What::Retrieve, scope).await?;
        let series = self.parts.readiness.versions(&permit, scope).await?;
        let mut count: u64 = series.iter().map(|series| series.instances).sum();
        if scope.instance.is_some() {
            count = self.parts.index.instances(&permit, scope, None, 1).await?.len() as u64;
        }
        if count == 0 {
            return Err(Error::NotFound(scope.what()));
        }
        let event = Event::new(What::Retrieve, who).study(&scope.study);
        self.parts.audit.record(event.count(usize::try_from(count).unwrap_or(usize::MAX))).await?;
        Ok((permit, series))
    }

    async fn texts_of_series(&self, permit: &Permit<View>, series: SeriesVersion, only: Option<InstanceUid>) -> Texts {
        if let Some(compact) = self.compact(permit, &series.version).await.map(Arc::new) {
            match &only {
                None => return all_texts(&compact, &series),
                Some(uid) => {
                    if let Some(place) = compact.find(uid) {
                        let text = text_at(compact, series, place).await;
                        return stream::iter([text.map(|text| vec![text])]).boxed();
                    }
                }
            }
        }
        let keep = only.is_none().then(|| self.clone());
        let scope = Scope { instance: only, ..series.scope() };
        keeping(self.headers_of(permit, &scope, Missing::Fetch), keep)
    }

    async fn headers_of_series(
        &self,
        permit: &Permit<View>,
        series: SeriesVersion,
        only: Option<InstanceUid>,
    ) -> BoxStream<'static, Result<Metadata, Error>> {
        let scope = Scope { instance: only, ..series.scope() };
        let Some(compact) = self.compact(permit, &series.version).await.map(Arc::new) else {
            return self.headers_of(permit, &scope, Missing::Fetch);
        };
        let texts = match &scope.instance {
            None => all_texts(&compact, &series),
            Some(uid) => match compact.find(uid) {
                Some(place) => stream::iter([text_at(compact, series, place).await.map(|text| vec![text])]).boxed(),
                None => stream::empty().boxed(),
            },
        };
        read_together(self.clone(), permit.clone(), self.instances(permit, &scope), texts)
    }

    /// The compact form of a version, when there is a good one.
    pub(crate) async fn compact(&self, permit: &Permit<View>, version: &Digest) -> Option<Compact> {
        let blob = self.parts.compact.get(permit, &name(version)).await?;
        spawn_blocking(move || Compact::read(blob)).await.ok().flatten()
    }
}

/// The name a compact form is kept under.
pub(crate) fn name(version: &Digest) -> String {
    format!("{version}-{FORM}")
}

fn spoilt() -> Error {
    // the digest was right, so it was written wrong
    Error::Unsupported("kept header cannot be read")
}

/// All texts of a series, a block at a time.
fn all_texts(compact: &Arc<Compact>, series: &SeriesVersion) -> Texts {
    let (compact, series) = (Arc::clone(compact), series.clone());
    let blocks = 0..compact.blocks();
    let texts = move |block| {
        let (compact, series) = (Arc::clone(&compact), series.clone());
        let inflating = spawn_blocking(move || compact.texts(block, &series.study, &series.series));
        async move { inflating.await.map_err(|_| Error::Stopping)?.ok_or_else(spoilt) }
    };
    stream::iter(blocks).map(texts).buffered(AHEAD).boxed()
}

async fn text_at(compact: Arc<Compact>, series: SeriesVersion, place: (usize, usize)) -> Result<HeaderText, Error> {
    let (block, at) = place;
    let texts = spawn_blocking(move || compact.texts(block, &series.study, &series.series)).await;
    let texts = texts.map_err(|_| Error::Stopping)?.ok_or_else(spoilt)?;
    texts.into_iter().nth(at).ok_or_else(spoilt)
}

/// The data sets of listed instances from texts, both in the order of UID; who came after the version was read has no
/// text, and its header is read from its file.
fn read_together(
    archive: Archive,
    permit: Permit<View>,
    listed: BoxStream<'static, Result<InstanceCopies, Error>>,
    texts: Texts,
) -> BoxStream<'static, Result<Metadata, Error>> {
    let texts = texts.map_ok(|batch| stream::iter(batch).map(Ok)).try_flatten().boxed().peekable();
    let each = stream::try_unfold((listed, texts), move |(mut listed, mut texts)| {
        let (archive, permit) = (archive.clone(), permit.clone());
        async move {
            let Some(copies) = listed.try_next().await? else { return Ok(None) };
            let instance = first(&copies);
            let before = |text: &Result<HeaderText, Error>| text.as_ref().is_ok_and(|text| text.uid < instance.uid);
            while Pin::new(&mut texts).next_if(before).await.is_some() {}
            let is_it = |text: &Result<HeaderText, Error>| text.as_ref().map_or(true, |text| text.uid == instance.uid);
            let metadata = match Pin::new(&mut texts).next_if(is_it).await {
                Some(text) => data_set(instance.clone(), text?).await?,
                None => archive.header(&permit, &copies).await?,
            };
            Ok(Some((metadata, (listed, texts))))
        }
    });
    each.boxed()
}

async fn data_set(instance: Instance, text: HeaderText) -> Result<Metadata, Error> {
    let attributes = spawn_blocking(move || text.data_set()).await.map_err(|_| Error::Stopping)??;
    Ok(Metadata { instance, attributes })
}
