//! Which bytes an answer has, before they are made.

use imaging_domain::Instance;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// What follows from the stored bytes and from what is done to them: the same for the same answer, and other ones for
/// other answers.
#[derive(Clone)]
pub struct Version(Sha256);

/// Counted up when what is made of the same bytes changes.
const FORM: u8 = 2;

impl Version {
    /// Of nothing yet.
    pub(crate) fn empty() -> Self {
        Self(Sha256::new_with_prefix([FORM]))
    }

    /// Of an instance in a transfer syntax.
    pub(crate) fn of(instance: &Instance, transfer_syntax: &str) -> Self {
        let mut out = Self::empty();
        out.add_instance(instance, transfer_syntax);
        out
    }

    pub(crate) fn add_instance(&mut self, instance: &Instance, transfer_syntax: &str) {
        self.add(&instance.digest.0);
        self.add(transfer_syntax.as_bytes());
    }

    /// Something more that the answer depends on.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// 256 bits of it.
    pub fn bits(&self) -> [u8; 32] {
        self.0.clone().finalize().into()
    }
}

impl Default for Version {
    fn default() -> Self {
        Self::empty()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bits().iter().take(16).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
