//! The use cases of the region's images: take in, search, give, show, sign in. Each takes a principal first, asks the
//! one decision, and leaves its event in the audit log before anything is given.
//!
//! What is *not* here: protocols (`dicomweb`, `dimse`), connections (`federation`), SQL and paths. At a hospital the
//! archive holds everything it knows; at the hub it holds a cache and asks a [`Remote`] for the rest, and holds the images of
//! sites without an adapter ([`Holding`]). Start reading at
//! [`Archive`].

mod animation;
mod archive;
mod availability;
mod bulk;
mod bulk_parts;
mod coercing;
mod committer;
mod compact;
mod config;
mod contents;
mod deletion;
mod described;
mod document;
mod drawn_there;
mod ended;
mod error;
mod fetch;
mod file;
mod form;
mod frames;
mod framing;
mod give_way;
mod header_text;
mod headers;
mod held_first;
mod history;
mod holding;
mod incoming;
mod ingest;
mod keeping;
mod landing;
mod learned;
mod listed;
mod peek;
mod pictures;
mod promised;
mod read_ahead;
mod ready;
mod recoding;
mod remote;
mod rendition;
mod retrieve;
mod rewriting;
mod rules;
mod safekeeping;
mod scratch;
mod series_headers;
mod series_metadata;
mod sign_in;
mod sink;
mod spool;
mod subject;
mod terms;
mod thumbnails_ahead;
mod version;
mod witness;

pub use archive::{Archive, Parts};
pub use availability::Availability;
pub use bulk::{Bulk, BulkPlace};
pub use bulk_parts::{BulkKind, BulkPart, BulkParts, PartPlace};
pub use committer::Committer;
pub use config::AheadConfig;
pub use contents::{Slice, StudyContents};
pub use document::Document;
pub use error::Error;
pub use file::{Content, File, Files, cut};
pub use form::{Choose, Form, Otherwise, Wanted};
pub use frames::Frames;
pub use framing::{Framing, Outcome};
pub use header_text::HeaderText;
pub use held_first::HeldFirst;
pub use history::History;
pub use holding::{Deposit, Deposits, Holding, HoldingLimits};
pub use imaging_domain::same_person::Basis;
pub use incoming::Incoming;
pub use ingest::Ingest;
pub use learned::PacsNews;
pub use peek::{Peeked, peek, peek_index};
pub use pictures::{Picture, PictureRequest};
pub use ready::{Round, Thumbnails};
pub use remote::{Body, DataSets, Drawn, Remote};
pub use rendition::Rendition;
pub use retrieve::Metadata;
pub use rules::{Fate, Judgement, Rules};
pub use safekeeping::Safekeeping;
pub use scratch::{Scratch, ScratchReader};
pub use series_metadata::{HeaderTexts, Texts};
pub use sign_in::{People, SESSION_MS, SignedIn};
pub use version::Version;
pub use witness::{MAX_HEAD, Seen, Witness};
