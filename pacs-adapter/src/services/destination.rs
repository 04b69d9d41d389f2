//! A peer that instances are sent to, on an association that is open.

use super::{Context, retrieval::Receiver};
use crate::{
    images::Given,
    peers::Peer,
    requester::{Association, Error, Outgoing, Proposed, Requester, storage_contexts},
};
use dimse::{Extended, MAX_CONTEXTS, Status};
use futures_util::{StreamExt, TryStreamExt, stream};
use imaging_domain::{AeTitle, SopClassUid};
use std::collections::BTreeSet;

/// Pairs of SOP class and transfer syntax of what is stored.
pub(crate) type Pairs<'a> = BTreeSet<(&'a str, &'a str)>;

/// The peer, and how it takes what.
pub(crate) struct Destination {
    association: Association,
    receiver: Receiver,
}

/// Why an instance was not sent.
pub(crate) enum NotSent {
    /// It cannot be read; the association lives on.
    Unreadable(archive::Error),
    /// The peer accepted no context for it; the association lives on.
    NotAccepted(String),
    /// The association is of no more use.
    Lost(Error),
}

impl Destination {
    /// Opens an association on which instances of these pairs may go.
    ///
    /// # Errors
    /// As [`Requester::open`].
    pub(crate) async fn open(requester: &Requester, peer: &Peer, pairs: &Pairs<'_>) -> Result<Self, Error> {
        let classes: BTreeSet<&str> = pairs.iter().map(|(class, _)| *class).filter(|class| !class.is_empty()).collect();
        let association = requester.open(peer, &proposed(pairs)).await?;
        let context = |class: &str, syntax: &str| {
            let (abstract_syntax, transfer_syntax) = (class.to_owned(), syntax.to_owned());
            (0, Context { abstract_syntax, transfer_syntax, takes: true, extended: Extended::default() })
        };
        let contexts: Vec<_> = classes
            .iter()
            .flat_map(|class| association.accepts(class).map(|syntax| context(class, syntax)).collect::<Vec<_>>())
            .collect();
        Ok(Self { association, receiver: Receiver::new(contexts) })
    }

    /// What it takes.
    pub(crate) fn receiver(&self) -> &Receiver {
        &self.receiver
    }

    /// Sends one; the status that the peer answers.
    pub(crate) async fn store(
        &mut self,
        given: Given,
        move_originator: Option<(AeTitle, u16)>,
    ) -> Result<Status, NotSent> {
        let Given { sop_class, sop_instance, transfer_syntax, mut data_set } = given;
        let Ok(sop_class) = SopClassUid::parse(&sop_class) else { return Ok(Status::SOP_CLASS_NOT_SUPPORTED) };
        // what cannot be read at all costs itself alone
        let first = data_set.try_next().await.map_err(NotSent::Unreadable)?;
        let data_set = stream::iter(first.map(Ok)).chain(data_set).boxed();
        let outgoing = Outgoing { sop_class, sop_instance, transfer_syntax, move_originator };
        self.association.store(&outgoing, data_set).await.map_err(|error| match error {
            Error::NotAccepted(what) => NotSent::NotAccepted(what),
            error => NotSent::Lost(error),
        })
    }

    /// Ends the association in order. What was stored is stored; what goes wrong with the release is in the log.
    pub(crate) async fn end(self) {
        let _ = self.association.end(Ok(())).await;
    }

    /// Ends it at once.
    pub(crate) async fn abort(self) {
        self.association.abort().await;
    }
}

/// Contexts for the pairs; where they are more than there can be, plain little endian alone.
fn proposed(pairs: &Pairs<'_>) -> Vec<Proposed> {
    let named = || pairs.iter().copied().filter(|(class, _)| !class.is_empty());
    let mut all = storage_contexts(named().filter(|(_, syntax)| !syntax.is_empty()));
    let classes: BTreeSet<&str> = named().map(|(class, _)| class).collect();
    for one in classes.into_iter().map(Proposed::plain) {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    if all.len() > MAX_CONTEXTS {
        all.retain(|one| one.transfer_syntaxes.len() > 1);
        all.truncate(MAX_CONTEXTS);
    }
    all
}
