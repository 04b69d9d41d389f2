//! JSON of data sets as text: sequences lie deeper in each other than readers of JSON usually follow.

use super::MAX_JSON_DEPTH;
use crate::error::Invalid;
use serde::Deserialize;
use serde_json::{Deserializer, Value as Json};

/// How deep brackets may be: an item of a sequence is within three (of its data set, its attribute and its values), and
/// something may stand around the data set and in its last value.
const MAX_BRACKETS: usize = 3 * MAX_JSON_DEPTH + 8;

/// Reads JSON that holds data sets.
///
/// # Errors
/// [`Invalid`] when it is no JSON, or brackets are deeper than data sets have them.
pub fn parse(text: &[u8]) -> Result<Json, Invalid> {
    let wrong = |_| Invalid::new("dicom json", "it is no json");
    let mut reader = deep_reader(text)?;
    let json = Json::deserialize(&mut reader).map_err(wrong)?;
    reader.end().map_err(wrong)?;
    Ok(json)
}

/// A reader without serde_json's own limit, of text whose brackets are not too deep for the stack.
///
/// # Errors
/// [`Invalid`] when they are.
pub fn deep_reader(text: &[u8]) -> Result<Deserializer<serde_json::de::SliceRead<'_>>, Invalid> {
    if is_too_deep(text) {
        return Err(Invalid::new("dicom json", "it is nested too deep"));
    }
    let mut reader = Deserializer::from_slice(text);
    reader.disable_recursion_limit();
    Ok(reader)
}

/// Whether brackets outside of texts are too deep. What is no JSON counts as deep as its opening brackets make it, at most.
fn is_too_deep(text: &[u8]) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_BRACKETS {
                    return true;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(times: usize) -> String {
        let open = r#"{"00400275":{"vr":"SQ","Value":["#.repeat(times);
        format!("{open}{{}}{}", "]}}".repeat(times))
    }

    #[test]
    fn data_sets_are_read_as_deep_as_they_may_be() {
        let json = parse(nested(MAX_JSON_DEPTH - 1).as_bytes()).unwrap();
        assert!(super::super::from_json(&json, &|_| None).is_ok());
        assert!(parse(nested(MAX_JSON_DEPTH + 3).as_bytes()).is_err());
    }

    #[test]
    fn depth_that_would_end_the_program_is_seen_before_it_is_read() {
        for (text, is_json) in [
            ("[".repeat(1_000_000), false),
            (format!("\"{}\"", "[".repeat(1000)), true),
            (format!("\"\\\"{}\"", "[".repeat(1000)), true),
            ("[]".repeat(1000), false),
            (format!("[{}[]]", "[],".repeat(1000)), true),
        ] {
            assert_eq!(parse(text.as_bytes()).is_ok(), is_json, "{:.20}", text);
        }
    }
}
