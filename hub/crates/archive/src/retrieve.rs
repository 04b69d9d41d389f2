//! Giving: files, headers, frames, values.

use crate::{archive::Archive, error::Error, remote::Body};
use bytes::Bytes;
use catalog::Scope;
use futures_util::stream::BoxStream;
use imaging_domain::{DataSet, Instance, Principal};

/// One stored file, whole (preamble, file meta information, data set).
pub struct File {
    /// What it is.
    pub instance: Instance,
    /// Its bytes.
    pub body: Body,
}

/// The header of one instance.
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
    /// Files of a scope, one after the other, each fetched when the one before was taken.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the scope has no instance.
    pub async fn retrieve(
        &self,
        _who: &Principal,
        _scope: &Scope,
    ) -> Result<BoxStream<'static, Result<File, Error>>, Error> {
        unimplemented!()
    }

    /// Headers of a scope.
    pub async fn metadata(
        &self,
        _who: &Principal,
        _scope: &Scope,
    ) -> Result<BoxStream<'static, Result<Metadata, Error>>, Error> {
        unimplemented!()
    }

    /// Frames of an instance, by numbers from 1.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such frame.
    pub async fn frames(&self, _who: &Principal, _instance: &Scope, _numbers: &[u32]) -> Result<Frames, Error> {
        unimplemented!()
    }

    /// Bytes `offset..offset + length` of an instance's data set: what a `BulkDataURI` of ours names.
    pub async fn bulk_data(
        &self,
        _who: &Principal,
        _instance: &Scope,
        _offset: u64,
        _length: u64,
    ) -> Result<Body, Error> {
        unimplemented!()
    }
}
