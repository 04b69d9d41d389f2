//! How what arrives begins, and what became of it.

use crate::error::Error;
use imaging_domain::InstanceUid;
use part10::Identity;

/// How the arriving bytes begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Framing {
    /// A file of PS3.10, or what vendors leave of one: preamble and meta information may be missing.
    File,
    /// A bare data set, as C-STORE carries it.
    DataSet {
        /// Negotiated transfer syntax UID.
        transfer_syntax: String,
        /// Affected SOP Class UID of the command.
        sop_class: String,
        /// Affected SOP Instance UID of the command.
        sop_instance: String,
    },
}

impl Framing {
    /// The same for the scan.
    pub(crate) fn scanned(&self) -> part10::Framing {
        match self {
            Self::File => part10::Framing::File,
            Self::DataSet { transfer_syntax, .. } => {
                part10::Framing::DataSet { transfer_syntax: transfer_syntax.clone() }
            }
        }
    }

    /// The command and the data set must speak of the same instance (PS3.4 B.2.3, status A9xx).
    pub(crate) fn agrees(&self, identity: &Identity) -> Result<(), Error> {
        let Self::DataSet { sop_class, sop_instance, .. } = self else { return Ok(()) };
        if identity.sop_instance != *sop_instance {
            return Err(Error::Mismatch("sop instance uid differs from the command's"));
        }
        if identity.sop_class.as_ref().is_some_and(|class| class != sop_class) {
            return Err(Error::Mismatch("sop class uid differs from the command's"));
        }
        Ok(())
    }
}

/// What became of an arrival. All are a success to the sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is new.
    Stored(InstanceUid),
    /// The same bytes were there.
    Duplicate(InstanceUid),
    /// Other bytes were there and stay; these are kept aside.
    Conflict(InstanceUid),
    /// The hospital's rules dropped it.
    Dropped(InstanceUid),
    /// Attributes were changed by the hospital's rules, and then this.
    Coerced(Box<Outcome>),
}

impl Outcome {
    /// The same without whether attributes were changed.
    pub fn plain(&self) -> &Self {
        match self {
            Self::Coerced(outcome) => outcome.plain(),
            other => other,
        }
    }
}
