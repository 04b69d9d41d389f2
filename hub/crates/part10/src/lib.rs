//! The bounded scan that every foreign byte passes before anything else in the hub looks at it.
//!
//! A [`Scanner`] is fed a PS3.10 file or a bare data set in pieces of any size and gives a [`Header`]: the decoded
//! attributes that were asked for, which transfer syntax the bytes really are in, where the data set begins and
//! where the pixel data lies. It keeps an explicit stack instead of recursing, skips what is not kept without
//! buffering it, and allocates by bytes that came, never by lengths that were claimed. [`FrameIndex`] then finds
//! single frames inside pixel data, [`Inflate`] reads a deflated data set, and [`file_meta`] writes what the
//! archive puts before a data set; [`Rewriter`] writes a data set again in explicit little endian, [`data_set_bytes`] one of values,
//! [`FileSet`] the directory of a file set; a [`Coercion`] changes attributes and leaves every other byte alone ([`Splicer`]);
//! [`Deidentification`] takes out of what is written again who it is about.
//!
//! What is *not* here: files, sockets, clocks, async; pixels (`rendering`); judging whether an instance may be
//! stored (`archive`). Start reading at [`Scanner`], then `walker.rs`.
//!
//! Sources: PS3.5 chapters 6 and 7 and annex A, PS3.10 chapter 7, PS3.15 annex E.

mod charset;
mod coding;
mod coercion;
mod data_set;
mod deidentification;
mod error;
mod file_meta;
mod file_set;
mod frames;
mod gatherer;
mod header;
mod inflate;
mod iso2022;
mod level;
mod meta;
mod options;
mod places;
mod rewriter;
mod scanner;
mod splicer;
mod start;
mod value;
mod walker;

pub use coercion::{Coercion, CoercionError, MAX_ORIGINAL_BYTES, Modification, ORIGINAL_ATTRIBUTES_SEQUENCE, Splices};
pub use data_set::data_set_bytes;
pub use deidentification::Deidentification;
pub use error::Error;
pub use file_meta::{IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME, file_meta};
pub use file_set::{FileSet, SetFile};
pub use frames::{FrameIndex, FrameSpan, MAX_FRAGMENTS, MAX_FRAMES};
pub use gatherer::{Gatherer, Inflating};
pub use header::{Header, Identity, PixelData, Warning};
pub use inflate::{Inflate, MAX_RATIO, RATIO_JUDGED_FROM};
pub use options::{Framing, Keep, Limits};
pub use places::{Places, Watched};
pub use rewriter::{Changes, MAX_DEFLATED_PIECE, Pixels, Rewriter, Written, to_little_endian};
pub use scanner::{Scanner, scan};
pub use splicer::Splicer;
