//! Studies out of nothing: phantoms worth looking at, written as twelve hospitals would write them.
//!
//! Everything is the same in every run: no clock, no chance from outside, and UIDs that are digests of labels.
//! [`Study`] builds one study, [`write_region`] the demo region's folders, [`instance_of_size`] load.
//!
//! What is *not* here: sending (`sender`), and bytes that are wrong on purpose. Start reading at `region.rs`, then
//! `study.rs`; each kind of picture is a file of `phantom/`.

mod attributes;
mod canvas;
mod charset;
mod file;
mod hospitals;
mod image;
mod load;
mod noise;
mod persons;
mod phantom;
mod pixels;
mod region;
mod rle;
mod study;
#[cfg(test)]
mod tests;
mod uid;
mod words;

pub use file::Syntax;
pub use load::{Place, instance_in, instance_of_series, instance_of_size, load_date, place_of};
pub use phantom::Kind;
pub use region::write_region;
pub use study::{Study, StudyFile};
