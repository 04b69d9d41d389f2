//! Where the bytes of an instance come from.

use super::meta::{FileMeta, MAX_META, read_meta};
use anyhow::{Context, Result};
use bytes::{Bytes, BytesMut};
use std::{io::SeekFrom, path::PathBuf};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt},
};

/// A file of PS3.10, on disk or in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The file at this path.
    Path(PathBuf),
    /// The whole file.
    Memory(Bytes),
}

impl From<PathBuf> for Source {
    fn from(path: PathBuf) -> Self {
        Self::Path(path)
    }
}

impl Source {
    /// Its file meta information.
    ///
    /// # Errors
    /// When the file cannot be read, or [`MetaError`](super::MetaError).
    pub async fn meta(&self) -> Result<FileMeta> {
        match self {
            Self::Memory(bytes) => Ok(read_meta(&bytes[..bytes.len().min(MAX_META)])?),
            Self::Path(path) => {
                let mut start = BytesMut::with_capacity(MAX_META);
                let mut file = File::open(path).await.context("cannot open the file")?.take(MAX_META as u64);
                while file.read_buf(&mut start).await.context("cannot read the file")? > 0 {}
                Ok(read_meta(&start)?)
            }
        }
    }

    /// Its data set, to be read from the start.
    pub(super) async fn data_set(&self, meta: &FileMeta) -> Result<DataSet> {
        match self {
            Self::Memory(bytes) => Ok(DataSet::Memory(bytes.slice(meta.data_set_offset as usize..))),
            Self::Path(path) => {
                let mut file = File::open(path).await.context("cannot open the file")?;
                let length = file.metadata().await?.len().saturating_sub(meta.data_set_offset);
                file.seek(SeekFrom::Start(meta.data_set_offset)).await?;
                Ok(DataSet::File { file, left: length })
            }
        }
    }
}

/// The bytes of a data set that are still to be sent.
pub(super) enum DataSet {
    Memory(Bytes),
    File { file: File, left: u64 },
}

impl DataSet {
    pub(super) fn left(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File { left, .. } => *left,
        }
    }

    /// The next bytes, exactly so many.
    pub(super) async fn take(&mut self, length: usize) -> Result<Bytes> {
        match self {
            Self::Memory(bytes) => Ok(bytes.split_to(length)),
            Self::File { file, left } => {
                let mut bytes = vec![0; length];
                file.read_exact(&mut bytes).await.context("the file became shorter")?;
                *left -= length as u64;
                Ok(bytes.into())
            }
        }
    }
}
