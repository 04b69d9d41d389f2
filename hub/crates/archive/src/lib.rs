//! The use cases of the region's images: take in, search, give, show, sign in. Each takes a principal first, asks the
//! one decision, and leaves its event in the audit log before anything is given.
//!
//! What is *not* here: protocols (`dicomweb`, `dimse`), connections (`federation`), SQL and paths. At a hospital the
//! archive holds everything it knows; at the hub it holds a cache and asks a [`Remote`] for the rest. Start reading at
//! [`Archive`].

mod archive;
mod committer;
mod error;
mod fetch;
mod headers;
mod ingest;
mod landing;
mod pictures;
mod remote;
mod retrieve;
mod sign_in;

pub use archive::{Archive, Parts};
pub use committer::Committer;
pub use error::Error;
pub use ingest::{Framing, Incoming, Ingest, Outcome};
pub use pictures::{Picture, PictureRequest};
pub use remote::{Body, Remote};
pub use retrieve::{File, Frames, Metadata};
pub use sign_in::{People, SESSION_MS, SignedIn};
