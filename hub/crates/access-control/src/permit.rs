//! Permits: the proof, carried by type, that [`decide`](crate::decide) said yes.

use imaging_domain::{Principal, SiteId, SopClassUid, StudyUid};
use std::marker::PhantomData;

/// What somebody wants to do. Each kind is a type, so that a permit to search cannot open bytes.
pub trait Action: private::Sealed + Send + Sync + 'static {
    /// The kind, for the table of the policy.
    const KIND: ActionKind;
}

/// The kinds of action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActionKind {
    /// Ask the index.
    Search,
    /// Read the bytes or the header of instances, whole or rendered.
    View,
    /// Take instances away whole, as files.
    Export,
    /// Put instances in.
    Store,
    /// Read or apply a site's change feed.
    Feed,
    /// See the region at a glance: sites, counts, backlog; no patients.
    Overview,
    /// Invite and revoke sites, make accounts.
    Manage,
    /// Read the audit log.
    ReadAudit,
    /// Make study links, look after them and end them.
    Share,
    /// Delete what a site holds.
    Delete,
    /// Put steps of work on the region's worklist, take them on and end them.
    Work,
}

mod private {
    pub trait Sealed {}
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {}
        impl private::Sealed for $name {}
        impl Action for $name {
            const KIND: ActionKind = ActionKind::$name;
        }
    )+};
}

actions! {
    /// See [`ActionKind::Search`].
    Search,
    /// See [`ActionKind::View`].
    View,
    /// See [`ActionKind::Export`].
    Export,
    /// See [`ActionKind::Store`].
    Store,
    /// See [`ActionKind::Feed`].
    Feed,
    /// See [`ActionKind::Overview`].
    Overview,
    /// See [`ActionKind::Manage`].
    Manage,
    /// See [`ActionKind::ReadAudit`].
    ReadAudit,
    /// See [`ActionKind::Share`].
    Share,
    /// See [`ActionKind::Delete`].
    Delete,
    /// See [`ActionKind::Work`].
    Work,
}

/// What it is to be done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object<'a> {
    /// The region as a whole.
    Region,
    /// One study.
    Study(&'a StudyUid),
    /// One site's feed, registration or images.
    Site(&'a SiteId),
    /// One instance that is to be stored at a site, by what it is; without a class when it does not say.
    Instance {
        /// The site.
        site: &'a SiteId,
        /// SOP Class UID.
        class: Option<&'a SopClassUid>,
    },
}

/// Leave to do `A`. Only [`decide`](crate::decide) makes one; the index and the bytes are reached with one only.
#[derive(Debug, Clone)]
pub struct Permit<A: Action> {
    principal: Principal,
    action: PhantomData<fn() -> A>,
}

impl<A: Action> Permit<A> {
    pub(crate) fn new(principal: Principal) -> Self {
        Self { principal, action: PhantomData }
    }

    /// Who holds it.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The studies that it is for, when it is not for all: whatever is asked with it has to be of one of them.
    pub fn only_studies(&self) -> Option<&[StudyUid]> {
        match &self.principal {
            Principal::LinkHolder { studies, .. } => Some(studies),
            _ => None,
        }
    }
}
