//! Query strings as pairs (RFC 3986 3.4 and what browsers make of it).

use crate::error::Error;
use percent_encoding::percent_decode_str;

/// The most bytes a query string may have: what hyper lets a URI have, a list of 1000 UIDs nearly fits.
pub const MAX_QUERY_LENGTH: usize = 65_535;
/// The most pairs a query string may have.
pub const MAX_PARAMETERS: usize = 1_200;

/// One pair, decoded.
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// The pairs of a query string, empty ones left out: Weasis emits `?&includefield=`.
pub(crate) fn pairs(query: &str) -> Result<Vec<Pair>, Error> {
    if query.len() > MAX_QUERY_LENGTH {
        return Err(Error::TooLong("query string"));
    }
    let mut out = vec![];
    for raw in query.split('&').filter(|raw| !raw.is_empty()) {
        let (name, value) = raw.split_once('=').unwrap_or((raw, ""));
        let name = decoded(name)?.trim().to_owned();
        // A plus is a space in what URLSearchParams and Python write, but nobody escapes it in `application/dicom+json`.
        let value = if name == "accept" { decoded(value)? } else { decoded(&value.replace('+', " "))? };
        if name.is_empty() && value.is_empty() {
            continue;
        }
        if out.len() == MAX_PARAMETERS {
            return Err(Error::TooLong("list of parameters"));
        }
        out.push(Pair { name, value });
    }
    Ok(out)
}

fn decoded(text: &str) -> Result<String, Error> {
    let text = percent_decode_str(text).decode_utf8();
    text.map(Into::into).map_err(|_| Error::invalid("query string", "it is not UTF-8"))
}

/// Whether somebody wants to hear nothing of whom it is about, in whatever spelling.
pub(crate) fn names_anonymity(name: &str) -> bool {
    ["anonymize", "anonymise"].iter().any(|spelling| name.eq_ignore_ascii_case(spelling))
}

/// Whether a query string asks for de-identified answers, which WADO-URI alone gives: elsewhere it is no request to be ignored.
///
/// # Errors
/// As [`accept_parameter`].
pub fn asks_for_anonymity(query: &str) -> Result<bool, Error> {
    Ok(pairs(query)?.iter().any(|pair| names_anonymity(&pair.name)))
}

/// The value of the `accept` parameter (PS3.18 8.3.3.1), several joined by commas; `None` when there is none.
///
/// # Errors
/// [`Error::Invalid`] or [`Error::TooLong`] when the query string cannot be read.
pub fn accept_parameter(query: &str) -> Result<Option<String>, Error> {
    let values: Vec<String> =
        pairs(query)?.into_iter().filter(|p| p.name == "accept" && !p.value.is_empty()).map(|p| p.value).collect();
    Ok((!values.is_empty()).then(|| values.join(",")))
}
