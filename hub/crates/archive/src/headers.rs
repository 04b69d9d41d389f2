//! Headers and frame tables of stored instances, read once and remembered for a while.

use crate::error::Error;
use blob_store::Blob;
use bytes::{Bytes, BytesMut};
use imaging_domain::{DataSet, Digest, Instance, Value, transfer_syntax, transfer_syntax::Encoding};
use moka::future::Cache;
use part10::{FrameIndex, Header, Inflate, Keep, Limits, Scanner};
use std::{
    io::{self, Read},
    ops::Range,
    sync::Arc,
};
use tokio::{runtime::Handle, task::spawn_blocking};

/// Values up to this many bytes are part of a header; longer ones are left where they are.
const MAX_INLINE: usize = 256 << 10;
/// How many bytes of headers and frame tables are remembered, roughly.
const REMEMBERED_BYTES: u64 = 64 << 20;
/// How many bytes are read at once; most headers are in the first of them, which are scanned in no time.
const FIRST_PIECE: usize = 32 << 10;
const PIECE: usize = 256 << 10;
/// The most bytes a deflated data set may become in memory.
const MAX_INFLATED: usize = 512 << 20;

/// What is remembered of an instance.
pub(crate) struct Known {
    pub(crate) header: Header,
    /// Where its frames are; none without pixel data.
    pub(crate) frames: Option<FrameIndex>,
}

/// A stored instance, opened up.
#[derive(Clone)]
pub(crate) struct Opened {
    pub(crate) known: Arc<Known>,
    bytes: DataSetBytes,
}

/// Where the bytes of a data set are: in the file, or, when it is deflated, here.
#[derive(Clone)]
enum DataSetBytes {
    File { blob: Arc<dyn Blob>, offset: u64 },
    Inflated(Bytes),
}

/// Remembered headers. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Headers {
    known: Cache<Digest, Arc<Known>>,
}

impl Headers {
    pub(crate) fn new() -> Self {
        let weigh = |_: &Digest, known: &Arc<Known>| {
            let frames = known.frames.as_ref().map_or(0, FrameIndex::len);
            let header = usize::try_from(known.header.attributes.memory_bytes()).unwrap_or(usize::MAX);
            u32::try_from(header.saturating_add(frames * 64)).unwrap_or(u32::MAX)
        };
        Self { known: Cache::builder().weigher(weigh).max_capacity(REMEMBERED_BYTES).build() }
    }

    /// Opens a stored file up.
    pub(crate) async fn open(&self, instance: &Instance, blob: Arc<dyn Blob>) -> Result<Opened, Error> {
        let bytes = DataSetBytes::of(instance, blob.clone()).await?;
        if let Some(known) = self.known.get(&instance.digest).await {
            return Ok(Opened { known, bytes });
        }
        let header = read_header(blob).await?;
        let (handle, source) = (Handle::current(), bytes.clone());
        let known = spawn_blocking(move || known(&handle, header, &source)).await;
        let known = Arc::new(known.map_err(|_| Error::Stopping)??);
        self.known.insert(instance.digest, Arc::clone(&known)).await;
        Ok(Opened { known, bytes })
    }

    /// The attributes alone. They are not remembered: who wants those of a long series would push out what is used again.
    pub(crate) async fn attributes(&self, instance: &Instance, blob: Arc<dyn Blob>) -> Result<DataSet, Error> {
        match self.known.get(&instance.digest).await {
            Some(known) => Ok(known.header.attributes.clone()),
            None => Ok(read_header(blob).await?.attributes),
        }
    }
}

impl Opened {
    /// Bytes of the data set.
    pub(crate) async fn read(&self, range: Range<u64>) -> Result<Bytes, Error> {
        let length = usize::try_from(range.end.saturating_sub(range.start)).map_err(|_| Error::NotFound("value"))?;
        self.bytes.read(range.start, length).await
    }

    /// The bytes of a frame, by number from 0, and the bit of the first byte at which it begins.
    pub(crate) async fn frame(&self, number: usize) -> Result<(Bytes, u8), Error> {
        let frames = self.known.frames.as_ref().ok_or(Error::Unsupported("instance has no pixel data"))?;
        let span = frames.frame(number).ok_or(Error::NotFound("frame"))?;
        if let [range] = span.ranges.as_slice() {
            return Ok((self.read(range.clone()).await?, span.bit_offset));
        }
        let mut bytes = BytesMut::new();
        for range in &span.ranges {
            bytes.extend_from_slice(&self.read(range.clone()).await?);
        }
        Ok((bytes.freeze(), span.bit_offset))
    }

