//! C-MOVE and C-GET (PS3.4 C.4.2, C.4.3): what a peer holds goes to a title that it knows, or comes on the same association.

use super::{
    association::{Association, answers},
    error::Error,
    identifier::{FIND, GET, Identifier, MOVE},
    negotiate::{Proposed, Roles},
    storage_classes,
};
use crate::services::{Answer, Called, Exchange, Gone, Request, Service, Silence};
use dimse::{
    Category, Command, DataSetType, Event, GetRequest, MAX_CONTEXTS, MoveRequest, Priority, RetrieveResponse, Status,
    SubOperations,
};
use imaging_domain::{AeTitle, SopClassUid, transfer_syntax};

const STORAGE: &str = "1.2.840.10008.5.1.4.1.1.";

/// How a retrieval ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retrieved {
    /// What the peer says of the whole.
    pub status: Status,
    /// The last numbers of sub-operations that it told.
    pub counts: SubOperations,
    /// How many instances came on this association and were stored; none by C-MOVE.
    pub stored: u64,
}

/// The contexts of C-GET: the model, that of C-FIND, and storage that we provide. With `classes`, what a study is known to have, each
/// pair of class and transfer syntax has a context of its own, so that what is compressed comes as it is stored; without,
/// the usual classes in plain little endian.
pub fn get_contexts(classes: &[String]) -> Vec<Proposed> {
    let mut contexts: Vec<_> = [GET, FIND].map(|model| Proposed::new(model, [transfer_syntax::IMPLICIT_LITTLE])).into();
    let provided = |proposed: Proposed| Proposed { roles: Roles::Provider, ..proposed };
    if classes.is_empty() {
        let usual = storage_classes::USUAL.iter().map(|class| Proposed::plain(&format!("{STORAGE}{class}")));
        contexts.extend(usual.map(provided));
    } else {
        contexts.extend(classes.iter().map(|class| provided(Proposed::plain(class))));
        let syntaxes = transfer_syntax::TABLE.iter().map(|row| row.uid);
        let coded: Vec<_> = syntaxes
            .filter(|uid| ![transfer_syntax::IMPLICIT_LITTLE, transfer_syntax::EXPLICIT_LITTLE].contains(uid))
            .collect();
        // the usual syntaxes of every class before the rare ones of any
        for syntax in coded {
            contexts.extend(classes.iter().map(|class| provided(Proposed::new(class, [syntax]))));
        }
    }
    contexts.truncate(MAX_CONTEXTS);
    contexts
}

impl Association {
    /// C-MOVE in the study root: the peer sends to `destination`. `told` hears each time how far it is.
    ///
    /// # Errors
    /// [`Error::NotAccepted`], or what breaks the association.
    pub async fn move_to(
        &mut self,
        destination: &AeTitle,
        what: &Identifier,
        mut told: impl FnMut(SubOperations),
    ) -> Result<Retrieved, Error> {
        let context_id = self.context_of(MOVE)?;
        let message_id = self.message_id();
        let (priority, sop_class) = (Priority::Medium, class(MOVE)?);
        let request = MoveRequest { message_id, priority, sop_class, destination: destination.clone() };
        self.send_command(context_id, &Command::MoveRequest(request)).await?;
        self.send_identifier(context_id, what).await?;
        let mut counts = SubOperations::default();
        loop {
            let Event::Command { command, .. } = self.event().await? else {
                return Err(Error::Unexpected("data without a message"));
            };
            if let Some(status) = self.progress(command, message_id, &mut counts).await? {
                return Ok(Retrieved { status, counts, stored: 0 });
            }
            told(counts);
        }
    }

    /// C-GET in the study root: instances come on this association, which must have been opened with [`get_contexts`],
    /// and go to `store`.
    ///
    /// # Errors
    /// [`Error::NotAccepted`], or what breaks the association. Instances that could not be stored are no error: the peer
    /// is told, and counts them.
    pub async fn get(&mut self, what: &Identifier, store: &dyn Service) -> Result<Retrieved, Error> {
        let context_id = self.context_of(GET)?;
        let message_id = self.message_id();
        let request = GetRequest { message_id, priority: Priority::Medium, sop_class: class(GET)? };
        self.send_command(context_id, &Command::GetRequest(request)).await?;
        self.send_identifier(context_id, what).await?;
        let (mut counts, mut stored) = (SubOperations::default(), 0);
        loop {
            let Event::Command { context_id, command } = self.event().await? else {
                return Err(Error::Unexpected("data without a message"));
            };
            if command.field() == dimse::CommandField::CStoreRq {
                let status = self.take(context_id, &command, store).await?;
                stored += u64::from(status.is_done());
            } else if let Some(status) = self.progress(command, message_id, &mut counts).await? {
                return Ok(Retrieved { status, counts, stored });
            }
        }
    }

    /// Takes an answer of the retrieval; its status when it is the last.
    async fn progress(
        &mut self,
        command: Command,
        message_id: u16,
        counts: &mut SubOperations,
    ) -> Result<Option<Status>, Error> {
        let Command::RetrieveResponse(RetrieveResponse { status, data_set, counts: now, .. }) = &command else {
            return Err(Error::Unexpected("an answer to something else"));
        };
        if !answers(&command, message_id) {
            return Err(Error::Unexpected("an answer to something else"));
        }
        *counts = *now;
        if *data_set == DataSetType::Present {
            // the Failed SOP Instance UID List: what did not come is seen by what came
            self.identifier().await?;
        }
        Ok((status.category() != Category::Pending).then_some(*status))
    }

    /// An instance that comes, from its command to its answer.
    async fn take(&mut self, context_id: u8, command: &Command, store: &dyn Service) -> Result<Status, Error> {
        let context = self.contexts.get(&context_id).ok_or(dimse::Error::ForeignContext)?;
        let request = Request { peer: &self.peer, called: Called::Hospital, context, outbox: None, command };
        let mut exchange: Box<dyn Exchange> = store.begin(request).await;
        loop {
            match self.event().await? {
                Event::Data(bytes) => exchange.write(bytes).await,
                Event::DataEnd(bytes) => {
                    exchange.write(bytes).await;
                    break;
                }
                Event::Incomplete | Event::Command { .. } => {
                    return Err(Error::Unexpected("a message inside of another"));
                }
            }
        }
        let status = match exchange.finish(&mut Silence).await {
            Ok(Answer::Status(status)) => status,
            Ok(Answer::Whole(..)) | Err(Gone) => Status::PROCESSING_FAILURE,
        };
        if let Some(answer) = command.answer(status) {
            self.send_command(context_id, &answer).await?;
        }
        Ok(status)
    }
}

fn class(uid: &str) -> Result<SopClassUid, Error> {
    SopClassUid::parse(uid).map_err(|_| Error::Unexpected("no class"))
}
