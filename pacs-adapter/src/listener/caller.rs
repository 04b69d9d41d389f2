//! Whether who calls may speak.

use super::{Shared, config::Callers, negotiate::unknown_caller};
use crate::peers::Caller;
use daemon::now_ms;
use dicom_ul::pdu::AssociationRJ;

impl Shared {
    /// What an unknown caller is told, where only known ones may speak. It is remembered.
    pub(super) fn refusal(&self, caller: &Caller) -> Option<AssociationRJ> {
        if self.config.callers == Callers::Any || self.peers.knows(caller) {
            return None;
        }
        let Caller { ae_title, address, certificate } = caller;
        tracing::warn!(ae = %ae_title, %address, ?certificate, "an unknown caller is refused");
        self.peers.refuse(caller, now_ms());
        Some(unknown_caller())
    }
}
