//! Bytes from the PACS that keeps them.

use crate::{
    peers::Peer,
    requester::{self, GET, Identifier, Proposed, Requester, Roles},
    services::{Answer, Conversation, Exchange, Gone, Refused, Request, Service},
};
use archive::{Body, DataSets, Error, Remote};
use async_trait::async_trait;
use bytes::Bytes;
use dimse::{Command, CommandField, Status};
use futures_util::{StreamExt, stream};
use imaging_domain::{Instance, Level, SeriesUid, SiteId, StudyUid, VR, tags, transfer_syntax};
use std::sync::Arc;
use tokio::sync::{Semaphore, mpsc};
use tracing::warn;

/// Pieces of a file that wait for its reader.
const AHEAD: usize = 16;

/// A PACS as somewhere to fetch from.
pub struct Nearline {
    requester: Requester,
    archive: Peer,
    associations: Arc<Semaphore>,
}

impl Nearline {
    /// Over so many associations at once.
    pub fn new(requester: Requester, archive: Peer, associations: usize) -> Self {
        Self { requester, archive, associations: Arc::new(Semaphore::new(associations.max(1))) }
    }
}

#[async_trait]
impl Remote for Nearline {
    /// The file as it was stored: our own file meta information, then the data set in the transfer syntax that it came in, which
    /// alone is proposed.
    async fn fetch_file(&self, _site: &SiteId, instance: &Instance) -> Result<Body, Error> {
        let place = Arc::clone(&self.associations).acquire_owned().await.map_err(|_| Error::Unavailable)?;
        let class = instance.sop_class.as_ref().ok_or(Error::Unavailable)?.as_str().to_owned();
        let (send, pieces) = mpsc::channel(AHEAD);
        let (requester, archive, instance) = (self.requester.clone(), self.archive.clone(), instance.clone());
        tokio::spawn(async move {
            let meta = part10::file_meta(&class, instance.uid.as_str(), &instance.transfer_syntax);
            let handover = Handover { send: send.clone(), wanted: instance.uid.to_string(), meta: meta.into() };
            let came = get(&requester, &archive, &class, &instance, &handover).await;
            if !came.as_ref().is_ok_and(|came| *came) {
                warn!(archive = %archive.ae_title, error = ?came.err(), "the archive does not give an instance");
                let _ = send.send(Err(Error::Unavailable)).await;
            }
            drop(place);
        });
        Ok(stream::unfold(pieces, |mut pieces| async move { pieces.recv().await.map(|piece| (piece, pieces)) }).boxed())
    }

    /// None: DIMSE has no headers without pixels. They are kept in compact form, or read from the files.
    async fn fetch_metadata(&self, _site: &SiteId, _study: &StudyUid, _series: &SeriesUid) -> Result<Body, Error> {
        Err(Error::Unavailable)
    }

    fn headers(&self, _body: Body) -> DataSets {
        stream::empty().boxed()
    }

    fn is_connected(&self, _site: &SiteId) -> bool {
        true
    }
}

/// Whether it came.
async fn get(
    requester: &Requester,
    archive: &Peer,
    class: &str,
    instance: &Instance,
    handover: &Handover,
) -> Result<bool, requester::Error> {
    let contexts = [
        Proposed::new(GET, [transfer_syntax::IMPLICIT_LITTLE]),
        Proposed { roles: Roles::Provider, ..Proposed::new(class, [instance.transfer_syntax.as_str()]) },
    ];
    let what = Identifier::at(Level::Instance)
        .matching(tags::STUDY_INSTANCE_UID, VR::UI, instance.study.as_str())
        .matching(tags::SERIES_INSTANCE_UID, VR::UI, instance.series.as_str())
        .matching(tags::SOP_INSTANCE_UID, VR::UI, instance.uid.as_str());
    let mut association = requester.open(archive, &contexts).await?;
    let got = association.get(&what, handover).await;
    Ok(association.end(got).await?.stored == 1)
}

/// Hands what comes to whoever reads.
struct Handover {
    send: mpsc::Sender<Result<Bytes, Error>>,
    wanted: String,
    meta: Bytes,
}

#[async_trait]
impl Service for Handover {
    fn field(&self) -> CommandField {
        CommandField::CStoreRq
    }

    async fn begin(&self, request: Request<'_>) -> Box<dyn Exchange> {
        match request.command {
            Command::StoreRequest(store) if store.sop_instance.as_str() == self.wanted => {
                let mut handing = Handing { send: self.send.clone(), is_read: true };
                handing.write(self.meta.clone()).await;
                Box::new(handing)
            }
            _ => Box::new(Refused(Status::PROCESSING_FAILURE)),
        }
    }
}

struct Handing {
    send: mpsc::Sender<Result<Bytes, Error>>,
    is_read: bool,
}

#[async_trait]
impl Exchange for Handing {
    async fn write(&mut self, bytes: Bytes) {
        self.is_read = self.is_read && self.send.send(Ok(bytes)).await.is_ok();
    }

    async fn finish(self: Box<Self>, _peer: &mut dyn Conversation) -> Result<Answer, Gone> {
        Ok(if self.is_read { Status::SUCCESS } else { Status::OUT_OF_RESOURCES }.into())
    }
}
