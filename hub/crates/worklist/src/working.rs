//! Making, reading and changing steps.

use crate::{
    Worklist, creating,
    error::Error,
    events::{Event, events},
    searching::is_wanted,
    states::{self, Step},
    updating,
};
use access_control::{Permit, View, Work};
use audit_log::What;
use catalog::{DeletionLock, Known, Standing, StepState, Subscriber, Workitem};
use imaging_domain::{DataSet, InstanceUid, Principal, tags};

/// A step that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// Its identifier.
    pub uid: InstanceUid,
    /// Whether it has more than was asked for.
    pub is_modified: bool,
}

impl Worklist {
    /// Puts a step on the list (PS3.4 CC.2.5), under the identifier given, that in its attributes, or one of ours.
    ///
    /// # Errors
    /// [`Error::Exists`], or what is wrong with its attributes.
    pub async fn create(
        &self,
        who: &Principal,
        uid: Option<InstanceUid>,
        attributes: DataSet,
    ) -> Result<Created, Error> {
        let permit = self.permit::<Work>(who, What::Work).await?;
        let said = attributes.text(tags::SOP_INSTANCE_UID).map(InstanceUid::parse).transpose();
        let said = said.map_err(|_| Error::Invalid("the SOP Instance UID is none"))?;
        let uid = match uid.or(said) {
            Some(uid) => uid,
            None => new_uid()?,
        };
        let (item, is_modified) = creating::created(uid.clone(), attributes, (self.clock)())?;
        let may_look = self.permit::<View>(who, What::Work).await?;
        let _turn = self.turn.lock().await;
        let standing = self.store.standing(&may_look).await?;
        let wants = |one: &&Standing| is_wanted(one.filter.as_deref(), &item.attributes);
        let told = standing.iter().filter(wants).map(|one| (one.subscriber.clone(), one.lock));
        let told: Vec<(Subscriber, DeletionLock)> = told.collect();
        let subscribers: Vec<Subscriber> = told.iter().map(|(subscriber, _)| subscriber.clone()).collect();
        self.note(What::Work, who, &item).await?;
        if !self.store.add_workitem(&permit, item.clone(), told).await? {
            return Err(Error::Exists);
        }
        self.watchers.tell(&subscribers, &uid, &events(None, &item));
        Ok(Created { uid, is_modified })
    }

    /// A step's attributes, without the Transaction UID (PS3.4 CC.2.7).
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forgotten`].
    pub async fn retrieve(&self, who: &Principal, uid: &InstanceUid) -> Result<DataSet, Error> {
        let permit = self.permit::<View>(who, What::View).await?;
        let item = self.read(&permit, uid).await?;
        self.note(What::View, who, &item).await?;
        Ok(item.attributes)
    }

    /// Puts attributes in place of those a step has (PS3.4 CC.2.6); of a step that was begun for whoever shows its Transaction
    /// UID, here or among the attributes.
    ///
    /// # Errors
    /// As [`retrieve`](Self::retrieve), and what is wrong with the key or the attributes.
    pub async fn update(
        &self,
        who: &Principal,
        uid: &InstanceUid,
        transaction: Option<&str>,
        changes: DataSet,
    ) -> Result<(), Error> {
        let (permit, may_look) = self.permits(who).await?;
        let _turn = self.turn.lock().await;
        let item = self.read(&may_look, uid).await?;
        let changed = updating::updated(&item, transaction, changes, (self.clock)())?;
        self.put(who, (&permit, &may_look), &item, (&[], &[changed])).await
    }

    /// Takes a step on, or ends it (PS3.4 CC.2.1). Answers the state that it had already, if that is the one.
    ///
    /// # Errors
    /// As [`update`](Self::update), [`Error::Inconsistent`], [`Error::NotFinal`].
    pub async fn change_state(
        &self,
        who: &Principal,
        uid: &InstanceUid,
        request: &DataSet,
    ) -> Result<Option<StepState>, Error> {
        let (permit, may_look) = self.permits(who).await?;
        let (wanted, transaction) = states::wanted(request)?;
        let _turn = self.turn.lock().await;
        let item = self.read(&may_look, uid).await?;
        match states::changed(&item, wanted, transaction.as_deref(), (self.clock)())? {
            Step::Already(state) => Ok(Some(state)),
            Step::To(changed) => {
                self.put(who, (&permit, &may_look), &item, (&[], &[*changed])).await?;
                Ok(None)
            }
        }
    }

    pub(crate) async fn permits(&self, who: &Principal) -> Result<(Permit<Work>, Permit<View>), Error> {
        Ok((self.permit(who, What::Work).await?, self.permit(who, What::Work).await?))
    }

    pub(crate) async fn read(&self, permit: &Permit<View>, uid: &InstanceUid) -> Result<Workitem, Error> {
        match self.store.workitem(permit, uid).await? {
            Known::Here(item) => Ok(*item),
            Known::Forgotten => Err(Error::Forgotten),
            Known::Never => Err(Error::NotFound("workitem")),
        }
    }

    /// Keeps what a step became last, and tells of what led to it and of each thing that it became.
    pub(crate) async fn put(
        &self,
        who: &Principal,
        (permit, may_look): (&Permit<Work>, &Permit<View>),
        before: &Workitem,
        (first, steps): (&[Event], &[Workitem]),
    ) -> Result<(), Error> {
        let Some(last) = steps.last() else { return Ok(()) };
        self.note(What::Work, who, last).await?;
        // asked before: what was changed is told, whatever fails then
        let subscribers = self.store.watchers(may_look, &last.uid).await?;
        if !self.store.change_workitem(permit, last.clone()).await? {
            return Err(Error::Busy);
        }
        self.watchers.tell(&subscribers, &last.uid, first);
        let befores = std::iter::once(before).chain(steps);
        for (before, after) in befores.zip(steps) {
            self.watchers.tell(&subscribers, &last.uid, &events(Some(before), after));
        }
        Ok(())
    }
}

/// An identifier of ours (PS3.5 B.2).
fn new_uid() -> Result<InstanceUid, Error> {
    let text = format!("2.25.{}", rand::random::<u128>());
    InstanceUid::parse(&text).map_err(|_| Error::Invalid("no identifier could be made"))
}
