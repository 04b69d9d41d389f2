//! One instance out of its metadata and the bulk data that came for it.

use super::{
    arrivals::Arrival,
    port::{Deposits, Named},
    reason::{CANNOT_UNDERSTAND, TRANSFER_SYNTAX},
};
use ::dicomweb::{Bulk, Described, Encoded, Segment, encode};
use archive::{Framing, ScratchReader};
use futures_util::TryStreamExt;
use imaging_domain::{InstanceUid, SopClassUid, StudyUid, tags};
use std::collections::HashMap;
use tokio::task::spawn_blocking;

/// Writes one instance as a file.
pub(super) async fn put_together(
    deposits: &dyn Deposits,
    study: Option<&StudyUid>,
    described: Described,
    bulk: &HashMap<String, Bulk>,
    scratch: &ScratchReader,
) -> Arrival {
    let named = named(&described);
    let Some((class, instance)) = named.clone() else { return Arrival::refused(None, CANNOT_UNDERSTAND) };
    let found: Option<Vec<Bulk>> = described.uris.iter().map(|uri| bulk.get(uri).cloned()).collect();
    let Some(found) = found else { return Arrival::refused(named, CANNOT_UNDERSTAND) };
    let encoded = match spawn_blocking(move || encode(&described, &found)).await {
        Ok(Ok(encoded)) => encoded,
        Ok(Err(::dicomweb::Error::MediaType(_))) => return Arrival::refused(named, TRANSFER_SYNTAX),
        _ => return Arrival::refused(named, CANNOT_UNDERSTAND),
    };
    let Encoded { transfer_syntax, segments } = encoded;
    let sop_class = class.map_or_else(String::new, |class| class.as_str().to_owned());
    let framing = Framing::DataSet { transfer_syntax, sop_class, sop_instance: instance.as_str().to_owned() };
    let mut arrival = Arrival::of(deposits.begin(framing, study).await, named.clone());
    for segment in segments {
        match segment {
            Segment::Bytes(bytes) => arrival.write(&bytes).await,
            Segment::Bulk(span) => {
                let mut bytes = scratch.read(span);
                loop {
                    match bytes.try_next().await {
                        Ok(Some(piece)) => arrival.write(&piece).await,
                        Ok(None) => break,
                        Err(error) => return Arrival::of(Err(error), named),
                    }
                }
            }
        }
    }
    arrival
}

fn named(described: &Described) -> Named {
    let class = described.data_set.text(tags::SOP_CLASS_UID).and_then(|class| SopClassUid::parse(class).ok());
    let instance = described.data_set.text(tags::SOP_INSTANCE_UID)?;
    Some((class, InstanceUid::parse(instance).ok()?))
}
