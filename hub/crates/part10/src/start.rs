//! What the first bytes are: is there a preamble, and which encoding does the data set really have?

use crate::coding::{Coding, UNDEFINED, is_known, vr_of};
use imaging_domain::transfer_syntax::{self, Encoding};

/// Bytes needed to find the start of a file: preamble, `DICM`, and the first element's header.
pub(crate) const PREFIX: usize = 140;
/// Bytes needed to recognise the encoding of a data set.
pub(crate) const FIRST_ELEMENT: usize = 16;
/// A first value is a UID, a date, a group length; hardly ever longer than this.
const LONGEST_FIRST_VALUE: u32 = 1 << 16;

/// Where file meta information or the data set starts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// After preamble and `DICM`.
    AfterPrefix,
    /// At this byte, without `DICM`.
    Bare(usize),
}

/// Finds the start in the first [`PREFIX`] bytes (fewer when the file is shorter).
pub(crate) fn find(prefix: &[u8]) -> Option<Start> {
    let bare = looks_like_element(prefix);
    if prefix.get(128..132) == Some(b"DICM") {
        // DICM may stand by chance in the data set of a file without a preamble
        let element_follows = prefix.get(132..).is_some_and(looks_like_element);
        return Some(if bare && !element_follows { Start::Bare(0) } else { Start::AfterPrefix });
    }
    if bare {
        return Some(Start::Bare(0));
    }
    let candidates = [128, 132];
    candidates.into_iter().find(|at| prefix.get(*at..).is_some_and(looks_like_element)).map(Start::Bare)
}

fn looks_like_element(bytes: &[u8]) -> bool {
    encoding(bytes).is_some()
}

/// The encoding in which `bytes` begin with a believable element; `None` when they do in none, as in a deflated
/// data set.
pub(crate) fn encoding(bytes: &[u8]) -> Option<Encoding> {
    if bytes.len() < 8 {
        return None;
    }
    [Encoding::ExplicitLittle, Encoding::ExplicitBig, Encoding::ImplicitLittle]
        .into_iter()
        .find(|encoding| is_believable(bytes, Coding::of(*encoding)))
}

/// Whether `bytes` begin with a believable element in this encoding.
pub(crate) fn is_believable_as(bytes: &[u8], encoding: Encoding) -> bool {
    bytes.len() >= 8 && encoding != Encoding::Deflated && is_believable(bytes, Coding::of(encoding))
}

fn is_believable(bytes: &[u8], coding: Coding) -> bool {
    let tag = coding.tag(bytes);
    if tag.group() == 0 || tag.group() > 0x7FE0 || !(is_known(tag) || (tag.group() % 2 == 1 && tag.group() > 8)) {
        return false;
    }
    if coding.explicit {
        return vr_of(&bytes[4..]).is_some();
    }
    let length = coding.u32(&bytes[4..]);
    is_known(tag) && (length <= LONGEST_FIRST_VALUE || length == UNDEFINED)
}

/// Whether `bytes` begin with a zlib header (RFC 1950 section 2.2).
pub(crate) fn is_zlib(bytes: &[u8]) -> bool {
    bytes.len() >= 2 && bytes[0] == 0x78 && u16::from_be_bytes([bytes[0], bytes[1]]).is_multiple_of(31)
}

/// The transfer syntax the data set is really in, from what was declared and what was recognised.
pub(crate) fn effective(declared: Option<&str>, recognised: Option<Encoding>) -> Option<String> {
    let wanted = declared.map(|uid| transfer_syntax::of(uid).encoding);
    let uid = match (declared, wanted, recognised) {
        (Some(uid), _, None) => uid,
        (Some(uid), Some(wanted), Some(found)) if wanted == found => uid,
        (_, _, Some(found)) => uid_of(found),
        (None, _, None) => return None,
    };
    Some(uid.to_owned())
}

fn uid_of(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::ImplicitLittle => transfer_syntax::IMPLICIT_LITTLE,
        Encoding::ExplicitLittle => transfer_syntax::EXPLICIT_LITTLE,
        Encoding::ExplicitBig => transfer_syntax::EXPLICIT_BIG,
        Encoding::Deflated => transfer_syntax::DEFLATED,
    }
}
