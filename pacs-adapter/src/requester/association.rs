//! One association from its request to its end (PS3.8 9.2, as the requesting side).

use super::{
    config::Config,
    error::Error,
    negotiate::{self, Proposed},
};
use crate::{
    services::Context,
    upper_layer::{Received, Wire},
};
use bytes::Bytes;
use dicom_ul::pdu::{AbortRQSource, AssociationRQ, Pdu};
use dimse::{Assembler, Command, Event, Pdv, Pdvs, write_pdata};
use imaging_domain::Principal;
use std::{collections::BTreeMap, time::Duration};
use tokio::time::timeout;

/// An open association. Dropped without [`release`](Self::release) or [`abort`](Self::abort) it is a lost connection to
/// the peer.
pub struct Association {
    pub(super) wire: Wire,
    pub(super) contexts: BTreeMap<u8, Context>,
    /// Who answers; of what comes from there, who sent it.
    pub(super) peer: Principal,
    pub(super) max_pdu: usize,
    config: Config,
    assembler: Assembler,
    /// What of the last PDU is still to be looked at.
    pdvs: Pdvs,
    next_message: u16,
}

impl Association {
    pub(super) async fn request(
        mut wire: Wire,
        peer: Principal,
        config: &Config,
        request: AssociationRQ,
        proposed: &[Proposed],
    ) -> Result<Self, Error> {
        let wait = config.association_timeout();
        send(&mut wire, wait, &Pdu::AssociationRQ(request)).await?;
        let answer = match receive(&mut wire, wait).await? {
            Received::Pdu(Pdu::AssociationAC(answer)) => answer,
            Received::Pdu(Pdu::AssociationRJ(no)) => {
                let (result, source) = (no.result, no.source);
                wire.close().await;
                return Err(Error::Rejected(format!("{result:?}, {source}")));
            }
            Received::Pdu(Pdu::AbortRQ { .. }) => return Err(Error::Aborted),
            Received::Closed => return Err(Error::Closed),
            Received::Data(_) | Received::Pdu(_) => return Err(Error::Unexpected("no answer to the request")),
        };
        let contexts = negotiate::accepted(proposed, &answer);
        Ok(Self {
            wire,
            assembler: Assembler::new(contexts.keys().copied()),
            contexts,
            peer,
            max_pdu: negotiate::max_pdu(&answer),
            config: config.clone(),
            pdvs: Pdvs::new(Bytes::new()),
            next_message: 1,
        })
    }

    /// The transfer syntaxes in which the peer takes messages of a class, in the order proposed.
    pub fn accepts<'a>(&'a self, abstract_syntax: &'a str) -> impl Iterator<Item = &'a str> {
        let of_class = move |context: &&Context| context.abstract_syntax == abstract_syntax;
        self.contexts.values().filter(of_class).map(|context| context.transfer_syntax.as_str())
    }

    /// A-RELEASE (PS3.8 7.2).
    ///
    /// # Errors
    /// When the peer does not answer it.
    pub async fn release(mut self) -> Result<(), Error> {
        let wait = self.config.association_timeout();
        send(&mut self.wire, wait, &Pdu::ReleaseRQ).await?;
        loop {
            match receive(&mut self.wire, wait).await? {
                Received::Pdu(Pdu::ReleaseRP) => break,
                // both ask at the same time (PS3.8 9.2.3, sta 9 and 10): the requestor answers first
                Received::Pdu(Pdu::ReleaseRQ) => send(&mut self.wire, wait, &Pdu::ReleaseRP).await?,
                // a late answer to what was cancelled
                Received::Data(_) => {}
                Received::Pdu(Pdu::AbortRQ { .. }) => return Err(Error::Aborted),
                Received::Closed => return Err(Error::Closed),
                Received::Pdu(_) => return Err(Error::Unexpected("no answer to the release")),
            }
        }
        self.wire.close().await;
        Ok(())
    }

