//! Giving: files, headers, frames, values. Streams, so that memory stays bounded however large a study is.

use crate::{archive::Archive, error::Error, fetch::Source, headers::Opened, remote::Body};
use access_control::{Permit, View};
use audit_log::{Event, What};
use bytes::Bytes;
use catalog::{InstanceCopies, Scope};
use futures_util::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use imaging_domain::{DataSet, Instance, InstanceUid, Principal, SeriesUid};
use std::sync::Arc;

/// How many instances are listed at once.
const PAGE: usize = 500;
/// How many files are opened, or begun to be fetched, before the first is taken.
const AHEAD: usize = 4;
/// Bytes of one piece of a value.
const PIECE: u64 = 1 << 20;

/// One stored file, whole (preamble, file meta information, data set).
pub struct File {
    /// What it is.
    pub instance: Instance,
    /// Its bytes.
    pub body: Body,
}

/// The header of one instance.
#[derive(Clone)]
pub struct Metadata {
    /// What it is.
    pub instance: Instance,
    /// Its attributes without group 2; long values are `Value::Bulk`.
    pub attributes: DataSet,
}

/// Frames of one instance.
pub struct Frames {
    /// Transfer syntax of the bytes.
    pub transfer_syntax: String,
    /// One item per frame asked for, in the order asked.
    pub frames: BoxStream<'static, Result<Bytes, Error>>,
}

impl Archive {
    /// Files of a scope, in the order of series and instance UID; a few are fetched ahead of the one being taken.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the scope has no instance.
    pub async fn retrieve(
        &self,
        who: &Principal,
        scope: &Scope,
    ) -> Result<BoxStream<'static, Result<File, Error>>, Error> {
        let (permit, listed) = self.list(who, What::Retrieve, scope).await?;
        let this = self.clone();
        let open = move |copies| {
            let (this, permit) = (this.clone(), permit.clone());
            async move { this.file(&permit, &copies?).await }
        };
        Ok(listed.map(open).buffered(AHEAD).boxed())
    }

    /// Headers of a scope, in the same order. Those of a series that is not kept ready come
    /// from a holding site, at the hub, without its pixels.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the scope has no instance.
    pub async fn metadata(
        &self,
        who: &Principal,
        scope: &Scope,
    ) -> Result<BoxStream<'static, Result<Metadata, Error>>, Error> {
        self.headers(who, scope).await
    }

    /// Frames of an instance, by numbers from 1.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such frame or instance.
    pub async fn frames(&self, who: &Principal, instance: &Scope, numbers: &[u32]) -> Result<Frames, Error> {
        let (opened, found) = self.opened(who, What::Retrieve, instance).await?;
        let frames = opened.known.frames.as_ref().ok_or(Error::NotFound("pixel data"))?;
        let indices: Vec<usize> = numbers.iter().map(|number| (*number as usize).wrapping_sub(1)).collect();
        if indices.is_empty() || indices.iter().any(|index| frames.frame(*index).is_none()) {
            return Err(Error::NotFound("frame"));
        }
        let read = move |index| {
            let opened = opened.clone();
            async move { Ok(opened.frame(index).await?.0) }
        };
        Ok(Frames {
            transfer_syntax: found.transfer_syntax,
            frames: stream::iter(indices).map(read).buffered(2).boxed(),
        })
    }

    /// Bytes `offset..offset + length` of an instance's data set: what a `BulkDataURI` of ours names.
    ///
    /// # Errors
    /// [`Error::NotFound`] when they are not all inside the data set.
    pub async fn bulk_data(&self, who: &Principal, instance: &Scope, offset: u64, length: u64) -> Result<Body, Error> {
        let (opened, _) = self.opened(who, What::Retrieve, instance).await?;
        let end = offset.checked_add(length).filter(|end| *end <= opened.length()).ok_or(Error::NotFound("value"))?;
        let pieces = (0..length.div_ceil(PIECE)).map(move |n| offset + n * PIECE..end.min(offset + (n + 1) * PIECE));
        let read = move |range| {
            let opened = opened.clone();
            async move { opened.read(range).await }
        };
        Ok(stream::iter(pieces).map(read).buffered(2).boxed())
    }

    /// Asks, lists, and writes the event down before anything is given.
    async fn list(
        &self,
        who: &Principal,
        what: What,
        scope: &Scope,
    ) -> Result<(Permit<View>, BoxStream<'static, Result<InstanceCopies, Error>>), Error> {
        let permit = self.may_view(who, what, scope).await?;
        let first = self.parts.index.instances(&permit, scope, None, PAGE).await?;
        if first.is_empty() {
            return Err(Error::NotFound("instance"));
        }
        self.parts.audit.record(Event::new(what, who).study(&scope.study).count(first.len())).await?;
        let (parts, holder, scope) = (Arc::clone(&self.parts), permit.clone(), scope.clone());
        let pages = stream::try_unfold(Some(first), move |page| {
            let (parts, permit, scope) = (Arc::clone(&parts), holder.clone(), scope.clone());
            async move {
                let Some(page) = page else { return Ok::<_, Error>(None) };
                let last = page.last().filter(|_| page.len() == PAGE).map(key);
                let next = match last {
                    Some(last) => Some(parts.index.instances(&permit, &scope, Some(&last), PAGE).await?),
                    None => None,
                };
                Ok(Some((stream::iter(page).map(Ok), next)))
            }
        });
        Ok((permit, pages.try_flatten().boxed()))
    }

    async fn file(&self, permit: &Permit<View>, copies: &InstanceCopies) -> Result<File, Error> {
        let instance = first(copies).clone();
        let body = match self.fetches.source(permit, copies).await? {
            Source::Here(blob) => {
                let end = blob.size_bytes();
                blob_store::stream(blob, 0..end).map_err(Error::from).boxed()
            }
            Source::Coming(coming) => coming.stream(),
        };
        Ok(File { instance, body })
    }

    pub(crate) async fn header(&self, permit: &Permit<View>, copies: &InstanceCopies) -> Result<Metadata, Error> {
        let instance = first(copies).clone();
        let blob = self.fetches.whole(permit, copies).await?;
        let opened = self.headers.open(&instance, blob).await?;
        Ok(Metadata { attributes: opened.known.header.attributes.clone(), instance })
    }

    /// One instance, its bytes here, opened up.
    pub(crate) async fn opened(&self, who: &Principal, what: What, scope: &Scope) -> Result<(Opened, Instance), Error> {
        let permit = self.may_view(who, what, scope).await?;
        let mut listed = self.parts.index.instances(&permit, scope, None, 1).await?;
        let copies = listed.pop().ok_or(Error::NotFound("instance"))?;
        self.parts.audit.record(Event::new(what, who).study(&scope.study).count(1)).await?;
        let instance = first(&copies).clone();
        let blob = self.fetches.whole(&permit, &copies).await?;
        Ok((self.headers.open(&instance, blob).await?, instance))
    }
}

/// The copy that stands for the instance: the first stored.
pub(crate) fn first(copies: &InstanceCopies) -> &Instance {
    &copies.0[0].instance
}

fn key(copies: &InstanceCopies) -> (SeriesUid, InstanceUid) {
    let instance = first(copies);
    (instance.series.clone(), instance.uid.clone())
}
