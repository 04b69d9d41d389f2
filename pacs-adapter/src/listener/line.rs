//! Messages on the wire of one association.

use super::{Shared, end::End};
use crate::upper_layer::{Received, Wire};
use bytes::Bytes;
use dicom_ul::pdu::Pdu;
use dimse::{Assembler, Command, Event, PDV_HEADER, Pdv, Pdvs, pdata_header, write_pdata};
use std::time::Duration;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// The longest PDU that is sent, whatever the peer takes.
const MAX_SENT: usize = 128 * 1024;

/// What a peer says.
pub(crate) enum Heard {
    /// The next of a message.
    Event(Event),
    /// That it is done.
    Release,
}

pub(crate) struct Line {
    pub(crate) wire: Wire,
    assembler: Assembler,
    /// What is left of the PDU that came last.
    pdvs: Pdvs,
    peer_max_pdu: usize,
    idle: Duration,
    stop: CancellationToken,
}

impl Line {
    pub(crate) fn new(wire: Wire, contexts: impl Iterator<Item = u8>, peer_max_pdu: u32, shared: &Shared) -> Self {
        Self {
            wire,
            assembler: Assembler::new(contexts),
            pdvs: Pdvs::new(Bytes::new()),
            // none said, or none that we would reach, is the same to us
            peer_max_pdu: if peer_max_pdu == 0 { MAX_SENT } else { MAX_SENT.min(peer_max_pdu as usize) },
            idle: shared.config.idle_timeout(),
            stop: shared.stop.clone(),
        }
    }

    /// The next that the peer says. May be dropped and called again.
    pub(crate) async fn hear(&mut self) -> Result<Heard, End> {
        timeout(self.idle, self.overhear()).await.map_err(|_| End::Silent)?
    }

    /// The same from a peer that has to say nothing, however long that is. May be dropped and called again.
    pub(crate) async fn overhear(&mut self) -> Result<Heard, End> {
        loop {
            if let Some(pdv) = self.pdvs.next() {
                return Ok(Heard::Event(self.assembler.push(pdv?)?));
            }
            match self.receive().await? {
                Received::Data(body) => self.pdvs = Pdvs::new(body),
                Received::Pdu(Pdu::ReleaseRQ) => return Ok(Heard::Release),
                Received::Pdu(Pdu::AbortRQ { .. }) => return Err(End::PeerAborted),
                Received::Pdu(_) => return Err(End::Unexpected),
                Received::Closed => return Err(End::Closed),
            }
        }
    }

    /// Whether it is between two messages.
    pub(crate) fn is_idle(&self) -> bool {
        self.assembler.is_idle()
    }

    async fn receive(&mut self) -> Result<Received, End> {
        let receive = self.wire.receive();
        let received = if self.assembler.is_idle() {
            self.stop.run_until_cancelled(receive).await.ok_or(End::Stopping)?
        } else {
            receive.await
        };
        Ok(received?)
    }

    /// Says a message whose data set is at hand.
    pub(crate) async fn say(&mut self, context_id: u8, command: &Command, data_set: Option<Bytes>) -> Result<(), End> {
        let mut bytes = Vec::with_capacity(512);
        let command = Pdv { context_id, is_command: true, is_last: true, bytes: command.encode().into() };
        write_pdata(&command, self.peer_max_pdu, &mut bytes);
        if let Some(data_set) = data_set {
            let data_set = Pdv { is_command: false, bytes: data_set, ..command };
            write_pdata(&data_set, self.peer_max_pdu, &mut bytes);
        }
        self.send(&bytes).await
    }

    /// Says the next piece of a data set.
    pub(crate) async fn say_piece(&mut self, context_id: u8, mut piece: Bytes, is_last: bool) -> Result<(), End> {
        let most = self.peer_max_pdu.max(dimse::MIN_PDU) - PDV_HEADER;
        loop {
            let fragment = piece.split_to(piece.len().min(most));
            let is_last = is_last && piece.is_empty();
            let pdv = Pdv { context_id, is_command: false, is_last, bytes: Bytes::new() };
            self.send(&[&pdata_header(&pdv, fragment.len()), &fragment[..]].concat()).await?;
            if piece.is_empty() {
                return Ok(());
            }
        }
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), End> {
        let sent = timeout(self.idle, self.wire.send_bytes(bytes)).await;
        Ok(sent.map_err(|_| End::Silent)??)
    }
}
