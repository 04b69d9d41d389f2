//! What stands behind `/bulkdata/` in an address: where a value lies, or which element it is.

use crate::{error::Error, link::parse_span};
use imaging_domain::{Tag, json};

/// The most sequences around an element.
const MAX_DEPTH: usize = 64;

/// Which value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkAddress {
    /// Offset and length in the data set, as in the addresses that metadata carry.
    Span(u64, u64),
    /// Sequences with the number of an item from 0, outermost first, and the element's own tag.
    Path(Vec<(Tag, usize)>, Tag),
}

impl BulkAddress {
    /// Reads `{offset}-{length}`, or tags of eight hexadecimal digits with item numbers from 0 between them.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is neither, or names more than 64 sequences.
    ///
    /// ```
    /// use dicomweb::BulkAddress;
    /// assert_eq!(BulkAddress::parse("132-10"), Ok(BulkAddress::Span(132, 10)));
    /// assert!(BulkAddress::parse("00480105/0/00282000").is_ok());
    /// ```
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.contains('-') {
            return parse_span(text).map(|(offset, length)| Self::Span(offset, length));
        }
        let wrong = || Error::invalid("bulk data address", "it is no path of tags and item numbers");
        let pieces: Vec<&str> = text.trim_end_matches('/').split('/').take(2 * MAX_DEPTH + 2).collect();
        let (last, before) = pieces.split_last().ok_or_else(wrong)?;
        let tag = json::tag_of_key(last).ok_or_else(wrong)?;
        let (pairs, rest) = before.as_chunks::<2>();
        if !rest.is_empty() || pairs.len() > MAX_DEPTH {
            return Err(wrong());
        }
        let step = |[sequence, item]: &[&str; 2]| {
            let digits = item.bytes().all(|b| b.is_ascii_digit());
            Some((json::tag_of_key(sequence)?, item.parse().ok().filter(|_| digits)?))
        };
        let path = pairs.iter().map(step).collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
        Ok(Self::Path(path, tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_paths_are_read_and_nothing_else() {
        for (text, expected) in [
            ("5-7", Some(BulkAddress::Span(5, 7))),
            ("7FE00010", Some(BulkAddress::Path(vec![], Tag(0x7FE0, 0x10)))),
            ("7fe00010/", Some(BulkAddress::Path(vec![], Tag(0x7FE0, 0x10)))),
            ("00480105/0/00282000", Some(BulkAddress::Path(vec![(Tag(0x48, 0x105), 0)], Tag(0x28, 0x2000)))),
            (
                "00480105/0/00480106/12/00282000",
                Some(BulkAddress::Path(vec![(Tag(0x48, 0x105), 0), (Tag(0x48, 0x106), 12)], Tag(0x28, 0x2000))),
            ),
            ("", None),
            ("x", None),
            ("5-", None),
            ("00480105/00282000", None),
            ("00480105/+1/00282000", None),
            ("00480105/0", None),
            ("00480105/0/", None),
            ("004801050", None),
        ] {
            assert_eq!(BulkAddress::parse(text).ok(), expected, "{text}");
        }
        let deep = "00480105/0/".repeat(65) + "00282000";
        assert!(BulkAddress::parse(&deep).is_err());
        assert!(BulkAddress::parse(&deep[11..]).is_ok());
    }
}
