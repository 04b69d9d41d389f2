//! An association as its requestor (PS3.8 9.2).

use super::{
    meta::FileMeta,
    source::{DataSet, Source},
};
use anyhow::{Context, Result, bail, ensure};
use bytes::{Buf, Bytes, BytesMut};
use dicom_ul::pdu::{
    AssociationAC, AssociationRQ, Pdu, PresentationContextProposed, PresentationContextResultReason, UserVariableItem,
    read_pdu, write_pdu,
};
use dimse::{
    APPLICATION_CONTEXT, Assembler, Command, EchoRequest, Event, MAX_CONTEXTS, MIN_PDU, PDU_HEADER, PDV_HEADER, Pdv,
    Pdvs, Priority, Status, StoreRequest, VERIFICATION, pdata_header, write_pdata,
};
use imaging_domain::transfer_syntax;
use std::{collections::HashMap, net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// The longest fragment sent, when the peer takes any length.
const MAX_PDU: usize = 256 * 1024;
/// The most bytes of one PDU of the peer.
const MAX_ANSWER: usize = 256 * 1024;
const P_DATA: u8 = 0x04;

/// Whom to send to, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Where it listens.
    pub address: SocketAddr,
    /// Calling application entity title.
    pub calling_ae: String,
    /// Called application entity title.
    pub called_ae: String,
    /// How long to wait for the connection and for each answer.
    pub timeout: Duration,
}

impl Peer {
    /// With a minute of patience.
    pub fn new(address: SocketAddr, calling_ae: &str, called_ae: &str) -> Self {
        let timeout = Duration::from_secs(60);
        Self { address, calling_ae: calling_ae.to_owned(), called_ae: called_ae.to_owned(), timeout }
    }
}

/// A presentation context with its one transfer syntax.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProposedContext {
    /// Abstract syntax UID.
    pub abstract_syntax: String,
    /// Transfer syntax UID.
    pub transfer_syntax: String,
}

impl ProposedContext {
    /// The context that a file needs.
    pub fn of(meta: &FileMeta) -> Self {
        Self { abstract_syntax: meta.sop_class.as_str().to_owned(), transfer_syntax: meta.transfer_syntax.clone() }
    }

    /// The context of C-ECHO.
    pub fn verification() -> Self {
        Self { abstract_syntax: VERIFICATION.to_owned(), transfer_syntax: transfer_syntax::IMPLICIT_LITTLE.to_owned() }
    }
}

/// An open association. Dropped without [`release`](Self::release) it is a lost connection to the peer.
pub struct Association {
    stream: TcpStream,
    buffer: BytesMut,
    timeout: Duration,
    contexts: HashMap<ProposedContext, u8>,
    assembler: Assembler,
    max_pdu: usize,
    next_message: u16,
}

impl Association {
    /// Connects and proposes `contexts`.
    ///
    /// # Errors
    /// When there are more than 128 contexts, nobody listens, or the peer rejects the association.
    pub async fn open(peer: &Peer, contexts: &[ProposedContext]) -> Result<Self> {
        ensure!(contexts.len() <= MAX_CONTEXTS, "more than {MAX_CONTEXTS} presentation contexts");
        let stream = timeout(peer.timeout, TcpStream::connect(peer.address)).await.context("connecting")??;
        stream.set_nodelay(true)?;
        let mut association = Self {
            stream,
            buffer: BytesMut::new(),
            timeout: peer.timeout,
            contexts: HashMap::new(),
            assembler: Assembler::new([]),
            max_pdu: MAX_PDU,
            next_message: 1,
        };
        association.send(&Pdu::AssociationRQ(request(peer, contexts))).await?;
        match association.receive().await? {
            Pdu::AssociationAC(answer) => association.agree(contexts, &answer),
            Pdu::AssociationRJ(rejection) => bail!("association rejected: {}", rejection.source),
            other => bail!("no answer to the association request but {}", name(&other)),
        }
        Ok(association)
    }

