//! The images that a called application entity has, as a port: the hospital's own, or the region's.

mod own;
mod port;

pub use own::OwnImages;
pub use port::{Images, Matches};
