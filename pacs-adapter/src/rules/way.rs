//! By which way something came in.

use imaging_domain::Principal;
use serde::{Deserialize, Serialize};

/// A way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// C-STORE.
    Dicom,
    /// `pacs-adapter import`.
    Import,
    /// The watched folder.
    Watch,
    /// STOW-RS.
    Stow,
    /// The taking over of an old archive, by C-GET.
    Crawl,
}

impl Way {
    /// The way of whoever stores by the doors.
    pub(crate) fn of(who: &Principal) -> Self {
        match who {
            Principal::LocalPeer { .. } => Self::Dicom,
            Principal::Service(name) if *name == crate::import::watch::WATCH_NAME => Self::Watch,
            Principal::Service(_) => Self::Import,
            _ => Self::Stow,
        }
    }
}
