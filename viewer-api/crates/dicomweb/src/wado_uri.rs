//! WADO-URI (PS3.18 chapter 9): one instance by a query string, as viewers asked before there was WADO-RS. It is read into
//! what the same request would be in WADO-RS.

mod content;
#[cfg(test)]
mod tests;

pub use content::WADO_URI_TYPES;

use crate::{
    error::Error,
    parameters::{Pair, pairs},
    warning::Warning,
};
use imaging_domain::{InstanceUid, SeriesUid, StudyUid, TransferSyntaxUid};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The most characters of one parameter.
const MAX_VALUE: usize = 1_024;
/// What rendered resources have by the names of WADO-URI.
const SAME: [&str; 4] = ["region", "annotation", "presentationUID", "presentationSeriesUID"];
/// The side of a picture of which only the other one was named: as large as pictures get.
const ANY_SIDE: &str = "8192";

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

/// The parameters, last ones first forgotten.
#[derive(Default)]
struct Parameters {
    study: Option<String>,
    series: Option<String>,
    instance: Option<String>,
    request: Option<String>,
    content: Option<String>,
    transfer_syntax: Option<String>,
    frame: Option<String>,
    rows: Option<String>,
    columns: Option<String>,
    center: Option<String>,
    width: Option<String>,
    quality: Option<String>,
    /// What a rendered resource has by the same name.
    same: Vec<(&'static str, String)>,
    warnings: Vec<Warning>,
}

/// Reads the query string of a WADO-URI request. Without `contentType` it is a JPEG that is asked for (PS3.18 9.1.2.1).
///
/// # Errors
/// [`Error::Invalid`] when `requestType` is not `WADO`, an identifier is missing or none, or a number is none;
/// [`Error::NotAcceptable`] for content types that are not given, and for `anonymize`;
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

impl Parameters {
    fn read(query: &str) -> Result<Self, Error> {
        let mut out = Self::default();
        for Pair { name, value } in pairs(query)? {
            if value.len() > MAX_VALUE {
                return Err(Error::TooLong("parameter"));
            }
            out.take(&name, value.trim())?;
        }
        Ok(out)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let place = match name {
            _ if value.is_empty() => return Ok(()),
            "requestType" => &mut self.request,
            "studyUID" => &mut self.study,
            "seriesUID" => &mut self.series,
            "objectUID" => &mut self.instance,
            "contentType" => &mut self.content,
            "transferSyntax" => &mut self.transfer_syntax,
            "frameNumber" => &mut self.frame,
            "rows" => &mut self.rows,
            "columns" => &mut self.columns,
            "windowCenter" => &mut self.center,
            "windowWidth" => &mut self.width,
            "imageQuality" => &mut self.quality,
            "anonymize" if value == "yes" => return Err(Error::NotAcceptable("nothing is anonymized here")),
            "charset" | "anonymize" => return Ok(()),
            _ => {
                let Some(same) = SAME.into_iter().find(|same| *same == name) else {
                    return self.warn(Warning::UnknownParameter);
                };
                self.same.push((same, value.to_owned()));
                return Ok(());
            }
        };
        *place = Some(value.to_owned());
        Ok(())
    }

    fn warn(&mut self, warning: Warning) -> Result<(), Error> {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
        Ok(())
    }

    fn content(&self) -> Result<WadoContent, Error> {
        let types = content::types(self.content.as_deref());
        match types.first().map(String::as_str) {
            Some("application/dicom") => self.file(),
            Some(_) => self.picture(&types),
            None => Err(Error::NotAcceptable("application/dicom, pictures, texts and documents are given")),
        }
    }

    fn file(&self) -> Result<WadoContent, Error> {
        let accept = match &self.transfer_syntax {
            Some(uid) => format!("application/dicom; transfer-syntax={}", TransferSyntaxUid::parse(uid)?),
            None => "application/dicom".to_owned(),
        };
        Ok(WadoContent::File { accept })
    }

    fn picture(&self, types: &[String]) -> Result<WadoContent, Error> {
        let number = |text: &String| {
            let number = text.parse::<u32>().ok().filter(|number| *number > 0);
            number.ok_or(Error::invalid("frameNumber", "it is no number from 1"))
        };
        let mut query = vec![];
        if self.rows.is_some() || self.columns.is_some() {
            let side = |side: &Option<String>| side.clone().unwrap_or_else(|| ANY_SIDE.to_owned());
            query.push(format!("viewport={},{}", plain(&side(&self.columns))?, plain(&side(&self.rows))?));
        }
        match (&self.center, &self.width) {
            (Some(center), Some(width)) => query.push(format!("window={},{},linear", plain(center)?, plain(width)?)),
            (None, None) => {}
            _ => return Err(Error::invalid("window", "center and width go together")),
        }
        if let Some(quality) = &self.quality {
            query.push(format!("quality={}", plain(quality)?));
        }
        let encoded = |value| utf8_percent_encode(value, NON_ALPHANUMERIC);
        query.extend(self.same.iter().map(|(name, value)| format!("{name}={}", encoded(value))));
        let pictures = types.iter().filter(|name| *name != "application/dicom");
        let accept = pictures.map(String::as_str).collect::<Vec<_>>().join(",");
        Ok(WadoContent::Picture { accept, frame: self.frame.as_ref().map(number).transpose()?, query: query.join("&") })
    }
}

/// A number, so that nothing else gets into a query string that it is put in.
fn plain(text: &str) -> Result<&str, Error> {
    // a plus sign would be read as a blank
    let number = !text.contains('+') && text.parse::<f64>().is_ok_and(f64::is_finite);
    if number { Ok(text) } else { Err(Error::invalid("rendering parameter", "it is no number")) }
}
