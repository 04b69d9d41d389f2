//! Whose images are asked for: each called title has its own.

use super::Called;
use crate::images::Images;
use imaging_domain::AeTitle;
use std::sync::Arc;

/// A called application entity with its images.
#[derive(Clone)]
pub struct House {
    /// The title from which what it has is retrieved.
    pub title: AeTitle,
    /// What it has.
    pub images: Arc<dyn Images>,
}

/// The two of them. Cheap to clone.
#[derive(Clone)]
pub struct Houses {
    /// The hospital.
    pub hospital: House,
    /// The region, where it is offered.
    pub region: Option<House>,
}

impl Houses {
    pub(super) fn of(&self, called: Called) -> Option<&House> {
        match called {
            Called::Hospital => Some(&self.hospital),
            Called::Region => self.region.as_ref(),
        }
    }
}
