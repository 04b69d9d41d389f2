//! Which presentation contexts are accepted (PS3.8 7.1.1.13): what can be kept is kept, by rule rather than by list,
//! because a list refuses the images of next year's scanner.

use crate::query_class::QueryClass;
use imaging_domain::transfer_syntax;

/// The one application context of DICOM (PS3.7 A.2.1).
pub const APPLICATION_CONTEXT: &str = "1.2.840.10008.3.1.1.1";
/// Verification SOP Class (PS3.4 annex A).
pub const VERIFICATION: &str = "1.2.840.10008.1.1";
/// Storage Commitment Push Model SOP Class (PS3.4 J.3), and its well-known instance.
pub const STORAGE_COMMITMENT: &str = "1.2.840.10008.1.20.1";
/// See [`STORAGE_COMMITMENT`].
pub const STORAGE_COMMITMENT_INSTANCE: &str = "1.2.840.10008.1.20.1.1";
/// The most presentation contexts of one association: ids are the odd numbers below 256 (PS3.8 9.3.2.2).
pub const MAX_CONTEXTS: usize = 128;

/// Transfer syntaxes of data sets that we write, the one that says more first.
const PLAIN: [&str; 2] = [transfer_syntax::EXPLICIT_LITTLE, transfer_syntax::IMPLICIT_LITTLE];

const STANDARD: &str = "1.2.840.10008.";
const STORAGE: &str = "1.2.840.10008.5.1.4.1.1.";

/// What stands under the storage root without being storage: query and retrieval of protocols and inventories.
const NOT_STORAGE: &[&str] = &[
    "1.2.840.10008.5.1.4.1.1.200.4",
    "1.2.840.10008.5.1.4.1.1.200.5",
    "1.2.840.10008.5.1.4.1.1.200.6",
    "1.2.840.10008.5.1.4.1.1.201.1.1",
    "1.2.840.10008.5.1.4.1.1.201.2",
    "1.2.840.10008.5.1.4.1.1.201.3",
    "1.2.840.10008.5.1.4.1.1.201.4",
    "1.2.840.10008.5.1.4.1.1.201.5",
    "1.2.840.10008.5.1.4.1.1.201.6",
];

/// Radiotherapy delivery instructions, the storage classes that stand under the worklist's root.
const STORAGE_ELSEWHERE: &[&str] =
    &["1.2.840.10008.5.1.4.34.1", "1.2.840.10008.5.1.4.34.7", "1.2.840.10008.5.1.4.34.10"];

/// Syntaxes whose data sets do not begin with explicit little endian elements although `imaging_domain` would guess so
/// of them, or whose pixels are elsewhere. A peer that is refused these offers others.
const REFUSED_SYNTAXES: &[(&str, &str)] = &[
    ("1.2.840.10008.1.2.4.94", "JPIP Referenced: pixels are behind an address"),
    ("1.2.840.10008.1.2.4.95", "JPIP Referenced Deflate: deflated, pixels are behind an address"),
    ("1.2.840.10008.1.2.4.204", "JPIP HTJ2K Referenced: pixels are behind an address"),
    ("1.2.840.10008.1.2.4.205", "JPIP HTJ2K Referenced Deflate: deflated, pixels are behind an address"),
    ("1.2.840.10008.1.2.6.1", "RFC 2557 MIME Encapsulation: no data set"),
    ("1.2.840.10008.1.2.6.2", "XML Encoding: no data set"),
    ("1.2.840.10008.1.2.7.1", "SMPTE ST 2110-20: a live stream"),
    ("1.2.840.10008.1.2.7.2", "SMPTE ST 2110-20 interlaced: a live stream"),
    ("1.2.840.10008.1.2.7.3", "SMPTE ST 2110-30: a live stream"),
    ("1.2.840.113619.5.2", "GE private: implicit elements with big endian pixels"),
];

/// What to do with SOP classes outside of the Standard's root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PrivateClasses {
    /// Keep them as instances.
    #[default]
    Accept,
    /// Refuse their contexts.
    Refuse,
}

