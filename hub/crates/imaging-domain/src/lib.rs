//! The words of the region: identifiers, sites, principals, data sets as values, the table of attributes, the
//! query language and the change feed's lines.
//!
//! What is here is plain data that can only be made valid: whoever holds a [`StudyUid`] holds a parsed one.
//! What is *not* here: bytes of files (`part10`), the index (`catalog`), decisions (`access-control`), and any
//! socket, file or clock. Start reading at [`Query`] and [`attribute::TABLE`].
//!
//! Texts about patients are never shown by `Debug`.

mod ae;
pub mod attribute;
mod dataset;
mod date_time;
mod dictionary;
mod error;
mod instance;
pub mod json;
mod link;
mod matching;
mod patient;
mod principal;
mod query;
pub mod same_person;
mod site;
pub mod transfer_syntax;
mod uid;
mod verbatim;
mod wildcard;
pub mod worklist;
pub mod xml;

pub use ae::AeTitle;
pub use attribute::{Attribute, Level};
pub use dataset::{DataSet, Element, Value};
pub use date_time::moments;
pub use dicom_core::{Tag, VR};
pub use dicom_dictionary_std::tags;
pub use dictionary::{attribute_named, keyword, standard_vr};
pub use error::{ErrorKind, Invalid, in_one_line};
pub use instance::{Change, Digest, Event, Instance, InstanceCopy, Keeping};
pub use link::{Allowed, LinkId};
pub use matching::Matching;
pub use patient::{PatientIdentity, PersonName, folded};
pub use principal::{Principal, Role};
pub use query::{Include, Key, MAX_LIMIT, NO_LIMIT, Names, Page, Query, time_of};
pub use site::{SiteId, SiteSummary};
pub use transfer_syntax::TransferSyntax;
pub use uid::{
    InstanceUid, MAX_UID_LENGTH, SeriesUid, SopClassUid, StudyUid, TransferSyntaxUid, UID_PATTERN, is_standard_uid,
};
pub use wildcard::is_like;
