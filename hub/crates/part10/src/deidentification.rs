//! De-identification by the Basic Application Level Confidentiality Profile (PS3.15 E.2), element by element while a data set is
//! written anew.
//!
//! What may stay is said rather than what has to go:
//! - What PS3.15 table E.1-1 names is treated as it says, in items of sequences as in the outermost data set.
//! - Private attributes go, and so do curves, overlays, what the dictionary does not know, and values in another kind of value
//!   representation than the dictionary's: nobody knows what they are.
//! - Of what the table does not name, numbers and codes stay when they look like numbers and codes. Texts, persons, dates, times,
//!   ages, addresses and titles are emptied and bytes go, but for those of a short list. Of UIDs the Standard's own stay and all
//!   others are replaced. Of the groups about patient, visit, order and result nothing stays that the table does not name.
//! - Sequences stay with what of their items may stay.
//!
//! Pixel data stays as it is. Whether somebody can be recognised in it is not judged here.

mod fate;
mod table;
mod value;

pub(crate) use fate::{Fate, Look, fate};

use crate::Changes;
use imaging_domain::{Tag, VR, tags};
use std::{fmt, sync::Arc};

/// Longitudinal Temporal Information Modified (PS3.3 C.7.6.1).
const LONGITUDINAL_TEMPORAL_INFORMATION_MODIFIED: Tag = Tag(0x0028, 0x0303);
/// Code value, scheme and meaning of the profile (PS3.16 CID 7050).
const PROFILE: [(Tag, VR, &str); 3] = [
    (tags::CODE_VALUE, VR::SH, "113100"),
    (tags::CODING_SCHEME_DESIGNATOR, VR::SH, "DCM "),
    (tags::CODE_MEANING, VR::LO, "Basic Application Confidentiality Profile "),
];

/// What stands for a UID.
type Pseudonym = dyn Fn(&str) -> String + Send + Sync;

/// How a data set is de-identified. Cheap to clone.
#[derive(Clone)]
pub struct Deidentification(Arc<Pseudonym>);

impl Deidentification {
    /// With what stands for each UID: the same for the same, another one for another, a UID again.
    pub fn new(pseudonym: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        Self(Arc::new(pseudonym))
    }

    /// What stands for a UID.
    pub fn uid(&self, original: &str) -> String {
        (self.0)(original)
    }

    /// Bytes that stand for those of a value.
    pub(crate) fn instead_of(&self, look: Look, bytes: &[u8]) -> Vec<u8> {
        value::instead_of(look, bytes, &|uid| self.uid(uid))
    }
}

impl fmt::Debug for Deidentification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Deidentification")
    }
}

impl Changes {
    /// The same changes to a data set that is de-identified, and says so (PS3.15 E.1.1, PS3.3 C.7.1.1). It has to be written with
    /// VRs.
    #[must_use]
    pub fn deidentified(mut self, by: Deidentification) -> Self {
        let method = b"PS3.15 Basic Application Confidentiality Profile";
        let said = [
            (tags::PATIENT_IDENTITY_REMOVED, VR::CS, b"YES ".to_vec()),
            (tags::DEIDENTIFICATION_METHOD, VR::LO, method.to_vec()),
            (tags::DEIDENTIFICATION_METHOD_CODE_SEQUENCE, VR::SQ, profile()),
            (LONGITUDINAL_TEMPORAL_INFORMATION_MODIFIED, VR::CS, b"REMOVED ".to_vec()),
        ];
        self.values.extend(said.map(|(tag, vr, value)| (tag, (vr, value))));
        self.deidentification = Some(by);
        self
    }
}

/// The one item of De-identification Method Code Sequence, in explicit little endian.
fn profile() -> Vec<u8> {
    let head = |tag: Tag| [tag.group().to_le_bytes(), tag.element().to_le_bytes()].concat();
    let mut code = vec![];
    for (tag, vr, value) in PROFILE {
        code.extend(head(tag));
        code.extend(vr.to_string().as_bytes());
        code.extend((value.len() as u16).to_le_bytes());
        code.extend(value.as_bytes());
    }
    [head(crate::coding::ITEM), (code.len() as u32).to_le_bytes().to_vec(), code].concat()
}