    fn agree(&mut self, contexts: &[ProposedContext], answer: &AssociationAC) {
        for result in &answer.presentation_contexts {
            let proposed = contexts.get(usize::from(result.id / 2));
            if let (PresentationContextResultReason::Acceptance, Some(context)) = (&result.reason, proposed) {
                self.contexts.insert(context.clone(), result.id);
            }
        }
        self.assembler = Assembler::new(self.contexts.values().copied());
        let lengths = answer.user_variables.iter().filter_map(|item| match item {
            UserVariableItem::MaxLength(length) if *length > 0 => Some(*length as usize),
            _ => None,
        });
        self.max_pdu = lengths.min().unwrap_or(MAX_PDU).clamp(MIN_PDU, MAX_PDU);
    }

    /// Whether the peer accepted this context.
    pub fn accepts(&self, context: &ProposedContext) -> bool {
        self.contexts.contains_key(context)
    }

    /// C-ECHO.
    ///
    /// # Errors
    /// When Verification was not accepted, or the association breaks.
    pub async fn echo(&mut self) -> Result<Status> {
        let context = ProposedContext::verification();
        let context_id = *self.contexts.get(&context).context("verification was not accepted")?;
        let message_id = self.message_id();
        self.command(context_id, &Command::EchoRequest(EchoRequest { message_id })).await?;
        self.answer(message_id).await
    }

    /// C-STORE of a data set. `None` when the peer accepted no context for it.
    ///
    /// # Errors
    /// When the association breaks.
    pub async fn store(&mut self, data_set: Bytes, meta: &FileMeta) -> Result<Option<Status>> {
        self.store_bytes(DataSet::Memory(data_set), meta).await
    }

    /// C-STORE of a file. `None` when the peer accepted no context for it.
    ///
    /// # Errors
    /// As [`store`](Self::store), and when the file cannot be read.
    pub async fn store_source(&mut self, source: &Source, meta: &FileMeta) -> Result<Option<Status>> {
        self.store_bytes(source.data_set(meta).await?, meta).await
    }

    async fn store_bytes(&mut self, mut data_set: DataSet, meta: &FileMeta) -> Result<Option<Status>> {
        let Some(&context_id) = self.contexts.get(&ProposedContext::of(meta)) else { return Ok(None) };
        let message_id = self.message_id();
        let store = StoreRequest {
            message_id,
            priority: Priority::Medium,
            sop_class: meta.sop_class.clone(),
            sop_instance: meta.sop_instance.clone(),
            move_originator: None,
        };
        self.command(context_id, &Command::StoreRequest(store)).await?;
        let most = self.max_pdu - PDV_HEADER;
        loop {
            let length = data_set.left().min(most as u64) as usize;
            let is_last = data_set.left() == length as u64;
            let pdv = Pdv { context_id, is_command: false, is_last, bytes: data_set.take(length).await? };
            let header = pdata_header(&pdv, length);
            self.write(Bytes::copy_from_slice(&header).chain(pdv.bytes)).await?;
            if is_last {
                return self.answer(message_id).await.map(Some);
            }
        }
    }

    /// A-RELEASE.
    ///
    /// # Errors
    /// When the peer does not answer it.
    pub async fn release(mut self) -> Result<()> {
        self.send(&Pdu::ReleaseRQ).await?;
        match self.receive().await? {
            Pdu::ReleaseRP => Ok(()),
            other => bail!("no answer to the release but {}", name(&other)),
        }
    }

    fn message_id(&mut self) -> u16 {
        let id = self.next_message;
        self.next_message = id.checked_add(1).unwrap_or(1);
        id
    }

    async fn command(&mut self, context_id: u8, command: &Command) -> Result<()> {
        let pdv = Pdv { context_id, is_command: true, is_last: true, bytes: command.encode().into() };
        let mut bytes = Vec::with_capacity(256);
        write_pdata(&pdv, self.max_pdu, &mut bytes);
        self.write(Bytes::from(bytes)).await
    }

