//! What goes through the pipes: a head that describes and a body of plain bytes, each behind its length.
//!
//! Both ends read with bounds, and allocate by bytes that came: a worker that foreign bytes took over is as foreign as
//! they are.

use bytes::Bytes;
use std::io::{self, Read, Write};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Bytes before a head: two lengths, little endian.
const PREFIX: usize = 8;
/// Memory set aside by a claimed length alone.
const TRUSTED: usize = 1 << 20;

/// One job or one answer.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// What it is.
    pub head: Vec<u8>,
    /// What it is about.
    pub body: Bytes,
}

/// The most bytes of a message's parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Of the head.
    pub head: usize,
    /// Of the body.
    pub body: usize,
}

/// A message beyond its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("message beyond its bounds")]
pub struct Malformed;

impl From<Malformed> for io::Error {
    fn from(error: Malformed) -> Self {
        Self::new(io::ErrorKind::InvalidData, error)
    }
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Message({} + {} bytes)", self.head.len(), self.body.len())
    }
}

impl Bounds {
    /// Lengths of head and body.
    fn lengths(self, prefix: [u8; PREFIX]) -> Result<(usize, usize), Malformed> {
        let [a, b, c, d, e, f, g, h] = prefix;
        let lengths = (u32::from_le_bytes([a, b, c, d]) as usize, u32::from_le_bytes([e, f, g, h]) as usize);
        if lengths.0 <= self.head && lengths.1 <= self.body { Ok(lengths) } else { Err(Malformed) }
    }
}

impl Message {
    fn prefix(&self, bounds: Bounds) -> Result<[u8; PREFIX], Malformed> {
        let part = |bytes: &[u8], most| u32::try_from(bytes.len()).ok().filter(|_| bytes.len() <= most);
        let head = part(&self.head, bounds.head).ok_or(Malformed)?.to_le_bytes();
        let body = part(&self.body, bounds.body).ok_or(Malformed)?.to_le_bytes();
        let mut prefix = [0; PREFIX];
        prefix[..4].copy_from_slice(&head);
        prefix[4..].copy_from_slice(&body);
        Ok(prefix)
    }

    /// Whether it keeps to its bounds.
    ///
    /// # Errors
    /// When it does not.
    pub fn check(&self, bounds: Bounds) -> Result<(), Malformed> {
        self.prefix(bounds).map(|_| ())
    }

    /// Reads one message; `None` at the end of the stream, which may only be between messages.
    ///
    /// # Errors
    /// When the stream ends early or the message is beyond `bounds`.
    pub fn read(from: &mut impl Read, bounds: Bounds) -> io::Result<Option<Self>> {
        let mut prefix = [0; PREFIX];
        if from.read(&mut prefix[..1])? == 0 {
            return Ok(None);
        }
        from.read_exact(&mut prefix[1..])?;
        let (head, body) = bounds.lengths(prefix)?;
        Ok(Some(Self { head: part(from, head)?, body: part(from, body)?.into() }))
    }

    /// Writes it.
    ///
    /// # Errors
    /// When the stream breaks or the message is beyond `bounds`.
    pub fn write(&self, to: &mut impl Write, bounds: Bounds) -> io::Result<()> {
        let mut front = self.prefix(bounds)?.to_vec();
        front.extend(&self.head);
        to.write_all(&front)?;
        to.write_all(&self.body)?;
        to.flush()
    }

    /// [`read`](Self::read) without blocking; the end of the stream is an error too.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn receive(from: &mut (impl AsyncRead + Unpin), bounds: Bounds) -> io::Result<Self> {
        let mut prefix = [0; PREFIX];
        from.read_exact(&mut prefix).await?;
        let (head, body) = bounds.lengths(prefix)?;
        Ok(Self { head: received(from, head).await?, body: received(from, body).await?.into() })
    }

    /// [`write`](Self::write) without blocking.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn send(&self, to: &mut (impl AsyncWrite + Unpin), bounds: Bounds) -> io::Result<()> {
        let mut front = self.prefix(bounds)?.to_vec();
        front.extend(&self.head);
        to.write_all(&front).await?;
        to.write_all(&self.body).await?;
        to.flush().await
    }
}

fn part(from: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length.min(TRUSTED));
    let came = io::copy(&mut from.take(length as u64), &mut bytes)?;
    if came == length as u64 { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

async fn received(from: &mut (impl AsyncRead + Unpin), length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length.min(TRUSTED));
    let mut rest = from.take(length as u64);
    while rest.read_buf(&mut bytes).await? > 0 {}
    if bytes.len() == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}
