//! Looking into bytes that are not stored: the beginning of an arrival, or what was left of one that could not be read.

use crate::framing::Framing;
use imaging_domain::DataSet;
use part10::{Header, Keep, Limits, Scanner};

/// Values of more bytes are left out of what is shown of a header.
const MAX_INLINE: usize = 256;

/// What the beginning of a data set says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Peeked {
    /// Transfer syntax UID that the bytes are in; nothing when they are no data set.
    pub transfer_syntax: Option<String>,
    /// The attributes that could be read; those after what cannot be read are missing.
    pub attributes: DataSet,
    /// What is odd, in the words of the log.
    pub warnings: Vec<String>,
}

/// The attributes of the index in the beginning of a data set; none when it cannot be read.
pub fn peek_index(framing: &Framing, bytes: &[u8]) -> DataSet {
    scanned(framing, bytes, Keep::Index).map(|header| header.attributes).unwrap_or_default()
}

/// Every attribute up to the first thing that cannot be read. Scans the bytes up to twenty times: for looking at what was
/// refused, not for what arrives.
pub fn peek(framing: &Framing, bytes: &[u8]) -> Peeked {
    let keep = Keep::Everything { max_inline_bytes: MAX_INLINE };
    // a beginning of what can be read can be read as well, so the longest one is found by halving
    let (mut good, mut bad) = (0, bytes.len() + 1);
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        if scanned(framing, &bytes[..middle], keep).is_some() {
            good = middle;
        } else {
            bad = middle;
        }
    }
    let Some(header) = scanned(framing, &bytes[..good], keep) else { return Peeked::default() };
    let Header { transfer_syntax, attributes, warnings, .. } = header;
    let warnings = warnings.iter().map(ToString::to_string).collect();
    Peeked { transfer_syntax: Some(transfer_syntax), attributes, warnings }
}

fn scanned(framing: &Framing, bytes: &[u8], keep: Keep) -> Option<Header> {
    let mut scanner = Scanner::new(framing.scanned(), keep, Limits::default());
    scanner.feed(bytes).ok()?;
    scanner.finish().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging_domain::tags;

    fn framing() -> Framing {
        let (sop_class, sop_instance) = ("1.2.840.10008.5.1.4.1.1.2".to_owned(), "1.2.3".to_owned());
        Framing::DataSet { transfer_syntax: "1.2.840.10008.1.2.1".to_owned(), sop_class, sop_instance }
    }

    #[test]
    fn what_comes_before_the_damage_is_shown() {
        let mut bytes = b"\x08\x00\x18\x00UI\x06\x001.2.3\0\x08\x00\x60\x00CS\x02\x00CT".to_vec();
        let peeked = peek(&framing(), &bytes);
        assert_eq!(peeked.attributes.text(tags::MODALITY), Some("CT"));
        assert_eq!(peek_index(&framing(), &bytes).text(tags::MODALITY), Some("CT"));
        bytes.extend_from_slice(b"\x10\x00\x10\x00!!\xff\xff\xff\xff\xff\xff\xff\xff damage");
        let peeked = peek(&framing(), &bytes);
        assert_eq!(peeked.attributes.text(tags::MODALITY), Some("CT"));
        assert_eq!(peek(&Framing::File, b"<html>not an image at all, however long it is</html>").attributes.len(), 0);
    }
}
