//! The header of an instance as a text of the DICOM JSON model (PS3.18 annex F) that is nearly the answer: only where
//! the service is, which comes before each `BulkDataURI`, is not in it.

use crate::error::Error;
use imaging_domain::{DataSet, InstanceUid, SeriesUid, StudyUid, VR, json, tags};
use std::{ops::Range, sync::Arc};

/// How a bulk data address begins in JSON. A quotation mark inside of a value is written with a backslash, so this is
/// nothing else.
const ADDRESS: &str = "\"BulkDataURI\":\"";
/// Stands where the address of the service is missing; JSON writes this character with an escape everywhere else.
const MARK: char = '\u{1}';

/// A header as JSON text.
#[derive(Debug, Clone)]
pub struct HeaderText {
    /// Its study.
    pub study: StudyUid,
    /// Its series.
    pub series: SeriesUid,
    /// The instance.
    pub uid: InstanceUid,
    // several headers share their bytes
    shared: Arc<str>,
    range: Range<usize>,
}

impl HeaderText {
    /// The text of a header without group 2. Not for an async thread: headers of multi-frame images are megabytes.
    pub fn new(study: &StudyUid, series: &SeriesUid, uid: &InstanceUid, mut header: DataSet) -> Self {
        // JSON is UTF-8, whatever the file was in (PS3.18 F.2)
        header.put_text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192");
        let text = json::to_text(&header, &|offset, length| Some(format!("{offset}-{length}")));
        let text: Arc<str> = text.replace(ADDRESS, &format!("{ADDRESS}{MARK}")).into();
        let range = 0..text.len();
        Self::part((study.clone(), series.clone(), uid.clone()), text, range)
    }

    /// Part of a longer text that has it.
    pub(crate) fn part(place: (StudyUid, SeriesUid, InstanceUid), shared: Arc<str>, range: Range<usize>) -> Self {
        let (study, series, uid) = place;
        Self { study, series, uid, shared, range }
    }

    pub(crate) fn as_str(&self) -> &str {
        self.shared.get(self.range.clone()).unwrap_or_default()
    }

    /// Writes the JSON object. Each `BulkDataURI` is `address` and then offset and length of the value in the instance's
    /// data set, with a hyphen between.
    pub fn write(&self, address: &str, out: &mut Vec<u8>) {
        for (number, piece) in self.as_str().split(MARK).enumerate() {
            if number > 0 {
                out.extend_from_slice(address.as_bytes());
            }
            out.extend_from_slice(piece.as_bytes());
        }
    }

    /// The header again; long values are `Value::Bulk`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when the text is no header.
    pub fn data_set(&self) -> Result<DataSet, Error> {
        let text = self.as_str().replace(MARK, "");
        let wrong = || Error::Unsupported("header cannot be read");
        let object = json::parse(text.as_bytes()).map_err(|_| wrong())?;
        let span = |uri: &str| {
            let (offset, length) = uri.split_once('-')?;
            Some((offset.parse().ok()?, length.parse().ok()?))
        };
        json::from_json(&object, &span).map_err(|_| wrong())
    }
}
