//! Results as texts of the model that the client takes.

use crate::error::Error;
use ::dicomweb::{Base, Boundary, DICOM_JSON, DICOM_XML, SearchAnswer, search_result};
use catalog::Match;

/// Writes results.
#[derive(Clone)]
pub(super) struct Writer {
    pub(super) model: SearchAnswer,
    base: Base,
    boundary: Boundary,
}

impl Writer {
    pub(super) fn new(model: SearchAnswer, base: Base) -> Self {
        Self { model, base, boundary: Boundary::new(rand::random()) }
    }

    pub(super) fn content_type(&self) -> String {
        match self.model {
            SearchAnswer::Json => DICOM_JSON.to_owned(),
            SearchAnswer::Xml => self.boundary.content_type(DICOM_XML),
        }
    }

    /// Some results, with what stands before them; up to a thousand are milliseconds of work.
    pub(super) async fn write(self, is_first: bool, matches: Vec<Match>) -> Result<Vec<u8>, Error> {
        Ok(tokio::task::spawn_blocking(move || self.text(is_first, matches)).await?)
    }

    fn text(&self, is_first: bool, matches: Vec<Match>) -> Vec<u8> {
        let mut out = vec![];
        if is_first && self.model == SearchAnswer::Json {
            out.push(b'[');
        }
        for (place, found) in matches.into_iter().enumerate() {
            let (series, instance) = (found.series.as_ref(), found.instance.as_ref());
            let result = search_result(found.attributes, &self.base, &found.study, series, instance);
            let text = self.model.write(&result);
            match self.model {
                SearchAnswer::Json => {
                    if place > 0 || !is_first {
                        out.push(b',');
                    }
                    out.extend_from_slice(text.as_bytes());
                }
                SearchAnswer::Xml => {
                    out.extend_from_slice(&self.boundary.part_head(DICOM_XML, None));
                    out.extend_from_slice(text.as_bytes());
                    out.extend_from_slice(&Boundary::PART_END);
                }
            }
        }
        out
    }

    /// What stands after the last result.
    pub(super) fn end(&self) -> Vec<u8> {
        match self.model {
            SearchAnswer::Json => b"]".to_vec(),
            SearchAnswer::Xml => self.boundary.closing().to_vec(),
        }
    }
}
