//! Metadata in JSON or XML, and bulk data apart (PS3.18 10.5.2): put together as files.
//!
//! Bulk data waits on the disk, metadata in memory, where it is bounded. A `BulkDataURI` names a part of the same request
//! and nothing else: no address that a client wrote is ever asked.

use super::{
    arrivals::{Arrival, Arrivals},
    assemble::put_together,
    port::Deposits,
    reason::CANNOT_UNDERSTAND,
    upload::Upload,
};
use crate::error::Error;
use ::dicomweb::{
    Bulk, Described, MAX_DESCRIBED, MAX_METADATA, MediaType, PartEvent, PartHead, PartReader, StoreKind,
    default_transfer_syntax, described_in_json, described_in_xml,
};
use archive::Scratch;
use bytes::Bytes;
use imaging_domain::{Invalid, StudyUid};
use std::collections::HashMap;
use tokio::task::spawn_blocking;

type Read = Result<Described, ::dicomweb::Error>;

/// What came so far.
struct Coming {
    kind: StoreKind,
    metadata: Vec<Vec<u8>>,
    metadata_bytes: usize,
    bulk: HashMap<String, Bulk>,
    scratch: Scratch,
    open: Option<Open>,
}

/// The part that is coming.
enum Open {
    Metadata(Vec<u8>),
    Bulk { places: Vec<String>, from: u64, transfer_syntax: Option<String>, is_image: bool },
}

/// Takes metadata and bulk data out of the parts of a body.
pub(super) async fn parts(
    deposits: &dyn Deposits,
    study: Option<&StudyUid>,
    mut upload: Upload,
    boundary: &str,
    kind: StoreKind,
) -> Result<Arrivals, Error> {
    let mut reader = PartReader::new(boundary);
    let mut coming = Coming::new(kind, deposits.scratch().await?);
    while let Some(bytes) = upload.next().await? {
        reader.feed(&bytes)?;
        while let Some(event) = reader.next_event() {
            match event {
                PartEvent::Begin(head) => coming.begin(&head),
                PartEvent::Data(bytes) => coming.data(bytes).await?,
                PartEvent::End => coming.end(),
                PartEvent::Closed => {}
            }
        }
    }
    // which instance the missing part belongs to nobody can say
    if !reader.is_closed() {
        return Err(Invalid::new("body", "it ends before its last boundary").into());
    }
    coming.write(deposits, study).await
}

/// Takes a body that is metadata alone.
pub(super) async fn single(
    deposits: &dyn Deposits,
    study: Option<&StudyUid>,
    mut upload: Upload,
    kind: StoreKind,
) -> Result<Arrivals, Error> {
    let mut coming = Coming::new(kind, deposits.scratch().await?);
    coming.begin(&PartHead::default());
    while let Some(bytes) = upload.next().await? {
        coming.data(bytes).await?;
    }
    coming.end();
    coming.write(deposits, study).await
}

impl Coming {
    fn new(kind: StoreKind, scratch: Scratch) -> Self {
        Self { kind, metadata: vec![], metadata_bytes: 0, bulk: HashMap::new(), scratch, open: None }
    }

    fn begin(&mut self, head: &PartHead) {
        let media = head.content_type.as_deref().and_then(MediaType::parse);
        let kind = media.as_ref().and_then(|media| StoreKind::of(&media.essence));
        let places: Vec<String> =
            head.location.iter().cloned().chain(head.id.iter().map(|id| format!("cid:{id}"))).collect();
        // the first part is metadata also when it does not say so
        let first = self.metadata.is_empty() && self.scratch.length() == 0 && media.is_none();
        self.open = Some(if kind == Some(self.kind) || first {
            Open::Metadata(vec![])
        } else {
            let said = media.as_ref().and_then(|media| media.parameter("transfer-syntax"));
            let meant = || media.as_ref().and_then(|media| default_transfer_syntax(&media.essence));
            let transfer_syntax = said.or_else(meant).map(str::to_owned);
            let is_image = media.as_ref().is_some_and(|media| !media.essence.starts_with("application/"));
            Open::Bulk { places, from: self.scratch.length(), transfer_syntax, is_image }
        });
    }

    async fn data(&mut self, bytes: Bytes) -> Result<(), Error> {
        match &mut self.open {
            Some(Open::Metadata(text)) => {
                self.metadata_bytes += bytes.len();
                if self.metadata_bytes > MAX_METADATA {
                    return Err(Error::TooLarge("metadata"));
                }
                text.extend_from_slice(&bytes);
                Ok(())
            }
            Some(Open::Bulk { .. }) => Ok(self.scratch.write(bytes).await?),
            None => Ok(()),
        }
    }

    fn end(&mut self) {
        match self.open.take() {
            Some(Open::Metadata(text)) => self.metadata.push(text),
            Some(Open::Bulk { places, from, transfer_syntax, is_image }) => {
                let span = from..self.scratch.length();
                for place in places {
                    let bulk = self.bulk.entry(place).or_default();
                    bulk.spans.push(span.clone());
                    bulk.is_image |= is_image;
                    bulk.transfer_syntax = bulk.transfer_syntax.take().or_else(|| transfer_syntax.clone());
                }
            }
            None => {}
        }
    }

    /// Puts the instances together, one after the other.
    async fn write(self, deposits: &dyn Deposits, study: Option<&StudyUid>) -> Result<Arrivals, Error> {
        let (kind, texts, reader) = (self.kind, self.metadata, self.scratch.reader());
        let mut arrivals = Arrivals::default();
        let read = spawn_blocking(move || read_all(kind, &texts)).await??;
        if read.is_empty() {
            return Err(Invalid::new("metadata", "it describes no instance").into());
        }
        for described in read {
            let arrival = match described {
                Ok(described) => put_together(deposits, study, described, &self.bulk, &reader).await,
                Err(_) => Arrival::refused(None, CANNOT_UNDERSTAND),
            };
            arrivals.end(arrival).await?;
        }
        Ok(arrivals)
    }
}

/// JSON has all instances in one part, XML one in each.
fn read_all(kind: StoreKind, texts: &[Vec<u8>]) -> Result<Vec<Read>, Error> {
    let mut out = vec![];
    for text in texts {
        match kind {
            StoreKind::Json => out.extend(described_in_json(text)?),
            _ => out.push(described_in_xml(text)),
        }
        if out.len() > MAX_DESCRIBED {
            return Err(Error::TooLarge("list of instances"));
        }
    }
    Ok(out)
}
