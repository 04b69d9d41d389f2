//! C-GET (PS3.4 C.4.3): instances go to the asker on its own association.

use super::{
    Answer, Context, Conversation, Exchange, Gone, Refused, Request, Service, Stored,
    houses::{House, Houses},
    identifier::Gathered,
    progress::{Asked, Progress},
    retrieval::{Receiver, Wanted},
};
use crate::{
    images::{Given, Listed},
    query::{Identifier, Wrong},
};
use async_trait::async_trait;
use bytes::Bytes;
use dimse::{Command, CommandField, Priority, QueryClass, Remark, Retrieval, Root, Status, StoreRequest};
use futures_util::StreamExt;
use imaging_domain::{Level, Principal, SopClassUid};

/// The Retrieve service by C-GET, over the images of each title.
#[derive(Clone)]
pub struct Get {
    houses: Houses,
}

impl Get {
    /// Retrieves from these.
    pub fn new(houses: Houses) -> Self {
        Self { houses }
    }
}

#[async_trait]
impl Service for Get {
    fn field(&self) -> CommandField {
        CommandField::CGetRq
    }

    async fn begin(&self, request: Request<'_>) -> Box<dyn Exchange> {
        let Command::GetRequest(get) = request.command else {
            return Box::new(Refused(Status::DATA_SET_MISMATCH));
        };
        let class = QueryClass::of(&request.context.abstract_syntax);
        let class = class.filter(|class| class.operation == CommandField::CGetRq);
        let (Some(class), Some(house)) = (class, self.houses.of(request.called)) else {
            return Box::new(Refused(Status::SOP_CLASS_NOT_SUPPORTED));
        };
        let asked = Asked {
            operation: Retrieval::Get,
            message_id: get.message_id,
            sop_class: get.sop_class.clone(),
            transfer_syntax: request.context.transfer_syntax.clone(),
        };
        let (house, who, context) = (house.clone(), request.peer.clone(), request.context.clone());
        Box::new(Getting { house, who, root: class.root, context, asked, identifier: Gathered::default() })
    }
}

struct Getting {
    house: House,
    who: Principal,
    root: Root,
    context: Context,
    asked: Asked,
    identifier: Gathered,
}

impl Getting {
    fn wanted(&self) -> Result<Wanted, Wrong> {
        let identifier = Identifier::read(self.identifier.bytes(), &self.context.transfer_syntax, self.root)?;
        Wanted::of(&identifier)
    }

    async fn send(&self, listed: Vec<Listed>, level: Level, peer: &mut dyn Conversation) -> Result<Answer, Gone> {
        let receiver = Receiver::new(peer.contexts());
        let instances = listed.iter().filter_map(|one| one.scope.instance.clone());
        let mut progress = Progress::new(self.asked.clone(), instances);
        let mut giving = self.house.images.give(&self.who, listed, level, receiver.wanted_form());
        loop {
            if peer.is_cancelled().await? {
                return Ok(progress.end(true));
            }
            match giving.next().await {
                Some(Ok(given)) if progress.is_open(&given.sop_instance) => {
                    let instance = given.sop_instance.clone();
                    let status = one(given, &receiver, peer).await?;
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
}

/// One sub-operation.
async fn one(given: Given, receiver: &Receiver, peer: &mut dyn Conversation) -> Result<Status, Gone> {
    let Given { sop_class, sop_instance, transfer_syntax, data_set } = given;
    let context = receiver.context(&sop_class, &transfer_syntax);
    let (Some(context), Ok(sop_class)) = (context, SopClassUid::parse(&sop_class)) else {
        tracing::info!(%sop_class, %transfer_syntax, "the asker takes no such instance");
        return Ok(Status::SOP_CLASS_NOT_SUPPORTED);
    };
    let (message_id, priority, move_originator) = (0, Priority::Medium, None);
    let request = StoreRequest { message_id, priority, sop_class, sop_instance, move_originator };
    let status = match peer.store(context, request, data_set).await? {
        Stored::Answered(status) => status,
        Stored::Unread(error) => {
            tracing::warn!(%error, "an instance cannot be read");
            Status::PROCESSING_FAILURE
        }
    };
    let outcome = if status.is_done() { "stored" } else { "failed" };
    metrics::counter!("dimse_retrieve_instances_total", "by" => "get", "outcome" => outcome).increment(1);
    Ok(status)
}

#[async_trait]
impl Exchange for Getting {
    async fn write(&mut self, bytes: Bytes) {
        self.identifier.add(&bytes);
    }

    async fn finish(self: Box<Self>, peer: &mut dyn Conversation) -> Result<Answer, Gone> {
        let wanted = match self.wanted() {
            Ok(wanted) => wanted,
            Err(wrong) => return Ok(self.asked.refused(wrong.status, wrong.remark())),
        };
        let level = wanted.level;
        match wanted.list(&self.house, &self.who).await {
            Ok(listed) => self.send(listed, level, peer).await,
            Err(status) => Ok(self.asked.refused(status, Remark::default())),
        }
    }
}
