//! C-FIND (PS3.4 C.4.1): results are said one after the other, while they are found.

use super::{
    Answer, Context, Conversation, Exchange, Gone, Refused, Request, Service,
    houses::{House, Houses},
    identifier::Gathered,
};
use crate::{
    query::{Answers, Identifier, Question, Wrong},
    status::{comment_of, status_of_query},
};
use async_trait::async_trait;
use bytes::Bytes;
use dimse::{Command, CommandField, DataSetType, FindRequest, FindResponse, QueryClass, Remark, Root, Status};
use futures_util::TryStreamExt;
use imaging_domain::Principal;

/// The Query service, over the images of each title.
#[derive(Clone)]
pub struct Find {
    houses: Houses,
}

impl Find {
    /// Finds in these.
    pub fn new(houses: Houses) -> Self {
        Self { houses }
    }
}

#[async_trait]
impl Service for Find {
    fn field(&self) -> CommandField {
        CommandField::CFindRq
    }

    async fn begin(&self, request: Request<'_>) -> Box<dyn Exchange> {
        let Command::FindRequest(find) = request.command else {
            return Box::new(Refused(Status::DATA_SET_MISMATCH));
        };
        let class = QueryClass::of(&request.context.abstract_syntax);
        let class = class.filter(|class| class.operation == CommandField::CFindRq);
        let (Some(class), Some(house)) = (class, self.houses.of(request.called)) else {
            return Box::new(Refused(Status::SOP_CLASS_NOT_SUPPORTED));
        };
        Box::new(Finding {
            house: house.clone(),
            who: request.peer.clone(),
            root: class.root,
            context: request.context.clone(),
            request: find.clone(),
            identifier: Gathered::default(),
        })
    }
}

struct Finding {
    house: House,
    who: Principal,
    root: Root,
    context: Context,
    request: FindRequest,
    identifier: Gathered,
}

impl Finding {
    fn response(&self, status: Status, data_set: DataSetType, remark: Remark) -> Command {
        let FindRequest { message_id, sop_class, .. } = self.request.clone();
        Command::FindResponse(FindResponse { message_id, sop_class: Some(sop_class), status, data_set, remark })
    }

    fn question(&self) -> Result<Question, Wrong> {
        let identifier = Identifier::read(self.identifier.bytes(), &self.context.transfer_syntax, self.root)?;
        Question::of(identifier, self.context.extended)
    }

    /// Says what is found; gives the last answer.
    async fn answer(&self, question: Question, peer: &mut dyn Conversation) -> Result<Answer, Gone> {
        let mut answers = Answers::to(&question, &self.context.transfer_syntax, self.house.title.clone());
        let pending = if question.has_unmatched { Status::PENDING_WITH_WARNING } else { Status::PENDING };
        let pending = self.response(pending, DataSetType::Present, Remark::default());
        let mut matches = self.house.images.search(&self.who, question.query);
        let mut said = 0_u64;
        loop {
            let next = tokio::select! {
                biased;
                cancelled = peer.cancelled() => return cancelled.map(|()| Status::CANCEL.into()),
                next = matches.try_next() => next,
            };
            match next {
                Ok(Some(result)) => {
                    let Some(identifier) = answers.write(&result) else { continue };
                    peer.say(&pending, Some(identifier.into())).await?;
                    said += 1;
                }
                Ok(None) => {
                    metrics::counter!("dimse_find_matches_total").increment(said);
                    return Ok(Status::SUCCESS.into());
                }
                Err(error) => {
                    let status = status_of_query(&error);
                    tracing::warn!(%error, source = std::error::Error::source(&error), %status, "query failed");
                    let refusal = self.response(status, DataSetType::Absent, comment_of(status));
                    return Ok(Answer::Whole(Box::new(refusal), None));
                }
            }
        }
    }
}

#[async_trait]
impl Exchange for Finding {
    async fn write(&mut self, bytes: Bytes) {
        self.identifier.add(&bytes);
    }

    async fn finish(self: Box<Self>, peer: &mut dyn Conversation) -> Result<Answer, Gone> {
        match self.question() {
            Ok(question) => self.answer(question, peer).await,
            Err(wrong) => {
                let refusal = self.response(wrong.status, DataSetType::Absent, wrong.remark());
                Ok(Answer::Whole(Box::new(refusal), None))
            }
        }
    }
}
