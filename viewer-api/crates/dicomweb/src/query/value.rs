//! Values of parameters of a search.

use crate::error::Error;

/// A switch.
pub(super) fn is_true(value: &str) -> Result<bool, Error> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Error::invalid("parameter", "it is neither true nor false")),
    }
}

/// Whether a list of character sets (PS3.18 8.3.3.2) has the one that answers are in.
pub(super) fn takes_utf8(value: &str) -> bool {
    let mut names = value.split(',').filter_map(|entry| entry.split(';').next());
    names.any(|name| matches!(name.trim().to_ascii_lowercase().as_str(), "utf-8" | "utf8" | "*"))
}

/// Whether a key says nothing.
pub(super) fn is_universal(value: &str) -> bool {
    value.bytes().all(|b| matches!(b, b'*' | b' ' | b'\0' | b',' | b'\\'))
}

/// A number in digits; one too great for us is as great as we count.
pub(super) fn number(text: &str) -> Result<u32, Error> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Error::invalid("limit or offset", "it is not a number"));
    }
    Ok(text.parse().unwrap_or(u32::MAX))
}
