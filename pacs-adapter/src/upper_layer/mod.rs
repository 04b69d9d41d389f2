//! The upper layer (PS3.8) as both sides of an association need it.

pub(crate) mod certificates;
mod identity;
mod stream;
mod wire;

pub use identity::{IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION};
pub(crate) use stream::Stream;
pub(crate) use wire::{Broken, Received, Wire};
