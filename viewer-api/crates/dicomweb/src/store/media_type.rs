//! `Content-Type` of a store request and of its parts (RFC 9110 8.3.1), and what it says of the body.

use crate::error::Error;

/// The most bytes of a media type that are read.
const MAX_LENGTH: usize = 4096;
/// The most characters of a boundary. RFC 2046 5.1.1 has 70; some senders join two UUIDs and a word.
const MAX_BOUNDARY: usize = 200;

/// A media type with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaType {
    /// Lower case, as `image/jpeg`.
    pub essence: String,
    parameters: Vec<(String, String)>,
}

impl MediaType {
    /// Reads a media type; parameters may be quoted or not. `None` when it has no type and subtype or is too long.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let mut pieces = pieces(text).into_iter();
        let essence = pieces.next()?.trim().to_ascii_lowercase();
        essence.split_once('/').filter(|(main, sub)| !main.is_empty() && !sub.is_empty())?;
        let parameter = |piece: &str| {
            let (name, value) = piece.split_once('=')?;
            Some((name.trim().to_ascii_lowercase(), unquoted(value.trim())))
        };
        Some(Self { essence, parameters: pieces.filter_map(parameter).collect() })
    }

    /// A parameter, by its name in lower case.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What the parts of a store request are (PS3.18 table 10.5.2-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreKind {
    /// Whole files (PS3.10).
    Files,
    /// Metadata in the DICOM JSON model, then bulk data.
    Json,
    /// Metadata in the Native DICOM Model, then bulk data.
    Xml,
}

/// The body of a store request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreBody {
    /// One part is the whole body.
    Single(StoreKind),
    /// Parts of `multipart/related`.
    Parts {
        /// What they are; absent when the header does not say and the first part has to.
        kind: Option<StoreKind>,
        /// What stands between them.
        boundary: String,
    },
}

impl StoreKind {
    /// The kind of a media type; `None` when it is no kind of metadata and no file.
    pub fn of(essence: &str) -> Option<Self> {
        match essence.to_ascii_lowercase().as_str() {
            "application/dicom" => Some(Self::Files),
            "application/dicom+json" | "application/json" => Some(Self::Json),
            "application/dicom+xml" => Some(Self::Xml),
            _ => None,
        }
    }
}

impl StoreBody {
    /// Reads the `Content-Type` of a store request.
    ///
    /// # Errors
    /// [`Error::MediaType`] when nothing of that type can be stored, [`Error::Invalid`] for a multipart without a usable
    /// boundary.
    pub fn parse(content_type: Option<&str>) -> Result<Self, Error> {
        let refused = || Error::MediaType("only application/dicom, dicom+json and dicom+xml can be stored");
        let media = content_type.and_then(MediaType::parse).ok_or_else(refused)?;
        if media.essence != "multipart/related" {
            return StoreKind::of(&media.essence).map(Self::Single).ok_or_else(refused);
        }
        let kind = match media.parameter("type") {
            Some(root) => Some(StoreKind::of(root.split(';').next().unwrap_or(root).trim()).ok_or_else(refused)?),
            None => None,
        };
        let boundary = media.parameter("boundary").unwrap_or_default();
        if boundary.is_empty() || boundary.len() > MAX_BOUNDARY || !boundary.bytes().all(|b| (b' '..=b'~').contains(&b))
        {
            return Err(Error::invalid("content type", "it has no usable boundary"));
        }
        Ok(Self::Parts { kind, boundary: boundary.to_owned() })
    }
}

/// Cut at semicolons outside quotes.
fn pieces(text: &str) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(|c| {
        let cut = c == ';' && !quoted;
        quoted ^= c == '"' && !escaped;
        escaped = quoted && c == '\\' && !escaped;
        cut
    })
    .collect()
}

/// A value without its quotes and escapes. A quote that is never closed is taken for what it was meant to be.
fn unquoted(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else { return value.trim_end().to_owned() };
    let mut out = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' => break,
            '\\' => out.extend(characters.next()),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_understood() {
        let parts = |kind, boundary: &str| Some(StoreBody::Parts { kind, boundary: boundary.to_owned() });
        let files = Some(StoreKind::Files);
        for (text, expected) in [
            // dicomweb-client of Python and of npm, Weasis, curl
            ("multipart/related; type=\"application/dicom\"; boundary=\"0f3cf5c0\"", parts(files, "0f3cf5c0")),
            ("multipart/related; type=application/dicom; boundary=x-1", parts(files, "x-1")),
            ("multipart/related;type=\"application/dicom\";boundary=myBoundary", parts(files, "myBoundary")),
            ("Multipart/Related; Boundary=\"a;b=\\\"c\"; Type=\"application/DICOM\"", parts(files, "a;b=\"c")),
            ("multipart/related; type=\"application/dicom+json\"; boundary=b", parts(Some(StoreKind::Json), "b")),
            ("multipart/related; boundary=b; type=\"application/dicom+xml\"", parts(Some(StoreKind::Xml), "b")),
            ("multipart/related; boundary=b", parts(None, "b")),
            ("application/dicom", Some(StoreBody::Single(StoreKind::Files))),
            ("application/dicom+json; charset=utf-8", Some(StoreBody::Single(StoreKind::Json))),
            ("multipart/related; type=\"application/dicom\"", None),
            ("multipart/related; boundary=\"\"", None),
            ("multipart/form-data; boundary=b", None),
            ("multipart/related; type=\"text/html\"; boundary=b", None),
            ("image/jpeg", None),
            ("", None),
        ] {
            assert_eq!(StoreBody::parse(Some(text)).ok(), expected, "{text}");
        }
        assert!(StoreBody::parse(None).is_err());
        assert!(StoreBody::parse(Some(&format!("multipart/related; boundary={}", "b".repeat(201)))).is_err());
    }
}
