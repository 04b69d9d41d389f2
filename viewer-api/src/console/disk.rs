//! Where the images are, as JSON.

use serde::{Deserialize, Serialize};

/// The disk that the images are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Disk {
    /// Bytes of images.
    pub images_bytes: u64,
    /// Bytes that are free.
    pub free_bytes: u64,
    /// Bytes there are.
    pub total_bytes: u64,
    /// With fewer bytes free nothing more is taken in.
    pub reserve_bytes: u64,
    /// With more bytes of images nothing more is taken in; 0 when only the disk limits them.
    #[serde(default)]
    pub quota_bytes: u64,
    /// Whether anything more is taken in now.
    #[serde(default)]
    pub is_accepting: bool,
}
