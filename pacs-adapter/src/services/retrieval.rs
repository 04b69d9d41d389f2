//! What C-GET and C-MOVE have in common: which instances are asked for, and in which form a receiver takes each.

use super::{Context, houses::House};
use crate::{
    images::{Listed, WantedForm},
    query::{Identifier, Wrong, level_of, scoped},
    status::status_of_retrieval,
};
use archive::{Error, Form};
use catalog::Scope;
use dimse::Status;
use futures_util::TryStreamExt;
use imaging_domain::{
    DataSet, InstanceUid, Level, Principal, Query, SeriesUid, StudyUid, tags,
    transfer_syntax::{EXPLICIT_LITTLE, IMPLICIT_LITTLE},
};
use std::sync::Arc;

/// The most instances of one retrieval, about 300 bytes each.
const MAX_INSTANCES: usize = 200_000;

/// The instances of an identifier with the level that it asks at.
pub(super) struct Wanted {
    pub(super) level: Level,
    query: Query,
}

impl Wanted {
    /// # Errors
    /// [`Wrong`] as [`scoped`] says.
    pub(super) fn of(identifier: &Identifier) -> Result<Self, Wrong> {
        Ok(Self { level: level_of(identifier.level), query: scoped(identifier)? })
    }

    /// Lists the instances, those of one series and one study one after the other.
    ///
    /// # Errors
    /// The status of the answer that tells why there is none.
    pub(super) async fn list(self, house: &House, who: &Principal) -> Result<Vec<Listed>, Status> {
        let told = |error: Error| {
            let status = status_of_retrieval(&error);
            tracing::warn!(%error, source = std::error::Error::source(&error), %status, "retrieval failed");
            status
        };
        let mut matches = house.images.search(who, self.query);
        let mut listed = vec![];
        while let Some(found) = matches.try_next().await.map_err(told)? {
            listed.extend(one(&found));
            if listed.len() > MAX_INSTANCES {
                return Err(Status::CANNOT_COUNT_MATCHES);
            }
        }
        listed.sort_by(|a, b| place(a).cmp(&place(b)));
        Ok(listed)
    }
}

fn place(listed: &Listed) -> (&StudyUid, Option<&SeriesUid>) {
    (&listed.scope.study, listed.scope.series.as_ref())
}

/// A result as an instance; `None` for one that has no identifiers to ask by.
fn one(found: &DataSet) -> Option<Listed> {
    let text = |tag| found.text(tag).unwrap_or_default();
    let scope = Scope {
        study: StudyUid::parse(text(tags::STUDY_INSTANCE_UID)).ok()?,
        series: Some(SeriesUid::parse(text(tags::SERIES_INSTANCE_UID)).ok()?),
        instance: Some(InstanceUid::parse(text(tags::SOP_INSTANCE_UID)).ok()?),
    };
    let (sop_class, syntax) = (text(tags::SOP_CLASS_UID), text(tags::AVAILABLE_TRANSFER_SYNTAX_UID));
    Some(Listed { scope, sop_class: sop_class.to_owned(), transfer_syntax: syntax.to_owned() })
}

/// The presentation contexts on which a receiver takes instances.
#[derive(Clone)]
pub(crate) struct Receiver(Arc<[(u8, Context)]>);

impl Receiver {
    pub(super) fn new(contexts: impl IntoIterator<Item = (u8, Context)>) -> Self {
        Self(contexts.into_iter().filter(|(_, context)| context.takes).collect())
    }

    /// The context for instances of a class in a transfer syntax.
    pub(super) fn context(&self, sop_class: &str, transfer_syntax: &str) -> Option<u8> {
        let fits = |(_, context): &&(u8, Context)| {
            context.abstract_syntax == sop_class && context.transfer_syntax == transfer_syntax
        };
        self.0.iter().find(fits).map(|(id, _)| *id)
    }

    /// As it is stored where the receiver takes that, else in little endian as it takes it. What it does not take in any
    /// way is not sent, so its form matters to nobody.
    pub(super) fn form(&self, sop_class: &str, stored: &str) -> Form {
        if self.context(sop_class, stored).is_some() {
            return Form::Stored;
        }
        let made = [(EXPLICIT_LITTLE, Form::Native), (IMPLICIT_LITTLE, Form::Implicit)];
        made.into_iter()
            .find(|(syntax, _)| self.context(sop_class, syntax).is_some())
            .map_or(Form::Stored, |(_, form)| form)
    }

    pub(crate) fn wanted_form(&self) -> WantedForm {
        let this = self.clone();
        Arc::new(move |sop_class, stored| this.form(sop_class, stored))
    }
}
