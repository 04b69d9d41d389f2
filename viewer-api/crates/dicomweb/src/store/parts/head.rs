//! The header lines of a part (RFC 2046 5.1, RFC 5322 2.2), and what else is found.

use bytes::Bytes;

/// What stands before a part's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PartHead {
    /// `Content-Type` as written.
    pub content_type: Option<String>,
    /// `Content-Location` as written.
    pub location: Option<String>,
    /// `Content-ID` without its angle brackets.
    pub id: Option<String>,
    /// `Content-Transfer-Encoding` or `Content-Encoding` other than those that change nothing, in lower case.
    pub encoding: Option<String>,
}

/// What was found next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartEvent {
    /// A part begins.
    Begin(PartHead),
    /// Bytes of the part.
    Data(Bytes),
    /// The part is whole.
    End,
    /// The last delimiter came; what follows means nothing.
    Closed,
}

impl PartHead {
    /// Reads header lines; those that nobody needs, and those that are none, are passed over.
    pub(super) fn parse(text: &str) -> Self {
        let mut out = Self::default();
        // a line that begins with a blank goes on with the one before (RFC 5322 2.2.3)
        let text = text.replace("\r\n ", " ").replace("\r\n\t", " ");
        for (name, value) in text.split("\r\n").filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "content-type" => out.content_type = Some(value.to_owned()),
                "content-location" => out.location = Some(value.to_owned()),
                "content-id" => out.id = Some(value.trim_start_matches('<').trim_end_matches('>').to_owned()),
                "content-transfer-encoding" | "content-encoding" => {
                    let word = value.to_ascii_lowercase();
                    let plain = matches!(word.as_str(), "binary" | "8bit" | "7bit" | "identity" | "");
                    out.encoding = if plain { out.encoding } else { Some(word) };
                }
                _ => {}
            }
        }
        out
    }
}