    async fn answer(&mut self, message_id: u16) -> Result<Status> {
        loop {
            let (kind, body) = self.receive_bytes().await?;
            if kind != P_DATA {
                bail!("no answer but {}", decode(body).map_or("garbage", |pdu| name(&pdu)));
            }
            for pdv in Pdvs::new(body.slice(PDU_HEADER..)) {
                if let Event::Command { command, .. } = self.assembler.push(pdv?)? {
                    ensure!(command.message_id() == message_id, "an answer to another message");
                    return command.status().context("an answer without a status");
                }
            }
        }
    }

    async fn send(&mut self, pdu: &Pdu) -> Result<()> {
        let mut bytes = Vec::new();
        write_pdu(&mut bytes, pdu).context("writing a PDU")?;
        self.write(Bytes::from(bytes)).await
    }

    async fn write(&mut self, mut bytes: impl Buf) -> Result<()> {
        while bytes.has_remaining() {
            timeout(self.timeout, self.stream.write_buf(&mut bytes)).await.context("the peer takes nothing")??;
        }
        Ok(())
    }

    async fn receive(&mut self) -> Result<Pdu> {
        let (_, bytes) = self.receive_bytes().await?;
        decode(bytes)
    }

    /// The type of the next PDU, and all of its bytes.
    async fn receive_bytes(&mut self) -> Result<(u8, Bytes)> {
        self.fill(PDU_HEADER).await?;
        let length = u32::from_be_bytes([self.buffer[2], self.buffer[3], self.buffer[4], self.buffer[5]]) as usize;
        ensure!(length <= MAX_ANSWER, "a PDU longer than its limit");
        self.fill(PDU_HEADER + length).await?;
        let bytes = self.buffer.split_to(PDU_HEADER + length).freeze();
        Ok((bytes[0], bytes))
    }

    async fn fill(&mut self, wanted: usize) -> Result<()> {
        while self.buffer.len() < wanted {
            let read = timeout(self.timeout, self.stream.read_buf(&mut self.buffer)).await.context("no answer")??;
            ensure!(read > 0, "the peer closed the connection");
        }
        Ok(())
    }
}

fn decode(bytes: Bytes) -> Result<Pdu> {
    read_pdu(bytes, MAX_ANSWER as u32, false)?.context("half a PDU")
}

fn request(peer: &Peer, contexts: &[ProposedContext]) -> AssociationRQ {
    let proposed = contexts.iter().zip((1..=u8::MAX).step_by(2)).map(|(context, id)| PresentationContextProposed {
        id,
        abstract_syntax: context.abstract_syntax.clone(),
        transfer_syntaxes: vec![context.transfer_syntax.clone()],
    });
    AssociationRQ {
        protocol_version: 1,
        calling_ae_title: peer.calling_ae.clone(),
        called_ae_title: peer.called_ae.clone(),
        application_context_name: APPLICATION_CONTEXT.to_owned(),
        presentation_contexts: proposed.collect(),
        user_variables: vec![
            UserVariableItem::MaxLength(MAX_ANSWER as u32),
            UserVariableItem::ImplementationClassUID(pacs_adapter::IMPLEMENTATION_CLASS_UID.to_owned()),
            UserVariableItem::ImplementationVersionName("TEST_DATA".to_owned()),
        ],
    }
}

fn name(pdu: &Pdu) -> &'static str {
    match pdu {
        Pdu::Unknown { .. } => "an unknown PDU",
        Pdu::AssociationRQ(_) => "an association request",
        Pdu::AssociationAC(_) => "an acceptance",
        Pdu::AssociationRJ(_) => "a rejection",
        Pdu::PData { .. } => "data",
        Pdu::ReleaseRQ => "a release request",
        Pdu::ReleaseRP => "a release",
        Pdu::AbortRQ { .. } => "an abort",
    }
}
