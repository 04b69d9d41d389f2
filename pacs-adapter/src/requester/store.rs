//! C-STORE (PS3.4 annex B): a data set goes out while it is read.

use super::{association::Association, error::Error};
use archive::Body;
use bytes::BytesMut;
use dimse::{Command, PDV_HEADER, Pdv, Priority, Status, StoreRequest, pdata_header};
use futures_util::TryStreamExt;
use imaging_domain::{AeTitle, InstanceUid, SopClassUid};

/// What is said of an instance that is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// SOP Class UID.
    pub sop_class: SopClassUid,
    /// SOP Instance UID.
    pub sop_instance: InstanceUid,
    /// Transfer syntax UID of the bytes that are sent.
    pub transfer_syntax: String,
    /// Who asked for the C-MOVE that this is part of, and its message id.
    pub move_originator: Option<(AeTitle, u16)>,
}

impl Association {
    /// C-STORE. `data_set` has the bytes of the data set, without file meta information: see
    /// [`data_set_of`](crate::data_set_of).
    ///
    /// # Errors
    /// [`Error::NotAccepted`] when the peer takes no such instance, [`Error::Reading`], or what breaks the association.
    pub async fn store(&mut self, outgoing: &Outgoing, data_set: Body) -> Result<Status, Error> {
        let Outgoing { sop_class, sop_instance, transfer_syntax, move_originator } = outgoing;
        let fits = |context: &crate::Context| {
            context.abstract_syntax == sop_class.as_str() && context.transfer_syntax == *transfer_syntax
        };
        let context_id = self.contexts.iter().find(|(_, context)| fits(context)).map(|(id, _)| *id);
        let context_id = context_id.ok_or_else(|| Error::NotAccepted(format!("{sop_class} in {transfer_syntax}")))?;
        let message_id = self.message_id();
        let request = StoreRequest {
            message_id,
            priority: Priority::Medium,
            sop_class: sop_class.clone(),
            sop_instance: sop_instance.clone(),
            move_originator: move_originator.clone(),
        };
        self.send_command(context_id, &Command::StoreRequest(request)).await?;
        self.send_data_set(context_id, data_set).await?;
        let answer = self.answer_to(message_id).await?;
        answer.status().ok_or(Error::Unexpected("an answer without a status"))
    }

    /// Fragments as long as the peer takes them. One is held back until there is more, because the last must say so.
    async fn send_data_set(&mut self, context_id: u8, mut data_set: Body) -> Result<(), Error> {
        let most = self.max_pdu - PDV_HEADER;
        let mut pdv = Pdv { context_id, is_command: false, is_last: false, bytes: bytes::Bytes::new() };
        let mut out = BytesMut::new();
        let mut held = BytesMut::new();
        while let Some(piece) = data_set.try_next().await.map_err(Error::Reading)? {
            held.extend_from_slice(&piece);
            while held.len() > most {
                out.extend_from_slice(&pdata_header(&pdv, most));
                out.extend_from_slice(&held.split_to(most));
            }
            if !out.is_empty() {
                self.send_bytes(&out).await?;
                out.clear();
            }
        }
        pdv.is_last = true;
        out.extend_from_slice(&pdata_header(&pdv, held.len()));
        out.extend_from_slice(&held);
        self.send_bytes(&out).await
    }
}
