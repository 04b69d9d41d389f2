//! Writing `multipart/related` (RFC 2387, RFC 2046 5.1; PS3.18 8.6.1.2).
//!
//! A body is, for each part, [`Boundary::part_head`], the part's bytes and [`Boundary::PART_END`], and after the last
//! one [`Boundary::closing`]. Clients are literal about it: Cornerstone3D looks for `Content-Type:` in exactly this
//! spelling and for a line break before each boundary; dcmjs keeps quotes of a part's transfer syntax as data, and reads
//! a part's head only within its first 1000 bytes.

use bytes::Bytes;
use imaging_domain::TransferSyntaxUid;
use std::fmt::Write;

/// A boundary long enough never to occur in pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boundary(String);

impl Boundary {
    /// What ends a part's bytes.
    pub const PART_END: Bytes = Bytes::from_static(b"\r\n");

    /// The boundary of 256 bits, random or those of a digest of what the body is made of: 64 hexadecimal digits, of the 70 characters that RFC 2046 allows.
    pub fn new(bits: [u8; 32]) -> Self {
        let mut text = String::with_capacity(64);
        for byte in bits {
            // Writing into a String never fails.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `Content-Type` of the whole body, `media_type` being that of its parts.
    pub fn content_type(&self, media_type: &str) -> String {
        format!("multipart/related; type=\"{media_type}\"; boundary={}", self.0)
    }

    /// The same of parts that are all in one transfer syntax, which it says, unquoted; a text that is no UID is left out.
    pub fn content_type_in(&self, media_type: &str, transfer_syntax: &str) -> String {
        // the boundary last: some clients take everything after it
        let syntax = parameter(Some(transfer_syntax));
        format!("multipart/related; type=\"{media_type}\"{syntax}; boundary={}", self.0)
    }

    /// What stands before a part's bytes. With a transfer syntax UID the part says it, unquoted; a text that is no
    /// UID (it comes from a file, and files lie) is left out.
    pub fn part_head(&self, media_type: &str, transfer_syntax: Option<&str>) -> Bytes {
        let syntax = parameter(transfer_syntax);
        format!("--{}\r\nContent-Type: {media_type}{syntax}\r\n\r\n", self.0).into()
    }

    /// [`part_head`](Self::part_head) of a part that says where it is from: an address that [`Base`](crate::Base) wrote.
    pub fn located_part_head(&self, media_type: &str, transfer_syntax: Option<&str>, location: &str) -> Bytes {
        let head = self.part_head(media_type, transfer_syntax);
        // a line of its own before the empty one; addresses of ours have no line breaks
        let lines = &head[..head.len() - Self::PART_END.len()];
        [lines, b"Content-Location: ", location.as_bytes(), b"\r\n\r\n"].concat().into()
    }

    /// What stands after the last part.
    pub fn closing(&self) -> Bytes {
        format!("--{}--\r\n", self.0).into()
    }
}

/// A transfer syntax UID as a parameter of a media type, unquoted; nothing without one.
fn parameter(transfer_syntax: Option<&str>) -> String {
    let uid = transfer_syntax.and_then(|text| TransferSyntaxUid::parse(text).ok());
    uid.map_or_else(String::new, |uid| format!("; transfer-syntax={uid}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_cannot_be_broken_out_of() {
        let head = Boundary::new([0; 32]).part_head("application/dicom", Some("1.2\r\nX: y"));
        assert!(head.ends_with(b"Content-Type: application/dicom\r\n\r\n"));
    }

    #[test]
    fn a_part_says_where_it_is_from() {
        let head = Boundary::new([0; 32]).located_part_head("application/octet-stream", None, "https://hub/x");
        assert!(head.ends_with(b"Content-Type: application/octet-stream\r\nContent-Location: https://hub/x\r\n\r\n"));
    }

    #[test]
    fn a_body_is_what_the_clients_look_for() {
        let boundary = Boundary::new([0xab; 32]);
        let text = "ab".repeat(32);
        let head = boundary.part_head("image/jp2", Some("1.2.840.10008.1.2.4.90"));
        let body = [head, Bytes::from_static(b"pixels"), Boundary::PART_END, boundary.closing()].concat();
        assert_eq!(
            String::from_utf8(body).unwrap(),
            format!(
                "--{text}\r\nContent-Type: image/jp2; transfer-syntax=1.2.840.10008.1.2.4.90\r\n\r\npixels\r\n--{text}--\r\n"
            )
        );
        assert_eq!(
            boundary.content_type("application/dicom"),
            format!("multipart/related; type=\"application/dicom\"; boundary={text}")
        );
    }
}
