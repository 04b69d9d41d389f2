//! The index.
mod error;
mod ports;
pub use error::Error;
pub use ports::*;
