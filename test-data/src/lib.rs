//! placeholder

pub mod sender;