/// The answer to one proposed presentation context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision<'a> {
    /// Accepted, with this one of the proposed transfer syntaxes.
    Accept(&'a str),
    /// Result 3: abstract syntax not supported.
    AbstractSyntaxNotSupported,
    /// Result 4: none of the transfer syntaxes is supported.
    TransferSyntaxesNotSupported,
}

/// The rule of this application entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
    /// What to do with private SOP classes.
    pub private: PrivateClasses,
}

impl Policy {
    /// Decides on one proposed context. Of the transfer syntaxes the first that we know wins, because the asker names
    /// first what it has; if we know none, the first that is stored unread.
    pub fn decide<'a>(&self, abstract_syntax: &str, transfer_syntaxes: &'a [String]) -> Decision<'a> {
        let uid = trimmed(abstract_syntax);
        if is_query(uid) || uid == STORAGE_COMMITMENT {
            let plain = transfer_syntaxes.iter().map(|uid| trimmed(uid)).find(|uid| PLAIN.contains(uid));
            return plain.map_or(Decision::TransferSyntaxesNotSupported, Decision::Accept);
        }
        if uid == VERIFICATION {
            return known(transfer_syntaxes).map_or(Decision::TransferSyntaxesNotSupported, Decision::Accept);
        }
        if !self.stores(uid) {
            return Decision::AbstractSyntaxNotSupported;
        }
        let unread = || transfer_syntaxes.iter().map(|uid| trimmed(uid)).find(|uid| is_storable_syntax(uid));
        known(transfer_syntaxes).or_else(unread).map_or(Decision::TransferSyntaxesNotSupported, Decision::Accept)
    }

    /// Decides on a context of a storage class on which the peer takes what we send: of the transfer syntaxes the one
    /// that every instance can be written in, when it is there.
    pub fn decide_to_send<'a>(&self, abstract_syntax: &str, transfer_syntaxes: &'a [String]) -> Decision<'a> {
        let offered = |plain: &&str| transfer_syntaxes.iter().map(|uid| trimmed(uid)).find(|uid| uid == plain);
        let plain = PLAIN.iter().find_map(offered).filter(|_| self.stores(trimmed(abstract_syntax)));
        plain.map_or_else(|| self.decide(abstract_syntax, transfer_syntaxes), Decision::Accept)
    }

    /// Whether instances of this SOP class are kept.
    pub fn stores(&self, sop_class: &str) -> bool {
        is_storage(sop_class) || (self.private == PrivateClasses::Accept && is_private(sop_class))
    }
}

/// Whether a SOP class of the Standard is a storage class of patients' instances. A class under the storage root that
/// nobody has told us of is one.
pub fn is_storage(sop_class: &str) -> bool {
    let below_root = sop_class.len() > STORAGE.len() && sop_class.starts_with(STORAGE);
    (below_root && !NOT_STORAGE.contains(&sop_class)) || STORAGE_ELSEWHERE.contains(&sop_class)
}

/// Whether a SOP class is one of query and retrieval (PS3.4 C.6).
fn is_query(sop_class: &str) -> bool {
    QueryClass::of(sop_class).is_some()
}

/// Whether a SOP class that we know is of another service than storage.
pub fn is_other_service(sop_class: &str) -> bool {
    [VERIFICATION, STORAGE_COMMITMENT].contains(&sop_class) || is_query(sop_class)
}

fn is_private(sop_class: &str) -> bool {
    !sop_class.starts_with(STANDARD) && sop_class.len() > 2
}

fn known(transfer_syntaxes: &[String]) -> Option<&str> {
    let row = |uid: &&str| transfer_syntax::TABLE.iter().any(|row| row.uid == *uid);
    transfer_syntaxes.iter().map(|uid| trimmed(uid)).find(row)
}

fn is_storable_syntax(uid: &str) -> bool {
    !uid.is_empty() && !REFUSED_SYNTAXES.iter().any(|(refused, _)| *refused == uid)
}

fn trimmed(uid: &str) -> &str {
    uid.trim_matches(|c| c == ' ' || c == '\0')
}
