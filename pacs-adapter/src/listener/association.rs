//! One association from its request to its end (PS3.8 9.2, as the accepting side).

use super::{
    Shared,
    end::End,
    line::{Heard, Line},
    negotiate::{Agreed, busy, negotiate},
    reporting::Reporting,
    talk::Talk,
};
use crate::{
    peers::{Caller, Fingerprint},
    services::{Answer, Called, Context, Exchange, Request},
    upper_layer::{Received, Stream, Wire},
};
use bytes::Bytes;
use dicom_ul::pdu::{AssociationRQ, Pdu};
use dimse::{Command, DataSetType, Event};
use imaging_domain::Principal;
use std::{collections::HashMap, net::SocketAddr};
use tokio::time::timeout;

/// Serves a connection until it ends.
pub(crate) async fn serve(stream: Stream, peer: SocketAddr, shared: &Shared) {
    let certificate = stream.certificate().map(Fingerprint::of);
    let mut wire = Wire::new(stream, shared.config.max_pdu());
    let agreed = match associate(&mut wire, peer, certificate, shared).await {
        Ok(agreed) => agreed,
        Err(end) => {
            end.log(peer);
            return end.close(wire).await;
        }
    };
    let Agreed { calling, called, contexts, peer_max_pdu, .. } = agreed;
    let line = Line::new(wire, contexts.keys().copied(), peer_max_pdu, shared);
    let who = Principal::LocalPeer { ae: calling, addr: peer.ip().to_canonical() };
    let reporting = Reporting::new();
    let mut association = Association { shared, who, called, contexts, line, open: None, reporting };
    let end = association.messages().await;
    end.log(peer);
    end.close(association.line.wire).await;
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
    end.close(wire).await;
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

async fn associate(
    wire: &mut Wire,
    peer: SocketAddr,
    certificate: Option<Fingerprint>,
    shared: &Shared,
) -> Result<Agreed, End> {
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
    wire.send(&agreed.answer.clone().into()).await?;
    metrics::counter!("dimse_associations_total", "outcome" => "accepted").increment(1);
    tracing::debug!(%peer, ae = %agreed.calling, contexts = agreed.contexts.len(), "association accepted");
    Ok(agreed)
}

/// A request whose data set is still coming.
struct Open {
    context_id: u8,
    command: Command,
    exchange: Box<dyn Exchange>,
}

struct Association<'a> {
    shared: &'a Shared,
    who: Principal,
    called: Called,
    contexts: HashMap<u8, Context>,
    line: Line,
    open: Option<Open>,
    reporting: Reporting,
}

impl Association<'_> {
    async fn messages(&mut self) -> End {
        loop {
            let may_report = self.open.is_none() && self.line.is_idle();
            let heard = tokio::select! {
                heard = self.line.hear() => heard,
                Some(notice) = self.reporting.next(), if may_report => {
                    if let Err(end) = self.reporting.tell(notice, &mut self.line).await {
                        return end;
                    }
                    continue;
                }
            };
            let heard = match heard {
                Ok(heard) => heard,
                Err(end) => return end,
            };
            let Heard::Event(event) = heard else {
                return self.line.wire.send(&Pdu::ReleaseRP).await.map_or_else(End::Failed, |()| End::Released);
            };
            if let Err(end) = self.event(event).await {
                return end;
            }
        }
    }

    async fn event(&mut self, event: Event) -> Result<(), End> {
        match event {
            Event::Incomplete => Ok(()),
            Event::Command { context_id, command } => self.command(context_id, command).await,
            Event::Data(bytes) => {
                self.write(bytes).await;
                Ok(())
            }
            Event::DataEnd(bytes) => {
                self.write(bytes).await;
                self.answer().await
            }
        }
    }

    async fn command(&mut self, context_id: u8, command: Command) -> Result<(), End> {
        if let Command::EventReportResponse(answer) = &command {
            self.reporting.answered(answer);
            return Ok(());
        }
        let context = self.contexts.get(&context_id).ok_or(dimse::Error::ForeignContext)?;
        let outbox = self.reporting.outbox(context_id, context);
        let (peer, outbox) = (&self.who, Some(&outbox));
        let request = Request { peer, called: self.called, context, outbox, command: &command };
        let exchange = self.shared.services.begin(request).await;
        let data_set = command.data_set();
        self.open = Some(Open { context_id, command, exchange });
        match data_set {
            DataSetType::Present => Ok(()),
            DataSetType::Absent => self.answer().await,
        }
    }

    async fn write(&mut self, bytes: Bytes) {
        if let Some(open) = &mut self.open {
            open.exchange.write(bytes).await;
        }
    }

    async fn answer(&mut self) -> Result<(), End> {
        let Some(Open { context_id, command, exchange }) = self.open.take() else { return Ok(()) };
        let message = (context_id, command.message_id());
        let mut talk = Talk::new((&mut self.line, &mut self.reporting), &self.contexts, message);
        let answer = exchange.finish(&mut talk).await;
        if let Some(end) = talk.end() {
            return Err(end);
        }
        let (answer, data_set) = match answer {
            // who says that nothing can be said any more has heard it from the talk
            Err(_) => return Err(End::Unexpected),
            Ok(Answer::Status(status)) => (command.answer(status), None),
            Ok(Answer::Whole(answer, data_set)) => (Some(*answer), data_set),
        };
        match answer {
            Some(answer) => self.line.say(context_id, &answer, data_set).await,
            None => Ok(()),
        }
    }
}
