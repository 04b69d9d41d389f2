//! The peer while one of its requests is answered: the only things that it may say are that the request is to be given up,
//! what became of an instance that was sent to it, and its answer to a report (PS3.7 9.1: one operation at a time).

use super::{
    end::End,
    line::{Heard, Line},
    reporting::Reporting,
};
use crate::services::{Context, Conversation, DataSetBytes, Gone, Stored};
use archive::Error;
use async_trait::async_trait;
use bytes::Bytes;
use dimse::{Command, Event, Status, StoreRequest};
use futures_util::TryStreamExt;
use std::collections::HashMap;

pub(crate) struct Talk<'a> {
    line: &'a mut Line,
    /// Who hears the answer to a report that was on its way when the request came.
    reporting: &'a mut Reporting,
    contexts: &'a HashMap<u8, Context>,
    context_id: u8,
    message_id: u16,
    /// Message ID of the last sub-operation.
    sub_operation: u16,
    is_cancelled: bool,
    end: Option<End>,
}

/// What may be heard.
enum Word {
    Nothing,
    Cancel,
    Stored(u16, Status),
}

impl<'a> Talk<'a> {
    /// About the request of this context and Message ID.
    pub(super) fn new(
        (line, reporting): (&'a mut Line, &'a mut Reporting),
        contexts: &'a HashMap<u8, Context>,
        (context_id, message_id): (u8, u16),
    ) -> Self {
        let (sub_operation, is_cancelled, end) = (0, false, None);
        Self { line, reporting, contexts, context_id, message_id, sub_operation, is_cancelled, end }
    }

    /// How the association ended meanwhile, if it did.
    pub(crate) fn end(self) -> Option<End> {
        self.end
    }

    fn gone<T>(&mut self, done: Result<T, End>) -> Result<T, Gone> {
        done.map_err(|end| {
            self.end = Some(end);
            Gone
        })
    }

    fn take(&mut self, heard: Heard) -> Result<Word, End> {
        match heard {
            Heard::Event(Event::Incomplete) => Ok(Word::Nothing),
            Heard::Event(Event::Command { command, .. }) => match command {
                // one that names another request came too late for that one
                Command::CancelRequest(cancel) => {
                    self.is_cancelled |= cancel.message_id == self.message_id;
                    Ok(Word::Cancel)
                }
                Command::StoreResponse(answer) => Ok(Word::Stored(answer.message_id, answer.status)),
                Command::EventReportResponse(answer) => {
                    self.reporting.answered(&answer);
                    Ok(Word::Nothing)
                }
                Command::Generic(answer) if answer.field == dimse::CommandField::CStoreRsp => {
                    let status = answer.status.unwrap_or(Status::PROCESSING_FAILURE);
                    Ok(Word::Stored(answer.message_id, status))
                }
                _ => Err(End::Unexpected),
            },
            Heard::Event(_) | Heard::Release => Err(End::Unexpected),
        }
    }

    async fn sent(&mut self, context_id: u8, request: StoreRequest, body: DataSetBytes) -> Result<Stored, End> {
        let mut body = body;
        let mut piece = match next(&mut body).await {
            Ok(piece) => piece.unwrap_or_default(),
            Err(error) => return Ok(Stored::Unread(error)),
        };
        self.sub_operation = self.sub_operation.wrapping_add(1);
        let message_id = self.sub_operation;
        self.line.say(context_id, &Command::StoreRequest(StoreRequest { message_id, ..request }), None).await?;
        while let Some(following) = next(&mut body).await.map_err(End::Broken)? {
            self.line.say_piece(context_id, std::mem::replace(&mut piece, following), false).await?;
        }
        self.line.say_piece(context_id, piece, true).await?;
        loop {
            let heard = self.line.hear().await?;
            match self.take(heard)? {
                Word::Stored(id, status) if id == message_id => return Ok(Stored::Answered(status)),
                Word::Stored(..) => return Err(End::Unexpected),
                Word::Nothing | Word::Cancel => {}
            }
        }
    }
}

/// The next bytes that are any.
async fn next(body: &mut DataSetBytes) -> Result<Option<Bytes>, Error> {
    while let Some(piece) = body.try_next().await? {
        if !piece.is_empty() {
            return Ok(Some(piece));
        }
    }
    Ok(None)
}

#[async_trait]
impl Conversation for Talk<'_> {
    async fn say(&mut self, answer: &Command, data_set: Option<Bytes>) -> Result<(), Gone> {
        let said = self.line.say(self.context_id, answer, data_set).await;
        self.gone(said)
    }

    async fn cancelled(&mut self) -> Result<(), Gone> {
        while !self.is_cancelled {
            let heard = self.line.overhear().await;
            let word = heard.and_then(|heard| self.take(heard)).and_then(|word| match word {
                Word::Stored(..) => Err(End::Unexpected),
                Word::Nothing | Word::Cancel => Ok(()),
            });
            self.gone(word)?;
        }
        Ok(())
    }

    fn contexts(&self) -> Vec<(u8, Context)> {
        let mut contexts: Vec<_> = self.contexts.iter().map(|(id, context)| (*id, context.clone())).collect();
        contexts.sort_by_key(|(id, _)| *id);
        contexts
    }

    async fn store(&mut self, context_id: u8, request: StoreRequest, data_set: DataSetBytes) -> Result<Stored, Gone> {
        let sent = self.sent(context_id, request, data_set).await;
        self.gone(sent)
    }
}