    /// The bytes of a value of up to so many, which may have been left in the file.
    pub(crate) async fn value(&self, value: &Value, most: u64) -> Result<Vec<u8>, Error> {
        match value {
            Value::Bytes(bytes) => Ok(bytes.clone()),
            Value::Bulk { length, .. } if *length > most => Err(Error::TooLarge("value that the picture needs")),
            Value::Bulk { offset, length } => Ok(self.read(*offset..offset.saturating_add(*length)).await?.to_vec()),
            _ => Err(Error::Unsupported("value that the picture needs is of another kind")),
        }
    }

    /// How many bytes the data set has.
    pub(crate) fn length(&self) -> u64 {
        match &self.bytes {
            DataSetBytes::File { blob, offset } => blob.size_bytes().saturating_sub(*offset),
            DataSetBytes::Inflated(bytes) => bytes.len() as u64,
        }
    }
}

impl DataSetBytes {
    async fn of(instance: &Instance, blob: Arc<dyn Blob>) -> Result<Self, Error> {
        let offset = instance.data_set_offset;
        if transfer_syntax::of(&instance.transfer_syntax).encoding != Encoding::Deflated {
            return Ok(Self::File { blob, offset });
        }
        let deflated = Self::File { blob: blob.clone(), offset };
        let length = usize::try_from(blob.size_bytes().saturating_sub(offset));
        let deflated = deflated.read(0, length.map_err(|_| Error::Unsupported("data set is too long"))?).await?;
        let inflated = spawn_blocking(move || inflate(&deflated)).await.map_err(|_| Error::Stopping)?;
        Ok(Self::Inflated(inflated?))
    }

    async fn read(&self, from: u64, length: usize) -> Result<Bytes, Error> {
        match self {
            Self::File { blob, offset } => Ok(blob.read_at(offset + from, length).await?),
            Self::Inflated(bytes) => {
                let from = usize::try_from(from).map_err(|_| Error::NotFound("value"))?;
                let end = from.checked_add(length).filter(|end| *end <= bytes.len());
                Ok(bytes.slice(from..end.ok_or(Error::NotFound("value"))?))
            }
        }
    }
}

fn inflate(deflated: &[u8]) -> Result<Bytes, Error> {
    let mut inflated = Vec::new();
    let too_long = || Error::Unsupported("data set inflates to too much");
    let reader = Inflate::new(deflated, Limits { inflated_bytes: MAX_INFLATED as u64, ..Limits::default() });
    #[expect(clippy::disallowed_methods, reason = "the reader is bounded, and taken one byte beyond to notice")]
    reader.take(MAX_INFLATED as u64 + 1).read_to_end(&mut inflated).map_err(|_| too_long())?;
    if inflated.len() > MAX_INFLATED { Err(too_long()) } else { Ok(inflated.into()) }
}

/// Reads a header: everything but the long values, which are passed over.
async fn read_header(blob: Arc<dyn Blob>) -> Result<Header, Error> {
    let keep = Keep::Everything { max_inline_bytes: MAX_INLINE };
    let mut scanner = Scanner::new(part10::Framing::File, keep, Limits::default());
    let (mut at, mut most) = (0, FIRST_PIECE);
    while at < blob.size_bytes() {
        let piece = blob.read_at(at, most.min(usize::try_from(blob.size_bytes() - at).unwrap_or(most))).await?;
        at += piece.len() as u64;
        let feed = move |mut scanner: Scanner| scanner.feed(&piece).map(|()| scanner).map_err(Error::Unreadable);
        scanner = match most {
            FIRST_PIECE => feed(scanner)?,
            _ => spawn_blocking(move || feed(scanner)).await.map_err(|_| Error::Stopping)??,
        };
        at += scanner.pass_over(blob.size_bytes() - at).map_err(Error::Unreadable)?;
        most = PIECE;
    }
    scanner.finish().map_err(Error::Unreadable)
}

/// Finds the frames.
fn known(handle: &Handle, header: Header, source: &DataSetBytes) -> Result<Known, Error> {
    let mut read = |offset: u64, buffer: &mut [u8]| {
        let bytes = handle.block_on(source.read(offset, buffer.len())).map_err(io::Error::other)?;
        buffer.copy_from_slice(&bytes);
        Ok(())
    };
    let frames = match &header.pixel_data {
        Some(_) => Some(frames(FrameIndex::build(&header, &mut read))?),
        None => None,
    };
    Ok(Known { header, frames })
}

/// Pixel data that nobody could cut into frames has none; the rest of the instance is as good as any.
fn frames(built: Result<FrameIndex, part10::Error>) -> Result<FrameIndex, Error> {
    match built {
        Err(error @ part10::Error::Read(_)) => Err(Error::Unreadable(error)),
        Err(_) => Ok(FrameIndex::default()),
        Ok(frames) => Ok(frames),
    }
}
