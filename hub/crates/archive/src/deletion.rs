//! Deleting what a site holds of a study.

use crate::{committer::Committer, error::Error};
use access_control::{Delete, Object, decide};
use audit_log::{Event, Outcome, What};
use imaging_domain::{Principal, StudyUid};

impl Committer {
    /// Deletes what the site holds of a study: its rows, what was put aside in conflict with them, and the bytes. The region is
    /// told by the feed. Answers how many instances went.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::NotFound`] when nothing of it is held; or what the index or the disk says.
    pub async fn delete_study(&self, who: &Principal, study: &StudyUid) -> Result<usize, Error> {
        let event = Event::new(What::Delete, who).study(study);
        let permit = match decide::<Delete>(who, Object::Study(study)) {
            Ok(permit) => permit,
            Err(denied) => {
                self.parts().audit.record(event.outcome(Outcome::Denied)).await?;
                return Err(denied.into());
            }
        };
        self.parts().audit.record(event).await?;
        let deleted = self.delete(permit, study.clone()).await?;
        if deleted.instances == 0 { Err(Error::NotFound("study")) } else { Ok(deleted.instances) }
    }
}
