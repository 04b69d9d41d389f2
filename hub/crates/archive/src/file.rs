//! One file on its way out.

use crate::{error::Error, remote::Body, version::Version};
use blob_store::Blob;
use futures_util::{StreamExt, TryStreamExt, stream};
use imaging_domain::Instance;
use std::{ops::Range, sync::Arc};

/// One file, whole (preamble, file meta information, data set).
pub struct File {
    /// What it is.
    pub instance: Instance,
    /// Transfer syntax UID that it is given in.
    pub transfer_syntax: String,
    /// How many bytes it has; `None` where that is known at its end only.
    pub size_bytes: Option<u64>,
    /// Its bytes.
    pub body: Content,
}

/// Bytes that can be taken in ranges.
pub enum Content {
    /// From here.
    Here(Arc<dyn Blob>),
    /// As they come.
    Coming(Body),
}

/// Files of a scope.
pub struct Files {
    /// Says which bytes these are.
    pub version: Version,
    /// How many.
    pub count: usize,
    /// Each begun when the one before was taken.
    pub files: stream::BoxStream<'static, Result<File, Error>>,
}

impl Content {
    /// All bytes.
    pub fn all(self) -> Body {
        match self {
            Self::Here(blob) => {
                let end = blob.size_bytes();
                Self::Here(blob).range(0..end)
            }
            Self::Coming(body) => body,
        }
    }

    /// Some bytes; what comes before them is passed over.
    pub fn range(self, range: Range<u64>) -> Body {
        match self {
            Self::Here(blob) => blob_store::stream(blob, range).map_err(Error::from).boxed(),
            Self::Coming(body) => cut(body, range),
        }
    }
}

/// Some bytes of a body.
pub fn cut(body: Body, range: Range<u64>) -> Body {
    let (skip, left) = (range.start, range.end.saturating_sub(range.start));
    let step = async |(mut body, mut skip, left): (Body, u64, u64)| {
        if left == 0 {
            return Ok(None);
        }
        while let Some(mut piece) = body.try_next().await? {
            let passed = skip.min(piece.len() as u64);
            skip -= passed;
            let _ = piece.split_to(passed as usize);
            piece.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            if !piece.is_empty() {
                let left = left - piece.len() as u64;
                return Ok(Some((piece, (body, skip, left))));
            }
        }
        Ok::<_, Error>(None)
    };
    stream::try_unfold((body, skip, left), step).boxed()
}
