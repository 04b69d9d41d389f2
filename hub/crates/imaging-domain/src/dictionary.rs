//! The Standard's names of attributes.

use dicom_core::{
    Tag,
    dictionary::{DataDictionary, DataDictionaryEntry},
};
use dicom_dictionary_std::StandardDataDictionary;

/// The keyword of an attribute in PS3.6; nothing for private and unknown ones.
pub fn keyword(tag: Tag) -> Option<&'static str> {
    StandardDataDictionary.by_tag(tag).map(|entry| entry.alias())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_attributes_have_keywords() {
        assert_eq!(keyword(Tag(0x0010, 0x0010)), Some("PatientName"));
        assert_eq!(keyword(Tag(0x0009, 0x1001)), None);
    }
}
