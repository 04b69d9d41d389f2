//! One association from its request to its end (PS3.8 9.2, as the accepting side).

use super::{
    Shared,
    negotiate::{Agreed, busy, negotiate},
};
use crate::{
    peers::{Caller, Fingerprint},
    services::{Context, Exchange, Request},
    upper_layer::{Broken, Received, Stream, Wire},
};
use bytes::Bytes;
use dicom_ul::pdu::{AbortRQServiceProviderReason as Reason, AbortRQSource, AssociationRQ, Pdu};
use dimse::{Assembler, Command, DataSetType, Event, Pdv, Pdvs, write_pdata};
use imaging_domain::Principal;
use std::{collections::HashMap, io, net::SocketAddr};
use tokio::time::timeout;

/// How an association ended.
enum End {
    Released,
    PeerAborted,
    Closed,
    Silent,
    Stopping,
    Rejected,
    Failed(io::Error),
    Refused(dimse::Error),
    Garbage(&'static str),
    Unexpected,
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<dimse::Error> for End {
    fn from(error: dimse::Error) -> Self {
        Self::Refused(error)
    }
}

impl From<Broken> for End {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Io(error) => Self::Failed(error),
            Broken::Garbage(why) => Self::Garbage(why),
        }
    }
}

impl End {
    /// The reason of the A-ABORT we send; `None` when nothing is to be said any more.
    fn abort(&self) -> Option<Reason> {
        match self {
            Self::Released | Self::PeerAborted | Self::Closed | Self::Rejected | Self::Failed(_) => None,
            Self::Silent | Self::Stopping => Some(Reason::ReasonNotSpecified),
            Self::Refused(_) => Some(Reason::InvalidPduParameter),
            Self::Garbage(_) => Some(Reason::UnrecognizedPdu),
            Self::Unexpected => Some(Reason::UnexpectedPdu),
        }
    }

    fn log(&self, peer: SocketAddr) {
        match self {
            Self::Released => tracing::debug!(%peer, "association released"),
            Self::Rejected => tracing::info!(%peer, "association rejected"),
            Self::Closed => tracing::debug!(%peer, "connection closed without a release"),
            Self::PeerAborted => tracing::info!(%peer, "association aborted by the peer"),
            Self::Stopping => tracing::info!(%peer, "association aborted: shutting down"),
            Self::Silent => tracing::info!(%peer, "association aborted: silent for too long"),
            Self::Failed(error) => tracing::info!(%peer, %error, "connection failed"),
            Self::Refused(error) => tracing::warn!(%peer, %error, "association aborted"),
            Self::Garbage(why) => tracing::warn!(%peer, why, "association aborted: no PDU"),
            Self::Unexpected => tracing::warn!(%peer, "association aborted: a PDU out of place"),
        }
    }
}

/// Serves a connection until it ends.
pub(crate) async fn serve(stream: Stream, peer: SocketAddr, shared: &Shared) {
    let certificate = stream.certificate().map(Fingerprint::of);
    let mut wire = Wire::new(stream, shared.config.max_pdu());
    let end = match associate(&mut wire, peer, certificate, shared).await {
        Ok(mut association) => association.messages(&mut wire).await,
        Err(end) => end,
    };
    end.log(peer);
    close(wire, &end).await;
}

/// Tells a connection that there is no room for it now.
pub(crate) async fn turn_away(stream: Stream, peer: SocketAddr, shared: &Shared) {
    let mut wire = Wire::new(stream, shared.config.max_pdu());
    let end = match request(&mut wire, shared).await {
        Ok(_) => wire.send(&busy().into()).await.map_or_else(End::Failed, |()| End::Rejected),
        Err(end) => end,
    };
    metrics::counter!("dimse_associations_total", "outcome" => "turned away").increment(1);
    tracing::warn!(%peer, "association turned away: too many at once");
    close(wire, &end).await;
}

async fn close(mut wire: Wire, end: &End) {
    if let Some(reason) = end.abort() {
        let source = AbortRQSource::ServiceProvider(reason);
        if wire.send(&Pdu::AbortRQ { source }).await.is_err() {
            return;
        }
    }
    if !matches!(end, End::Failed(_)) {
        wire.close().await;
    }
}

async fn request(wire: &mut Wire, shared: &Shared) -> Result<AssociationRQ, End> {
    let received = timeout(shared.config.association_timeout(), wire.receive()).await.map_err(|_| End::Silent);
    let received = received.inspect_err(|_| metrics::counter!("dimse_requests_timed_out_total").increment(1))?;
    match received? {
        Received::Pdu(Pdu::AssociationRQ(request)) => Ok(request),
        Received::Pdu(Pdu::AbortRQ { .. }) => Err(End::PeerAborted),
        Received::Closed => Err(End::Closed),
        Received::Data(_) | Received::Pdu(_) => Err(End::Unexpected),
    }
}

