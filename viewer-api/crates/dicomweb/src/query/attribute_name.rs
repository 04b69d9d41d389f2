//! Names of attributes in a query string (PS3.18 8.3.4.1).

use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
use dicom_dictionary_std::StandardDataDictionary;
use imaging_domain::{Tag, json};

/// How deep a path of sequences may go.
const MAX_PATH: usize = 8;

/// Tags of an attribute name of PS3.18 8.3.4.1: keywords or eight hexadecimal digits, outermost sequence first.
pub(super) fn path(name: &str) -> Option<Vec<Tag>> {
    let mut out = vec![];
    for part in name.split('.') {
        if out.len() == MAX_PATH {
            return None;
        }
        out.push(
            json::tag_of_key(part).or_else(|| StandardDataDictionary.by_name(part).map(DataDictionaryEntry::tag))?,
        );
    }
    Some(out)
}

/// A path by the dictionary's keywords, so that nothing the client wrote is repeated but tags.
pub(super) fn display(path: &[Tag]) -> String {
    let name =
        |tag: &Tag| StandardDataDictionary.by_tag(*tag).map_or_else(|| json::key(*tag), |e| e.alias().to_owned());
    path.iter().map(name).collect::<Vec<_>>().join(".")
}
