//! Asking for steps of others to be canceled.

use crate::{Worklist, error::Error, events::Event, states};
use access_control::{Permit, View};
use audit_log::What;
use catalog::StepState;
use imaging_domain::{AeTitle, DataSet, InstanceUid, Principal};

/// What became of a request to cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Nobody had begun: it is canceled.
    Canceled,
    /// Who is told of the step was told of the request.
    Told,
    /// It was canceled before.
    Already,
}

impl Worklist {
    /// Asks for a step of somebody else to be canceled (PS3.4 CC.2.2): one that nobody has begun is, of another one its
    /// subscribers are told.
    ///
    /// # Errors
    /// As [`retrieve`](Self::retrieve), [`Error::Completed`], [`Error::NotContacted`].
    pub async fn request_cancel(
        &self,
        who: &Principal,
        uid: &InstanceUid,
        requester: &AeTitle,
        request: &DataSet,
    ) -> Result<Asked, Error> {
        let (permit, may_look) = self.permits(who).await?;
        let _turn = self.turn.lock().await;
        let item = self.read(&may_look, uid).await?;
        match item.state {
            StepState::Canceled => Ok(Asked::Already),
            StepState::Completed => Err(Error::Completed),
            StepState::Scheduled => {
                let steps = states::canceled(&item, request, (self.clock)())?;
                let asked = [Event::cancel_requested(requester, request)];
                self.put(who, (&permit, &may_look), &item, (&asked, &steps)).await?;
                Ok(Asked::Canceled)
            }
            StepState::InProgress => {
                self.note(What::Work, who, &item).await?;
                let is_heard = self.tell_request(&may_look, uid, requester, request).await?;
                if is_heard { Ok(Asked::Told) } else { Err(Error::NotContacted) }
            }
        }
    }

    /// Tells of a request to cancel; whether anybody is to be told.
    async fn tell_request(
        &self,
        permit: &Permit<View>,
        uid: &InstanceUid,
        requester: &AeTitle,
        request: &DataSet,
    ) -> Result<bool, Error> {
        let subscribers = self.store.watchers(permit, uid).await?;
        self.watchers.tell(&subscribers, uid, &[Event::cancel_requested(requester, request)]);
        Ok(!subscribers.is_empty())
    }
}