async fn associate<'a>(
    wire: &mut Wire,
    peer: SocketAddr,
    certificate: Option<Fingerprint>,
    shared: &'a Shared,
) -> Result<Association<'a>, End> {
    let request = request(wire, shared).await?;
    let negotiated = negotiate(&request, &shared.config).and_then(|agreed| {
        let (ae_title, address) = (agreed.calling.clone(), peer.ip().to_canonical());
        shared.refusal(&Caller { ae_title, address, certificate }).map_or(Ok(agreed), Err)
    });
    let agreed = match negotiated {
        Ok(agreed) => agreed,
        Err(rejection) => {
            metrics::counter!("dimse_associations_total", "outcome" => "rejected").increment(1);
            wire.send(&rejection.into()).await?;
            return Err(End::Rejected);
        }
    };
    let Agreed { answer, calling, contexts, peer_max_pdu } = agreed;
    wire.send(&answer.into()).await?;
    metrics::counter!("dimse_associations_total", "outcome" => "accepted").increment(1);
    tracing::debug!(%peer, ae = %calling, contexts = contexts.len(), "association accepted");
    Ok(Association {
        shared,
        peer: Principal::LocalPeer { ae: calling, addr: peer.ip().to_canonical() },
        assembler: Assembler::new(contexts.keys().copied()),
        contexts,
        // No maximum, or one larger than any response, is the same to us.
        peer_max_pdu: if peer_max_pdu == 0 { usize::from(u16::MAX) } else { peer_max_pdu as usize },
        open: None,
    })
}

/// A request whose data set is still coming.
struct Open {
    context_id: u8,
    command: Command,
    exchange: Box<dyn Exchange>,
}

struct Association<'a> {
    shared: &'a Shared,
    peer: Principal,
    contexts: HashMap<u8, Context>,
    assembler: Assembler,
    peer_max_pdu: usize,
    open: Option<Open>,
}

impl Association<'_> {
    async fn messages(&mut self, wire: &mut Wire) -> End {
        loop {
            match self.receive(wire).await {
                Ok(Received::Data(body)) => {
                    if let Err(end) = self.data(body, wire).await {
                        return end;
                    }
                }
                Ok(Received::Pdu(Pdu::ReleaseRQ)) => {
                    return wire.send(&Pdu::ReleaseRP).await.map_or_else(End::Failed, |()| End::Released);
                }
                Ok(Received::Pdu(Pdu::AbortRQ { .. })) => return End::PeerAborted,
                Ok(Received::Pdu(_)) => return End::Unexpected,
                Ok(Received::Closed) => return End::Closed,
                Err(end) => return end,
            }
        }
    }

    async fn receive(&mut self, wire: &mut Wire) -> Result<Received, End> {
        let receive = timeout(self.shared.config.idle_timeout(), wire.receive());
        let received = if self.assembler.is_idle() {
            self.shared.stop.run_until_cancelled(receive).await.ok_or(End::Stopping)?
        } else {
            receive.await
        };
        Ok(received.map_err(|_| End::Silent)??)
    }

    async fn data(&mut self, body: Bytes, wire: &mut Wire) -> Result<(), End> {
        for pdv in Pdvs::new(body) {
            match self.assembler.push(pdv?)? {
                Event::Incomplete => {}
                Event::Command { context_id, command } => self.command(context_id, command, wire).await?,
                Event::Data(bytes) => self.write(bytes).await,
                Event::DataEnd(bytes) => {
                    self.write(bytes).await;
                    self.answer(wire).await?;
                }
            }
        }
        Ok(())
    }

    async fn command(&mut self, context_id: u8, command: Command, wire: &mut Wire) -> Result<(), End> {
        let context = self.contexts.get(&context_id).ok_or(dimse::Error::ForeignContext)?;
        let request = Request { peer: &self.peer, context, command: &command };
        let exchange = self.shared.services.begin(request).await;
        let data_set = command.data_set();
        self.open = Some(Open { context_id, command, exchange });
        match data_set {
            DataSetType::Present => Ok(()),
            DataSetType::Absent => self.answer(wire).await,
        }
    }

    async fn write(&mut self, bytes: Bytes) {
        if let Some(open) = &mut self.open {
            open.exchange.write(bytes).await;
        }
    }

    async fn answer(&mut self, wire: &mut Wire) -> Result<(), End> {
        let Some(Open { context_id, command, exchange }) = self.open.take() else { return Ok(()) };
        let status = exchange.finish().await;
        let Some(answer) = command.answer(status) else { return Ok(()) };
        let pdv = Pdv { context_id, is_command: true, is_last: true, bytes: answer.encode().into() };
        let mut bytes = Vec::with_capacity(256);
        write_pdata(&pdv, self.peer_max_pdu, &mut bytes);
        let sent = timeout(self.shared.config.idle_timeout(), wire.send_bytes(&bytes)).await;
        Ok(sent.map_err(|_| End::Silent)??)
    }
}
