//! WADO-URI (PS3.18 chapter 9): one instance by a query string, as viewers asked before there was WADO-RS. It is read into
//! what the same request would be in WADO-RS.

mod content;
mod parameters;
#[cfg(test)]
mod tests;

pub use content::WADO_URI_TYPES;

use crate::{error::Error, warning::Warning};
use imaging_domain::{InstanceUid, SeriesUid, StudyUid};
use parameters::Parameters;

/// What was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct WadoUri {
    /// Study.
    pub study: StudyUid,
    /// Series.
    pub series: SeriesUid,
    /// Instance.
    pub instance: InstanceUid,
    /// In what form.
    pub content: WadoContent,
    /// What has no effect.
    pub warnings: Vec<Warning>,
}

/// In what form an instance is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WadoContent {
    /// The file; what an `Accept` header would say of it.
    File {
        /// `application/dicom`, with the transfer syntax that was named.
        accept: String,
        /// Whether it is told who it is about.
        identity: WadoIdentity,
    },
    /// A picture; what a rendered resource would be asked.
    Picture {
        /// `image/jpeg`, `image/png` or both, in the order asked.
        accept: String,
        /// Frame from 1.
        frame: Option<u32>,
        /// Query string of the rendered resource (PS3.18 8.3.5).
        query: String,
    },
}

/// Whether a file tells who it is about (PS3.18 9.1.2.1, `anonymize`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WadoIdentity {
    /// As it is stored.
    #[default]
    Kept,
    /// Left out.
    Removed,
}

/// Reads the query string of a WADO-URI request. Without `contentType` it is a JPEG that is asked for (PS3.18 9.1.2.1).
///
/// # Errors
/// [`Error::Invalid`] when `requestType` is not `WADO`, an identifier is missing or none, a number is none, or `anonymize`
/// is said of anything but `application/dicom`, or is something else than `yes` or `no`;
/// [`Error::NotAcceptable`] for content types that are not given;
/// [`Error::TooLong`] above a limit.
pub fn parse_wado_uri(query: &str) -> Result<WadoUri, Error> {
    let mut read = Parameters::read(query)?;
    if read.request.as_deref() != Some("WADO") {
        return Err(Error::invalid("requestType", "it is not WADO"));
    }
    let content = read.content()?;
    if matches!(content, WadoContent::File { .. }) && !read.same.is_empty() {
        read.warnings.push(Warning::IgnoredParameter("what pictures are asked for with"));
    }
    Ok(WadoUri {
        study: StudyUid::parse(&read.study.unwrap_or_default())?,
        series: SeriesUid::parse(&read.series.unwrap_or_default())?,
        instance: InstanceUid::parse(&read.instance.unwrap_or_default())?,
        content,
        warnings: read.warnings,
    })
}
