//! The parameters of a WADO-URI request (PS3.18 9.1.2).

use super::{WadoContent, WadoIdentity, content};
use crate::{
    error::Error,
    parameters::{Pair, names_anonymity, pairs},
    warning::Warning,
};
use imaging_domain::TransferSyntaxUid;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The most characters of one parameter.
const MAX_VALUE: usize = 1_024;
/// What rendered resources have by the names of WADO-URI.
const SAME: [&str; 4] = ["region", "annotation", "presentationUID", "presentationSeriesUID"];
/// The side of a picture of which only the other one was named: as large as pictures get.
const ANY_SIDE: &str = "8192";

/// The parameters, last ones first forgotten.
#[derive(Default)]
pub(super) struct Parameters {
    pub(super) study: Option<String>,
    pub(super) series: Option<String>,
    pub(super) instance: Option<String>,
    pub(super) request: Option<String>,
    content: Option<String>,
    transfer_syntax: Option<String>,
    frame: Option<String>,
    rows: Option<String>,
    columns: Option<String>,
    center: Option<String>,
    width: Option<String>,
    quality: Option<String>,
    /// What a rendered resource has by the same name.
    pub(super) same: Vec<(&'static str, String)>,
    identity: WadoIdentity,
    pub(super) warnings: Vec<Warning>,
}

impl Parameters {
    pub(super) fn read(query: &str) -> Result<Self, Error> {
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
            _ if name.eq_ignore_ascii_case("anonymize") => return self.anonymize(value),
            _ if names_anonymity(name) => return Err(Error::invalid("anonymize", "it is spelled otherwise")),
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
            "charset" => return Ok(()),
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

    /// Whoever asks for this means it: a word that is not understood is no leave to tell, nor is a second one.
    fn anonymize(&mut self, value: &str) -> Result<(), Error> {
        match value {
            "yes" => self.identity = WadoIdentity::Removed,
            "no" => {}
            _ => return Err(Error::invalid("anonymize", "it is neither yes nor no")),
        }
        Ok(())
    }

    fn warn(&mut self, warning: Warning) -> Result<(), Error> {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
        Ok(())
    }

    pub(super) fn content(&self) -> Result<WadoContent, Error> {
        let types = content::types(self.content.as_deref());
        match types.first().map(String::as_str) {
            Some("application/dicom") => self.file(),
            Some(_) if self.identity == WadoIdentity::Removed => {
                Err(Error::invalid("anonymize", "it is for application/dicom alone"))
            }
            Some(_) => self.picture(&types),
            None => Err(Error::NotAcceptable("application/dicom, pictures, texts and documents are given")),
        }
    }

    fn file(&self) -> Result<WadoContent, Error> {
        let accept = match &self.transfer_syntax {
            Some(uid) => format!("application/dicom; transfer-syntax={}", TransferSyntaxUid::parse(uid)?),
            None => "application/dicom".to_owned(),
        };
        Ok(WadoContent::File { accept, identity: self.identity })
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
