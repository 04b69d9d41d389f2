//! PDUs on a socket (PS3.8 9.3).

use super::stream::Stream;
use bytes::{Bytes, BytesMut};
use dicom_ul::pdu::{MINIMUM_PDU_SIZE, Pdu, read_pdu, write_pdu};
use dimse::PDU_HEADER;
use std::{io, time::Duration};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The longest association request or acceptance: 128 contexts with every transfer syntax there is fit.
const MAX_ASSOCIATE: usize = 256 * 1024;
/// The longest other PDU that is no data; rejection, release and abort have 4 bytes.
const MAX_OTHER: usize = 64;
/// The read buffer of a peer that sends data: an image of usual size and its command stay in one piece of memory, which
/// the next one uses again. Memory that nothing was read into is none.
const ROOM: usize = 1024 * 1024;
/// The same before the first PDU: what a connection costs that says nothing.
const FIRST_ROOM: usize = 4 * 1024;
/// Bytes that are thrown away at once.
const THROWN: usize = 64 * 1024;
/// How long a peer has to close after the last PDU of an association, and how much it may still send.
const LINGER: Duration = Duration::from_secs(2);
/// How long a peer has to take a PDU that is no data. Whoever reads nothing any more would hold its place for ever.
const TAKE: Duration = Duration::from_secs(10);
const LINGER_BYTES: usize = 16 * 1024 * 1024;

const ASSOCIATE_RQ: u8 = 0x01;
const ASSOCIATE_AC: u8 = 0x02;
const P_DATA: u8 = 0x04;

/// What came.
pub(crate) enum Received {
    /// A P-DATA-TF PDU, without its header.
    Data(Bytes),
    /// Another PDU.
    Pdu(Pdu),
    /// The peer closed.
    Closed,
}

/// Why nothing more can come.
pub(crate) enum Broken {
    /// The connection failed.
    Io(io::Error),
    /// What came is no PDU, or too long.
    Garbage(&'static str),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

pub(crate) struct Wire {
    stream: Stream,
    buffer: BytesMut,
    max_data: usize,
    room: usize,
}

impl Wire {
    pub(crate) fn new(stream: impl Into<Stream>, max_pdu: u32) -> Self {
        let stream = stream.into();
        // Without it, a response of a few bytes waits for the peer's delayed acknowledgement of the one before.
        if let Err(error) = stream.socket().set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        // Tolerates a peer that takes the maximum length (PS3.8 D.1) for that of one fragment.
        Self { stream, buffer: BytesMut::new(), max_data: max_pdu as usize + PDU_HEADER, room: FIRST_ROOM }
    }

    /// The next PDU. May be dropped and called again.
    pub(crate) async fn receive(&mut self) -> Result<Received, Broken> {
        if !self.fill(PDU_HEADER).await? {
            return if self.buffer.is_empty() { Ok(Received::Closed) } else { Err(Broken::Garbage("half a header")) };
        }
        let length = u32::from_be_bytes([self.buffer[2], self.buffer[3], self.buffer[4], self.buffer[5]]) as usize;
        let kind = self.buffer[0];
        let limit = match kind {
            ASSOCIATE_RQ | ASSOCIATE_AC => MAX_ASSOCIATE,
            P_DATA => self.max_data,
            _ => MAX_OTHER,
        };
        if length > limit {
            return Err(Broken::Garbage("a PDU longer than its limit"));
        }
        if !self.fill(PDU_HEADER + length).await? {
            return Err(Broken::Garbage("half a PDU"));
        }
        self.room = ROOM;
        let pdu = self.buffer.split_to(PDU_HEADER + length).freeze();
        if kind == P_DATA {
            return Ok(Received::Data(pdu.slice(PDU_HEADER..)));
        }
        match read_pdu(pdu, MAX_ASSOCIATE as u32, false) {
            Ok(Some(pdu)) => Ok(Received::Pdu(pdu)),
            Ok(None) | Err(_) => Err(Broken::Garbage("a PDU that cannot be read")),
        }
    }

    /// Reads until the buffer has so many bytes; `false` when the peer closes before.
    async fn fill(&mut self, wanted: usize) -> io::Result<bool> {
        if self.buffer.is_empty() {
            // from the start again, once nobody has what was read before
            let _ = self.buffer.try_reclaim(self.room);
        }
        while self.buffer.len() < wanted {
            let missing = wanted - self.buffer.len();
            if self.buffer.capacity() < wanted.max(self.buffer.len() + FIRST_ROOM) {
                self.buffer.reserve(missing.max(self.room));
            }
            // The option does not last; without it senders that wait for our acknowledgement between header and
            // fragment (DCMTK) lose 40 ms each time.
            #[cfg(target_os = "linux")]
            if let Err(error) = self.stream.socket().set_quickack(true) {
                tracing::debug!(%error, "cannot set TCP_QUICKACK");
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Sends a PDU that is no data; fails when the peer does not take it in time.
    pub(crate) async fn send(&mut self, pdu: &Pdu) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(MINIMUM_PDU_SIZE as usize);
        write_pdu(&mut bytes, pdu).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        tokio::time::timeout(TAKE, self.send_bytes(&bytes)).await?
    }

    pub(crate) async fn send_bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        // TLS may keep what the socket did not take at once
        self.stream.flush().await
    }

    /// Ends after the last PDU: lets the peer read it and close first. Closing with unread bytes would reset the
    /// connection and take our last PDU with it.
    pub(crate) async fn close(mut self) {
        let drain = async {
            self.stream.shutdown().await?;
            let mut left = LINGER_BYTES;
            while left > 0 {
                self.buffer.clear();
                self.buffer.reserve(THROWN);
                match self.stream.read_buf(&mut self.buffer).await? {
                    0 => break,
                    read => left = left.saturating_sub(read),
                }
            }
            io::Result::Ok(())
        };
        if let Ok(Err(error)) = tokio::time::timeout(LINGER, drain).await {
            tracing::debug!(%error, "peer did not close in order");
        }
    }
}
