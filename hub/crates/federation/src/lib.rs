//! How hospitals and the hub find, trust and talk to each other: the region's authority and enrolment, mutual TLS, the
//! change feed, and the channel over which the hub asks back. Used by both programs.
//!
//! Hospitals dial; nobody dials a hospital. Who a peer is comes from its certificate alone ([`Peer`]). What is *not* here:
//! the routes of the hub's listener (`viewer-api`), where keys are kept (the programs), and what is asked over the
//! channel (`dicomweb`). Start reading at [`sync`], then [`Uplink`] and [`Channels`], the two ends.

mod authority;
mod batch_size;
pub mod channel;
mod code;
mod described;
mod enrolment;
mod error;
mod identity;
mod intake;
mod join;
mod lines;
mod metadata;
mod net;
mod region;
mod remote;
mod shown;
pub mod sync;
pub mod thumbnails;
pub mod tls;
mod trouble;
mod uplink;

pub use authority::{Authority, CERTIFICATE_DAYS, Credentials, Request, fingerprint, fingerprint_of_pem, issued_ms};
pub use channel::Channels;
pub use code::Code;
pub use described::DESCRIBED_PATH;
pub use enrolment::{Application, Enrolled, Enrolment, INVITATION_MS};
pub use error::Error;
pub use identity::{Identity, Peer};
pub use intake::Intake;
pub use join::{ENROL_PATH, Membership, RENEW_PATH, join, renew};
pub use lines::{Lines, Turn};
pub use net::{ANSWER_TIMEOUT, Backoff, Dialler, Line};
pub use region::Region;
pub use remote::DICOMWEB_PATH;
pub use shown::Shown;
pub use trouble::Trouble;
pub use uplink::{FEED_PATH, SIGN_OF_LIFE, State, Uplink};
