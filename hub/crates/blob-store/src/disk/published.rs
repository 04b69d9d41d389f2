//! A published blob, open for reading at any place.

use crate::{
    error::{Error, failed},
    port::{Blob, MAX_READ},
};
use async_trait::async_trait;
use bytes::Bytes;
use std::{fs::File, io::ErrorKind, os::unix::fs::FileExt, path::Path, sync::Arc};
use tokio::task::spawn_blocking;

pub(super) struct OpenBlob {
    file: Arc<File>,
    size_bytes: u64,
}

impl OpenBlob {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Error::NotFound,
            _ => failed("open a blob")(error),
        })?;
        let size_bytes = file.metadata().map_err(failed("look at a blob"))?.len();
        Ok(Self { file: Arc::new(file), size_bytes })
    }
}

#[async_trait]
impl Blob for OpenBlob {
    fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    async fn read_at(&self, offset: u64, length: usize) -> Result<Bytes, Error> {
        let end = offset.checked_add(length as u64).ok_or(Error::OutOfRange)?;
        if end > self.size_bytes || length > MAX_READ {
            return Err(Error::OutOfRange);
        }
        let file = Arc::clone(&self.file);
        spawn_blocking(move || read(&file, offset, length)).await.map_err(super::stopped)?
    }
}

/// Bytes of a file that are known to be there.
pub(crate) fn read(file: &File, offset: u64, length: usize) -> Result<Bytes, Error> {
    let mut buffer = vec![0; length];
    file.read_exact_at(&mut buffer, offset).map_err(failed("read a blob"))?;
    Ok(buffer.into())
}
