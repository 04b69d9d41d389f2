//! Whether pixels may tell who somebody is, of which no attribute says a word: names burnt in, faces, voices, pages.
//!
//! Nobody looks at the pixels. What says of itself that nothing is burnt in is believed; of what says nothing, only classes are
//! given in whose images hardly any device ever writes. Everything else is refused, and so is what is words rather than images.

use crate::error::Error;
use imaging_domain::{DataSet, Tag, tags, transfer_syntax, transfer_syntax::PixelCoding};

/// What the storage classes of images begin with (PS3.4 B.5).
const STORAGE: &str = "1.2.840.10008.5.1.4.1.1.";
/// Conversion Type, which secondary captures have.
const CONVERSION_TYPE: Tag = Tag(0x0008, 0x0064);
/// Specimen Label in Image.
const SPECIMEN_LABEL_IN_IMAGE: Tag = Tag(0x0048, 0x0010);
/// Recognizable Visual Features.
const RECOGNIZABLE_VISUAL_FEATURES: Tag = Tag(0x0028, 0x0302);

/// Classes of images that are made by reconstruction or of numbers: given unless something speaks against it.
const RECONSTRUCTED: [&str; 13] = [
    "2", "2.1", "2.2", // CT
    "4", "4.1", "4.4", // MR
    "128", "128.1", "130", // PET
    "30", "66.4", "66.7", "481.2", // parametric maps, segmentations, dose
];
/// Classes of other images: given when they say that nothing is burnt in.
const TAKEN: [&str; 35] = [
    "1", "1.1", "1.1.1", "1.2", "1.2.1", "1.3", "1.3.1", // projection radiography
    "3.1", "6.1", "6.2", // ultrasound
    "4.3", "20", // MR in colour, nuclear medicine
    "7", "7.1", "7.2", "7.3", "7.4", // secondary capture
    "12.1", "12.1.1", "12.2", "12.2.1", "13.1.1", "13.1.2", "13.1.3", "13.1.4", "13.1.5", // X-ray
    "14.1", "14.2", "77.1.1", "77.1.2", "77.1.3", "77.1.5.4", "77.1.5.8", "77.1.6", // light
    "481.1",
];
/// What values of Image Type have in them that name copies of screens and pages rather than images.
const SCREENS: [&str; 7] = ["SECONDARY", "SCREEN", "CAPTURE", "REPORT", "DOSE", "PROTOCOL", "RESULT"];

/// Refuses an instance whose pixels may tell who somebody is.
///
/// # Errors
/// [`Error::Unsupported`], which says why.
pub(crate) fn refuse(attributes: &DataSet, stored: &str) -> Result<(), Error> {
    let class = attributes.text(tags::SOP_CLASS_UID).and_then(|uid| uid.strip_prefix(STORAGE)).unwrap_or_default();
    let (reconstructed, taken) = (RECONSTRUCTED.contains(&class), TAKEN.contains(&class));
    if !reconstructed && !taken {
        return Err(Error::Unsupported("instances of this class cannot be de-identified here"));
    }
    if matches!(transfer_syntax::of(stored).coding, PixelCoding::Video | PixelCoding::Unknown) {
        return Err(Error::Unsupported("moving pictures cannot be de-identified here"));
    }
    if hides_overlay(attributes) {
        return Err(Error::Unsupported("an overlay is among the pixels"));
    }
    let says = |tag| attributes.texts(tag).first().map(String::as_str);
    if is_photograph(attributes) || shows_label(attributes) {
        return Err(Error::Unsupported("the pixels are a photograph, a page or a label"));
    }
    if says(RECOGNIZABLE_VISUAL_FEATURES).is_some_and(|said| said != "NO") {
        return Err(Error::Unsupported("the pixels show somebody who can be recognized"));
    }
    match says(tags::BURNED_IN_ANNOTATION) {
        Some("NO") => Ok(()),
        Some(said) if !said.is_empty() => Err(Error::Unsupported("something is burnt into the pixels")),
        _ if taken => Err(Error::Unsupported("the instance does not say that nothing is burnt into its pixels")),
        _ if is_of_a_screen(attributes) => Err(Error::Unsupported("something may be burnt into the pixels")),
        _ => Ok(()),
    }
}

/// Whether an overlay may be in bits of the pixels that no image has (PS3.5 8.1.2, retired): it is not seen, and stays.
fn hides_overlay(attributes: &DataSet) -> bool {
    (0x6000..=0x60FE).step_by(2).any(|group| {
        let is_apart = attributes.get(Tag(group, 0x3000)).is_some();
        let bits = attributes.int(Tag(group, 0x0100));
        bits.is_some_and(|bits| bits != 1) || attributes.get(Tag(group, 0x0010)).is_some() && !is_apart
    })
}

