//! A retrieval from its identifier to its last answer, whoever the instances go to.

use super::{
    Answer, Conversation, Gone, Request,
    houses::{House, Houses},
    identifier::Gathered,
    progress::{Asked, Progress},
    retrieval::{Receiver, Wanted},
};
use crate::{
    images::{Given, Listed},
    query::{Identifier, Wrong},
    status::comment_of,
};
use async_trait::async_trait;
use dimse::{CommandField, QueryClass, Retrieval, Root, Status};
use futures_util::StreamExt;
use imaging_domain::{Level, Principal, SopClassUid};

/// A retrieval that was asked for.
pub(super) struct Retrieving {
    pub(super) house: House,
    pub(super) who: Principal,
    pub(super) asked: Asked,
    pub(super) identifier: Gathered,
    root: Root,
}

/// To whom the instances go.
#[async_trait]
pub(super) trait Target: Send {
    /// What it takes.
    fn receiver(&self) -> &Receiver;

    /// Sends one; the status of its receiver, or of what went wrong.
    async fn store(&mut self, given: Given, peer: &mut dyn Conversation) -> Result<Status, Gone>;
}

/// What was asked for: instances, and at which level.
pub(super) type Instances = (Vec<Listed>, Level);

impl Retrieving {
    /// A request on a context of its own SOP class; `None` on any other.
    pub(super) fn begin(houses: &Houses, request: Request<'_>, class: &SopClassUid, of: Retrieval) -> Option<Self> {
        let field = match of {
            Retrieval::Get => CommandField::CGetRq,
            Retrieval::Move => CommandField::CMoveRq,
        };
        let known = QueryClass::of(&request.context.abstract_syntax).filter(|known| known.operation == field)?;
        let asked = Asked {
            operation: of,
            message_id: request.command.message_id(),
            sop_class: class.clone(),
            transfer_syntax: request.context.transfer_syntax.clone(),
        };
        let (house, who) = (houses.of(request.called)?.clone(), request.peer.clone());
        Some(Self { house, who, asked, identifier: Gathered::default(), root: known.root })
    }

    fn wanted(&self) -> Result<Wanted, Wrong> {
        Wanted::of(&Identifier::read(self.identifier.bytes(), &self.asked.transfer_syntax, self.root)?)
    }

    /// The instances that the identifier asks for.
    ///
    /// # Errors
    /// The answer that tells why there are none.
    pub(super) async fn instances(&self) -> Result<Instances, Answer> {
        let wanted = self.wanted().map_err(|wrong| self.asked.refused(wrong.status, wrong.remark()))?;
        let level = wanted.level;
        let listed = wanted.list(&self.house, &self.who).await;
        Ok((listed.map_err(|status| self.asked.refused(status, comment_of(status)))?, level))
    }

    /// What is told of instances of which none was sent.
    pub(super) fn none_sent(&self, (listed, _): &Instances) -> Answer {
        self.progress(listed).end(false)
    }

    fn progress(&self, listed: &[Listed]) -> Progress {
        Progress::new(self.asked.clone(), listed.iter().filter_map(|one| one.scope.instance.clone()))
    }

    /// Sends one after the other, telling each time how far it is, until the asker gives up.
    pub(super) async fn send(
        &self,
        (listed, level): Instances,
        target: &mut dyn Target,
        peer: &mut dyn Conversation,
    ) -> Result<Answer, Gone> {
        let mut progress = self.progress(&listed);
        let mut giving = self.house.images.give(&self.who, listed, level, target.receiver().wanted_form());
        loop {
            let next = tokio::select! {
                biased;
                cancelled = peer.cancelled() => return cancelled.map(|()| progress.end(true)),
                next = giving.next() => next,
            };
            match next {
                Some(Ok(given)) if progress.is_open(&given.sop_instance) => {
                    let instance = given.sop_instance.clone();
                    let status = target.store(given, peer).await?;
                    self.count(status);
                    progress.add(&instance, status);
                    peer.say(&progress.pending(), None).await?;
                }
                Some(Ok(_)) => {}
                // which instances did not come is seen at the end
                Some(Err(error)) => tracing::warn!(%error, "what was asked for cannot be read"),
                None => return Ok(progress.end(false)),
            }
        }
    }

    fn count(&self, status: Status) {
        let by = match self.asked.operation {
            Retrieval::Get => "get",
            Retrieval::Move => "move",
        };
        let outcome = if status.is_done() { "stored" } else { "failed" };
        metrics::counter!("dimse_retrieve_instances_total", "by" => by, "outcome" => outcome).increment(1);
    }
}