    /// A-ABORT (PS3.8 7.3).
    pub async fn abort(mut self) {
        let abort = Pdu::AbortRQ { source: AbortRQSource::ServiceUser };
        if send(&mut self.wire, self.config.association_timeout(), &abort).await.is_ok() {
            self.wire.close().await;
        }
    }

    /// Ends the association as what came of it allows: in order, or by an abort when it is broken. What went wrong with the
    /// release only is in the log, because the peer has done what it was asked.
    ///
    /// # Errors
    /// Those of `result`.
    pub async fn end<T>(self, result: Result<T, Error>) -> Result<T, Error> {
        match &result {
            Ok(_) | Err(Error::NotAccepted(_)) => {
                if let Err(error) = self.release().await {
                    tracing::debug!(%error, "the peer did not release in order");
                }
            }
            Err(_) => self.abort().await,
        }
        result
    }

    /// The id of the first accepted context of a class.
    pub(super) fn context_of(&self, abstract_syntax: &str) -> Result<u8, Error> {
        let found = self.contexts.iter().find(|(_, context)| context.abstract_syntax == abstract_syntax);
        found.map(|(id, _)| *id).ok_or_else(|| Error::NotAccepted(abstract_syntax.to_owned()))
    }

    pub(super) fn message_id(&mut self) -> u16 {
        let id = self.next_message;
        self.next_message = id.checked_add(1).unwrap_or(1);
        id
    }

    pub(super) async fn send_command(&mut self, context_id: u8, command: &Command) -> Result<(), Error> {
        self.send_whole(context_id, command.encode().into(), Part::Command).await
    }

    /// A command set, or a data set that is short.
    pub(super) async fn send_whole(&mut self, context_id: u8, bytes: Bytes, part: Part) -> Result<(), Error> {
        let pdv = Pdv { context_id, is_command: part == Part::Command, is_last: true, bytes };
        let mut bytes = Vec::with_capacity(256 + pdv.bytes.len());
        write_pdata(&pdv, self.max_pdu, &mut bytes);
        self.send_bytes(&bytes).await
    }

    pub(super) async fn send_bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let sent = timeout(self.config.response_timeout(), self.wire.send_bytes(bytes)).await;
        sent.map_err(|_| Error::Silent("take what was sent"))?.map_err(Error::Io)
    }

    /// What the peer says next.
    pub(super) async fn event(&mut self) -> Result<Event, Error> {
        loop {
            if let Some(pdv) = self.pdvs.next() {
                match self.assembler.push(pdv?)? {
                    Event::Incomplete => continue,
                    event => return Ok(event),
                }
            }
            self.pdvs = match receive(&mut self.wire, self.config.response_timeout()).await? {
                Received::Data(body) => Pdvs::new(body),
                Received::Pdu(Pdu::AbortRQ { .. }) => return Err(Error::Aborted),
                Received::Closed => return Err(Error::Closed),
                Received::Pdu(_) => return Err(Error::Unexpected("a PDU out of place")),
            };
        }
    }

    /// The next message, which must answer this request and have no data set.
    pub(super) async fn answer_to(&mut self, message_id: u16) -> Result<Command, Error> {
        match self.event().await? {
            Event::Command { command, .. } if answers(&command, message_id) => match command.data_set() {
                dimse::DataSetType::Absent => Ok(command),
                dimse::DataSetType::Present => Err(Error::Unexpected("an answer with a data set")),
            },
            _ => Err(Error::Unexpected("an answer to something else")),
        }
    }
}

/// Which part of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Command,
    DataSet,
}

pub(super) fn answers(command: &Command, message_id: u16) -> bool {
    command.field().is_response() && command.message_id() == message_id
}

async fn send(wire: &mut Wire, wait: Duration, pdu: &Pdu) -> Result<(), Error> {
    timeout(wait, wire.send(pdu)).await.map_err(|_| Error::Silent("take what was sent"))?.map_err(Error::Io)
}

async fn receive(wire: &mut Wire, wait: Duration) -> Result<Received, Error> {
    Ok(timeout(wait, wire.receive()).await.map_err(|_| Error::Silent("answer"))??)
}
