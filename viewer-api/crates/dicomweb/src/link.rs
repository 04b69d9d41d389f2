//! Absolute addresses of resources: `RetrieveURL` and `BulkDataURI`, written and read back.

use crate::error::Error;
use imaging_domain::{InstanceUid, SeriesUid, StudyUid};

/// The most characters of a base address.
const MAX_BASE_LENGTH: usize = 2_048;

/// Where the service is: an absolute URI without a final slash, such as `https://hub.example/dicomweb`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base(String);

impl Base {
    /// Reads a base; final slashes go.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is no `http` or `https` address, or has a query, a fragment, a user name, quotes,
    /// blanks or characters beyond ASCII.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim_end_matches('/');
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'\\' | b'<' | b'>' | b'?' | b'#' | b'@');
        match rest {
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[') => {
                if text.len() > MAX_BASE_LENGTH {
                    return Err(Error::TooLong("base address"));
                }
                if !text.bytes().all(plain) {
                    return Err(Error::invalid("base address", "it has a character that it cannot have"));
                }
                Ok(Self(text.to_owned()))
            }
            _ => Err(Error::invalid("base address", "it is no absolute http or https address")),
        }
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Address of a study.
    pub fn study(&self, study: &StudyUid) -> String {
        format!("{}/studies/{study}", self.0)
    }

    /// Address of a series.
    pub fn series(&self, study: &StudyUid, series: &SeriesUid) -> String {
        format!("{}/series/{series}", self.study(study))
    }

    /// Address of an instance.
    pub fn instance(&self, study: &StudyUid, series: &SeriesUid, instance: &InstanceUid) -> String {
        format!("{}/instances/{instance}", self.series(study, series))
    }

    /// Address of bytes `offset..offset + length` of an instance's data set.
    pub fn bulk_data(
        &self,
        study: &StudyUid,
        series: &SeriesUid,
        instance: &InstanceUid,
        offset: u64,
        length: u64,
    ) -> String {
        format!("{}{offset}-{length}", self.bulk_data_of(study, series, instance))
    }

    /// What comes before offset and length in the addresses of an instance's bytes.
    pub fn bulk_data_of(&self, study: &StudyUid, series: &SeriesUid, instance: &InstanceUid) -> String {
        format!("{}/bulkdata/", self.instance(study, series, instance))
    }
}

/// Reads the last segment of a bulk data address: offset and length in bytes.
///
/// # Errors
/// [`Error::Invalid`] when it is not two numbers with a hyphen, or their sum is no number.
pub fn parse_span(text: &str) -> Result<(u64, u64), Error> {
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    let span = text.split_once('-').and_then(|(offset, length)| Some((number(offset)?, number(length)?)));
    span.filter(|(offset, length)| offset.checked_add(*length).is_some())
        .ok_or(Error::invalid("bulk data address", "it is not an offset and a length"))
}

/// Offset and length of a `BulkDataURI` that [`Base::bulk_data`] wrote, whatever its base; `None` for anybody else's.
pub fn span_of_uri(uri: &str) -> Option<(u64, u64)> {
    let (before, span) = uri.rsplit_once('/')?;
    before.ends_with("/bulkdata").then(|| parse_span(span).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bases_are_absolute() {
        for (text, expected) in [
            ("https://hub.example/dicomweb/", Some("https://hub.example/dicomweb")),
            ("http://[::1]:8080", Some("http://[::1]:8080")),
            ("//hub", None),
            ("javascript://x", None),
            ("https://", None),
            ("https://hub/x?y", None),
            ("https://good@evil/", None),
            ("https://hub/\r\nx: y", None),
        ] {
            assert_eq!(Base::parse(text).ok().as_ref().map(Base::as_str), expected, "{text:?}");
        }
    }

    #[test]
    fn spans_of_others_are_none() {
        for uri in ["", "5-6", "https://hub/bulkdata/5", "https://hub/frames/5-6", "https://hub/bulkdata/+5-6"] {
            assert_eq!(span_of_uri(uri), None, "{uri}");
        }
        assert!(parse_span("18446744073709551615-1").is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(offset in 0..=u64::MAX / 2, length in 0..=u64::MAX / 2) {
            let base = Base::parse("https://hub.example/dicomweb").unwrap();
            let (study, series) = (StudyUid::parse("1.2").unwrap(), SeriesUid::parse("1.3").unwrap());
            let uri = base.bulk_data(&study, &series, &InstanceUid::parse("1.4").unwrap(), offset, length);
            prop_assert_eq!(span_of_uri(&uri), Some((offset, length)));
        }
    }
}
