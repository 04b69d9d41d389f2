//! The images that a called application entity has, as a port: the hospital's own, or the region's.

mod own;
mod port;
mod region;
mod resumed;

pub use own::OwnImages;
pub use port::{Given, Giving, Images, Listed, Matches, WantedForm};
pub use region::RegionImages;
