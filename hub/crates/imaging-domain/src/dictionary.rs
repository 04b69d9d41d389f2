//! The Standard's names of attributes.

use dicom_core::{
    Tag, VR,
    dictionary::{DataDictionary, DataDictionaryEntry},
};
use dicom_dictionary_std::StandardDataDictionary;

/// The keyword of an attribute in PS3.6; nothing for private and unknown ones.
pub fn keyword(tag: Tag) -> Option<&'static str> {
    StandardDataDictionary.by_tag(tag).map(|entry| entry.alias())
}

/// The attribute that people write as a keyword, or as `gggg,eeee`; nothing for what is neither.
pub fn attribute_named(text: &str) -> Option<Tag> {
    if let Some(entry) = StandardDataDictionary.by_name(text) {
        return Some(entry.tag());
    }
    let (group, element) = text.trim_matches(['(', ')']).split_once(',')?;
    let number = |text: &str| (text.len() == 4).then(|| u16::from_str_radix(text, 16).ok()).flatten();
    Some(Tag(number(group)?, number(element)?))
}

/// The VR of an attribute in PS3.6, the first where it has several; nothing for private and unknown ones.
pub fn standard_vr(tag: Tag) -> Option<VR> {
    StandardDataDictionary.by_tag(tag).map(|entry| entry.vr().relaxed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_attributes_have_keywords() {
        assert_eq!(keyword(Tag(0x0010, 0x0010)), Some("PatientName"));
        assert_eq!(keyword(Tag(0x0009, 0x1001)), None);
        for text in ["PatientName", "0010,0010", "(0010,0010)"] {
            assert_eq!(attribute_named(text), Some(Tag(0x0010, 0x0010)), "{text}");
        }
        assert_eq!(attribute_named("0009,10fF"), Some(Tag(0x0009, 0x10FF)));
        for text in ["", "patientname", "10,10", "00100010", "0010,001g"] {
            assert_eq!(attribute_named(text), None, "{text}");
        }
        assert_eq!((standard_vr(Tag(0x0010, 0x0010)), standard_vr(Tag(0x0009, 0x1001))), (Some(VR::PN), None));
    }
}
