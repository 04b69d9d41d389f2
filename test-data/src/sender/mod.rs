//! A C-STORE and C-ECHO SCU, for the demo, the tests and the benchmarks.
//!
//! Data sets go over the wire byte for byte as they lie in their files; nothing is parsed but the file meta
//! information. Start reading at [`send`], or at [`Association`] for one that stays open.

mod association;
mod meta;
mod source;

pub use association::{Association, Peer, ProposedContext};
pub use meta::{FileMeta, MetaError, read_meta};
pub use source::Source;

use anyhow::Result;
use dimse::{MAX_CONTEXTS, Status};

/// What became of one instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// The peer answered.
    Answered(Status),
    /// The peer accepted no context for its SOP class and transfer syntax.
    ContextRefused,
    /// It was not sent, for this reason (no file meta information, for example).
    Skipped(String),
    /// The association broke before the answer.
    Broken(String),
}

impl Sent {
    /// Whether the peer has it.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Answered(status) if status.is_done())
    }
}

struct Ready {
    at: usize,
    source: Source,
    meta: FileMeta,
}

/// Sends all `sources` to `peer`, one presentation context per SOP class and transfer syntax, at most 128 contexts per
/// association and associations one after the other. The answers are in the order of the sources. An association that
/// breaks costs the instances that were to go over it.
///
/// # Errors
/// None for single instances: see [`Sent`]. Fails when no association can be opened at all.
pub async fn send(sources: Vec<Source>, peer: &Peer) -> Result<Vec<(Source, Sent)>> {
    let mut results: Vec<(Source, Sent)> = Vec::with_capacity(sources.len());
    let mut ready: Vec<Ready> = Vec::new();
    for source in sources {
        let sent = match source.meta().await {
            Ok(meta) => {
                ready.push(Ready { at: results.len(), source: source.clone(), meta });
                Sent::Broken("was not sent".to_owned())
            }
            Err(error) => Sent::Skipped(format!("{error:#}")),
        };
        results.push((source, sent));
    }
    for (contexts, batch) in batches(ready) {
        let mut association = Association::open(peer, &contexts).await?;
        let mut broken = None;
        for Ready { at, source, meta } in batch {
            results[at].1 = match &broken {
                Some(reason) => Sent::Broken(String::clone(reason)),
                None => store(&mut association, &source, &meta).await,
            };
            if let Sent::Broken(reason) = &results[at].1 {
                broken = Some(reason.clone());
            }
        }
        if broken.is_none() {
            association.release().await?;
        }
    }
    Ok(results)
}

/// C-ECHO over an association of its own.
///
/// # Errors
/// When no association can be opened, or it breaks.
pub async fn echo(peer: &Peer) -> Result<Status> {
    let mut association = Association::open(peer, &[ProposedContext::verification()]).await?;
    let status = association.echo().await?;
    association.release().await?;
    Ok(status)
}

async fn store(association: &mut Association, source: &Source, meta: &FileMeta) -> Sent {
    match association.store_source(source, meta).await {
        Ok(Some(status)) => Sent::Answered(status),
        Ok(None) => Sent::ContextRefused,
        Err(error) => Sent::Broken(format!("{error:#}")),
    }
}

/// Instances by the contexts they need, so that no batch needs more than there can be.
fn batches(ready: Vec<Ready>) -> Vec<(Vec<ProposedContext>, Vec<Ready>)> {
    let mut batches: Vec<(Vec<ProposedContext>, Vec<Ready>)> = Vec::new();
    for instance in ready {
        let context = ProposedContext::of(&instance.meta);
        let room = batches
            .iter()
            .position(|(contexts, _)| contexts.contains(&context))
            .or_else(|| batches.iter().position(|(contexts, _)| contexts.len() < MAX_CONTEXTS));
        let room = room.unwrap_or_else(|| {
            batches.push((Vec::new(), Vec::new()));
            batches.len() - 1
        });
        let (contexts, instances) = &mut batches[room];
        if !contexts.contains(&context) {
            contexts.push(context);
        }
        instances.push(instance);
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging_domain::{InstanceUid, SopClassUid};

    #[test]
    fn no_association_proposes_more_contexts_than_there_are() {
        let instance = |at: usize| Ready {
            at,
            source: Source::Memory(bytes::Bytes::new()),
            meta: FileMeta {
                sop_class: SopClassUid::parse(&format!("1.2.{}", at % 300)).unwrap(),
                sop_instance: InstanceUid::parse(&format!("1.3.{at}")).unwrap(),
                transfer_syntax: "1.2.840.10008.1.2".to_owned(),
                data_set_offset: 0,
            },
        };
        let batches = batches((0..900).map(instance).collect());
        let sizes: Vec<_> = batches.iter().map(|(contexts, batch)| (contexts.len(), batch.len())).collect();
        assert_eq!(sizes, [(128, 384), (128, 384), (44, 132)]);
    }
}
