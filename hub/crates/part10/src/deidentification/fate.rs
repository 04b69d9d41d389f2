//! What becomes of an element.

use super::table::{DUMMIES, EMPTIED, REMOVED, REPLACED};
use crate::coding::{dictionary_vr, is_known};
use imaging_domain::{Tag, VR, tags};

/// Groups of which nothing stays that the table does not name: patient, order, visit and results.
const PERSONAL: [u16; 4] = [0x0010, 0x0032, 0x0038, 0x4008];

/// Texts that stay: codes of terminologies, what made an image and how, and names that attributes refer to each other by. None is
/// for somebody's words about a patient.
const KEPT_TEXTS: [Tag; 23] = [
    tags::MANUFACTURER,
    tags::CODE_VALUE,
    tags::CODING_SCHEME_DESIGNATOR,
    tags::CODING_SCHEME_VERSION,
    tags::CODE_MEANING,
    tags::MANUFACTURER_MODEL_NAME,
    tags::SEQUENCE_NAME,
    tags::IMAGED_NUCLEUS,
    tags::SOFTWARE_VERSIONS,
    tags::FILTER_TYPE,
    tags::CONVOLUTION_KERNEL,
    tags::RECEIVE_COIL_NAME,
    tags::TRANSMIT_COIL_NAME,
    tags::PULSE_SEQUENCE_NAME,
    tags::STACK_ID,
    tags::DIMENSION_DESCRIPTION_LABEL,
    tags::RESCALE_TYPE,
    tags::MODALITY_LUT_TYPE,
    tags::LUT_LABEL,
    tags::OPTICAL_PATH_IDENTIFIER,
    tags::ATTENUATION_CORRECTION_METHOD,
    tags::RECONSTRUCTION_METHOD,
    tags::SCATTER_CORRECTION_METHOD,
];

/// What is left out beside: reasons and diagnoses in terms of a hospital's own, and UIDs of coding schemes, which another one would
/// not be.
const MORE_REMOVED: [u32; 13] = [
    0x0008010C, 0x00180026, 0x00180029, 0x00189907, 0x00189909, 0x00400039, 0x0040003A, 0x00400281, 0x00401012,
    0x0040A372, 0x00700083, 0x00700084, 0x0072000E,
];
/// Codes that people type.
const MORE_EMPTIED: [u32; 2] = [0x00180039, 0x00540039];
const CONTENT_LABEL: u32 = 0x00700080;

/// Bytes that stay beside pixel data: what samples mean, and where the frames of compressed pixels begin.
const KEPT_BYTES: [Tag; 12] = [
    tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    tags::ALPHA_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    tags::SEGMENTED_RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    tags::SEGMENTED_GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    tags::SEGMENTED_BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    tags::SEGMENTED_ALPHA_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    tags::LUT_DATA,
    tags::LUT_DESCRIPTOR,
    tags::EXTENDED_OFFSET_TABLE,
    tags::EXTENDED_OFFSET_TABLE_LENGTHS,
];

/// What becomes of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is written as it would be. A sequence is gone into.
    Kept,
    /// It is left out.
    Removed,
    /// It is written with this value, which the dictionary's VR allows.
    Fixed(&'static str),
    /// Its value decides.
    Looked(Look),
}

/// What is looked for in a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// UIDs, all of which are replaced.
    Uids,
    /// UIDs, of which the Standard's own stay.
    OwnUids,
    /// Codes, which stay.
    Codes,
    /// Numbers in characters, which stay.
    Numbers,
    /// A short text, which stays.
    Text,
}

#[derive(PartialEq, Eq)]
enum Class {
    Sequence,
    Uids,
    Codes,
    Numerals,
    Numbers,
    Texts,
    Bytes,
}

/// What becomes of an element of the outermost data set or of an item, whatever it is in the file.
pub(crate) fn fate(tag: Tag, vr: VR) -> Fate {
    let group = tag.group();
    let curve_or_overlay = matches!(group, 0x5000..=0x50FF | 0x6000..=0x60FF);
    if !group.is_multiple_of(2) || group < 8 || curve_or_overlay || !is_known(tag) {
        return Fate::Removed;
    }
    named(tag, vr).unwrap_or_else(|| unnamed(tag, vr))
}

/// What the table says.
fn named(tag: Tag, vr: VR) -> Option<Fate> {
    let number = u32::from(tag.group()) << 16 | u32::from(tag.element());
    let is_in = |tags: &[u32]| tags.binary_search(&number).is_ok();
    if number == CONTENT_LABEL {
        Some(Fate::Fixed("ANONYMIZED"))
    } else if is_in(&REMOVED) || MORE_REMOVED.contains(&number) {
        Some(Fate::Removed)
    } else if is_in(&EMPTIED) || MORE_EMPTIED.contains(&number) {
        Some(Fate::Fixed(""))
    } else if is_in(&DUMMIES) {
        Some(Fate::Fixed(dummy(dictionary_vr(tag, false))))
    } else if is_in(&REPLACED) {
        Some(if vr == VR::UI { Fate::Looked(Look::Uids) } else { Fate::Removed })
    } else {
        None
    }
}

fn unnamed(tag: Tag, vr: VR) -> Fate {
    if PERSONAL.contains(&tag.group()) {
        return Fate::Removed;
    }
    if KEPT_BYTES.contains(&tag) && matches!(class(vr), Class::Bytes | Class::Numbers) {
        return Fate::Kept;
    }
    let class = class(vr);
    if class != self::class(dictionary_vr(tag, false)) {
        return Fate::Removed;
    }
    match class {
        Class::Sequence | Class::Numbers => Fate::Kept,
        Class::Uids => Fate::Looked(Look::OwnUids),
        Class::Codes => Fate::Looked(Look::Codes),
        Class::Numerals => Fate::Looked(Look::Numbers),
        Class::Texts if KEPT_TEXTS.contains(&tag) => Fate::Looked(Look::Text),
        Class::Texts => Fate::Fixed(""),
        Class::Bytes => Fate::Removed,
    }
}

fn class(vr: VR) -> Class {
    use VR::*;
    match vr {
        SQ => Class::Sequence,
        UI => Class::Uids,
        CS => Class::Codes,
        DS | IS => Class::Numerals,
        AT | FD | FL | SL | SS | SV | UL | US | UV => Class::Numbers,
        AE | AS | DA | DT | LO | LT | PN | SH | ST | TM | UC | UR | UT => Class::Texts,
        OB | OD | OF | OL | OV | OW | UN => Class::Bytes,
    }
}

/// A value of even length that says nothing.
fn dummy(vr: VR) -> &'static str {
    use VR::*;
    match vr {
        AE | LO | LT | PN | SH | ST | UC | UT => "ANONYMIZED",
        AS => "000Y",
        DA => "19000101",
        DT => "19000101000000",
        TM => "000000",
        _ => "",
    }
}
