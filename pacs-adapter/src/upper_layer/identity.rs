//! How this implementation names itself to peers.

/// Identifies this implementation to peers (PS3.7 D.3.3.2).
pub const IMPLEMENTATION_CLASS_UID: &str = "2.25.218694072191946370638655500904161843965";
/// Names this implementation to peers, at most 16 characters.
pub const IMPLEMENTATION_VERSION: &str = concat!("PACSADAPTER_", env!("CARGO_PKG_VERSION_MAJOR"));
