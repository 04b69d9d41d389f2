//! Requests that are one data set with every value in it: of commitments and of steps of work.

use crate::{
    error::Error,
    store::{Described, described_in_json, described_in_xml},
};
use imaging_domain::DataSet;

/// Reads one in JSON (PS3.18 annex F): the data set, or an array of it alone.
///
/// # Errors
/// When it is none, or a value comes apart from it.
pub fn data_set_in_json(text: &[u8]) -> Result<DataSet, Error> {
    let [one] = <[_; 1]>::try_from(described_in_json(text)?)
        .map_err(|_| Error::invalid("request", "it is not one data set"))?;
    whole(one?)
}

/// Reads one in the Native DICOM Model (PS3.19 A.1).
///
/// # Errors
/// As [`data_set_in_json`].
pub fn data_set_in_xml(text: &[u8]) -> Result<DataSet, Error> {
    whole(described_in_xml(text)?)
}

fn whole(described: Described) -> Result<DataSet, Error> {
    if !described.uris.is_empty() {
        return Err(Error::invalid("request", "a value is not in it"));
    }
    Ok(described.data_set)
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging_domain::tags;

    #[test]
    fn it_is_one_data_set_in_one_piece() {
        let label = r#"{"00741204":{"vr":"LO","Value":["Read CT"]}}"#;
        for text in [label.to_owned(), format!("[{label}]")] {
            let read = data_set_in_json(text.as_bytes()).unwrap();
            assert_eq!(read.text(tags::PROCEDURE_STEP_LABEL), Some("Read CT"));
        }
        let xml = r#"<NativeDicomModel><DicomAttribute tag="00741204" vr="LO"><Value number="1">Read CT</Value></DicomAttribute></NativeDicomModel>"#;
        assert_eq!(data_set_in_xml(xml.as_bytes()).unwrap().text(tags::PROCEDURE_STEP_LABEL), Some("Read CT"));
        let apart = r#"{"00741204":{"vr":"LO","BulkDataURI":"http://x/"}}"#;
        for text in ["", "[]", "7", &format!("[{label},{label}]"), apart] {
            assert!(data_set_in_json(text.as_bytes()).is_err(), "{text}");
        }
    }
}
