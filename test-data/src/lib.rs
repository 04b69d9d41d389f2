//! Studies and regions to try everything with: the demo region, the sender that fills it, and the generator of its studies.
//!
//! What is *not* here: anything a hospital or the hub runs on. Start reading at [`demo`].

pub mod demo;
pub mod generator;
pub mod sender;
