//! UIDs made of labels: the same label gives the same UID in every run.

use sha2::{Digest, Sha256};

/// A UID below 2.25 (PS3.5 B.2) for a label. The UUID behind it is of version 8 (RFC 9562 5.8): its bits are a digest
/// of the label and of the generator's name, so nobody else's UIDs are met.
pub(super) fn of(label: &str) -> String {
    let digest = Sha256::digest(format!("generated demo region/{label}"));
    let mut uuid = [0; 16];
    uuid.copy_from_slice(&digest[..16]);
    uuid[6] = uuid[6] & 0x0F | 0x80;
    uuid[8] = uuid[8] & 0x3F | 0x80;
    format!("2.25.{}", u128::from_be_bytes(uuid))
}