/// Whether it is a photograph, a scanned page or a film, whatever class it is stored as.
fn is_photograph(attributes: &DataSet) -> bool {
    let is = |tag, words: &[&str]| attributes.texts(tag).iter().any(|text| words.contains(&text.trim()));
    is(tags::MODALITY, &["XC", "OP", "DMS", "DOC"]) || is(CONVERSION_TYPE, &["SD", "DF", "DI", "DV"])
}

/// Whether the label of a slide may be seen (PS3.3 C.8.12.1).
fn shows_label(attributes: &DataSet) -> bool {
    let said = attributes.text(SPECIMEN_LABEL_IN_IMAGE);
    let kinds = attributes.texts(tags::IMAGE_TYPE);
    let is = |word: &str| kinds.iter().any(|kind| kind.to_ascii_uppercase().contains(word));
    said.is_some_and(|said| said != "NO") || is("LABEL") || said.is_none() && is("OVERVIEW")
}

fn is_of_a_screen(attributes: &DataSet) -> bool {
    let kinds = attributes.texts(tags::IMAGE_TYPE);
    let names_one = |kind: &String| SCREENS.iter().any(|screen| kind.to_ascii_uppercase().contains(screen));
    kinds.iter().any(names_one) || attributes.get(CONVERSION_TYPE).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging_domain::{VR, Value};

    const BURNT: Tag = tags::BURNED_IN_ANNOTATION;
    const KINDS: Tag = tags::IMAGE_TYPE;

    /// Class, what is said, whether it is given.
    type Case = (&'static str, &'static [(Tag, &'static str)], bool);

    fn check(class: &str, said: &[(Tag, &str)], stored: &str) -> bool {
        let mut set = DataSet::new();
        set.put_text(tags::SOP_CLASS_UID, VR::UI, format!("{STORAGE}{class}"));
        for (tag, text) in said {
            set.put(*tag, VR::CS, Value::Text(text.split('\\').map(str::to_owned).collect()));
        }
        refuse(&set, stored).is_ok()
    }

    #[test]
    fn what_may_tell_who_somebody_is_is_refused() {
        let cases: &[Case] = &[
            ("2", &[], true),
            ("4.1", &[(KINDS, "ORIGINAL\\PRIMARY\\M")], true),
            ("2", &[(BURNT, "NO")], true),
            ("2", &[(BURNT, "YES")], false),
            ("2", &[(BURNT, "no")], false),
            ("2", &[(KINDS, "DERIVED\\SECONDARY\\MPR")], false),
            ("2", &[(KINDS, "DERIVED\\SECONDARY\\MPR"), (BURNT, "NO")], true),
            ("2", &[(KINDS, "ORIGINAL\\PRIMARY\\SCREEN SAVE")], false),
            ("2", &[(CONVERSION_TYPE, "WSD")], false),
            ("2", &[(RECOGNIZABLE_VISUAL_FEATURES, "YES"), (BURNT, "NO")], false),
            ("2", &[(KINDS, "DERIVED\\PRIMARY\\OTHER\\CSA REPORT")], false),
            ("7", &[(tags::MODALITY, "XC"), (BURNT, "NO")], false),
            ("7", &[(CONVERSION_TYPE, "DF"), (BURNT, "NO")], false),
            ("77.1.6", &[(KINDS, "ORIGINAL\\PRIMARY\\LABEL\\NONE"), (BURNT, "NO")], false),
            ("77.1.6", &[(KINDS, "ORIGINAL\\PRIMARY\\OVERVIEW\\NONE"), (BURNT, "NO")], false),
            ("77.1.6", &[(SPECIMEN_LABEL_IN_IMAGE, "YES"), (BURNT, "NO")], false),
            ("77.1.6", &[(SPECIMEN_LABEL_IN_IMAGE, "NO"), (BURNT, "NO")], true),
            ("2", &[(Tag(0x6000, 0x0100), "16")], false),
            ("2", &[(Tag(0x6002, 0x0010), "512")], false),
            ("2", &[(Tag(0x6002, 0x0010), "512"), (Tag(0x6002, 0x3000), "1")], true),
            ("7", &[], false),
            ("7", &[(BURNT, "NO")], true),
            ("6.1", &[], false),
            ("6.1", &[(BURNT, "")], false),
            ("12.1", &[(BURNT, "NO")], true),
            ("77.1.4", &[(BURNT, "NO")], false),
            ("88.11", &[(BURNT, "NO")], false),
            ("104.1", &[(BURNT, "NO")], false),
            ("11.1", &[(BURNT, "NO")], false),
            ("9.1.1", &[(BURNT, "NO")], false),
            ("", &[(BURNT, "NO")], false),
        ];
        for (class, said, expected) in cases {
            assert_eq!(check(class, said, transfer_syntax::EXPLICIT_LITTLE), *expected, "{class} {said:?}");
        }
        assert!(!check("3.1", &[(BURNT, "NO")], "1.2.840.10008.1.2.4.102"), "a film");
        assert!(refuse(&DataSet::new(), transfer_syntax::EXPLICIT_LITTLE).is_err());
    }
}
