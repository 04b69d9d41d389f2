//! What a scan tells before its end, and what it looks for beside what it keeps.

use super::{Scanner, Stage};
use crate::{Identity, Watched};
use std::sync::Arc;

impl Scanner {
    /// The same, looking for more; to be said before the first byte.
    #[must_use]
    pub fn watching(mut self, watched: Arc<Watched>) -> Self {
        self.watched = Some(watched);
        self
    }

    /// Whether the outermost data set's pixel data has begun: what stands before it is known.
    pub fn has_reached_pixels(&self) -> bool {
        matches!(&self.stage, Stage::Body(walker) | Stage::Deflated(walker, _) if walker.has_pixels())
    }

    /// Who the instance is: `Some` once the scan has passed where SOP Class UID and SOP Instance UID stand, and the
    /// latter is known from the data set or from the file meta information.
    pub fn identity(&self) -> Option<Identity> {
        let (Stage::Body(walker) | Stage::Deflated(walker, _)) = &self.stage else { return None };
        if !walker.has_passed_identity() {
            return None;
        }
        let (class, instance) = walker.identity();
        Some(Identity {
            sop_class: class.map(str::to_owned).or_else(|| self.meta_sop_class.clone()),
            sop_instance: instance.map(str::to_owned).or_else(|| self.meta_sop_instance.clone())?,
            transfer_syntax: self.effective.clone(),
            data_set_offset: self.data_set_offset,
        })
    }
}
