//! `Range` of one range of bytes (RFC 9110 14.1.2, 14.2).

use std::ops::Range;

/// What a `Range` header asks of a representation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ByteRange {
    /// All of it: nothing was asked, or something that a server may pass over (several ranges, another unit, nonsense).
    Whole,
    /// These bytes, at least one.
    Part(Range<u64>),
    /// Bytes beyond its end.
    Unsatisfiable,
}

impl ByteRange {
    /// Reads a header's value for a representation of `length` bytes.
    ///
    /// ```
    /// use dicomweb::ByteRange;
    /// assert_eq!(ByteRange::parse(Some("bytes=0-65535"), 10), ByteRange::Part(0..10));
    /// assert_eq!(ByteRange::parse(Some("bytes=10-"), 10), ByteRange::Unsatisfiable);
    /// ```
    pub fn parse(header: Option<&str>, length: u64) -> Self {
        let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
        let spec = header.and_then(|header| header.trim().strip_prefix("bytes="));
        let Some((from, to)) = spec.and_then(|spec| spec.trim().split_once('-')) else { return Self::Whole };
        let (start, end) = match (from.trim(), to.trim()) {
            ("", last) => match number(last) {
                Some(0) => return Self::Unsatisfiable,
                Some(last) => (length.saturating_sub(last), length),
                None => return Self::Whole,
            },
            (from, "") => match number(from) {
                Some(from) => (from, length),
                None => return Self::Whole,
            },
            (from, to) => match (number(from), number(to)) {
                (Some(from), Some(to)) if from <= to => (from, to.saturating_add(1).min(length)),
                _ => return Self::Whole,
            },
        };
        if start < end { Self::Part(start..end) } else { Self::Unsatisfiable }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_read_and_what_is_none_is_passed_over() {
        use ByteRange::{Part, Unsatisfiable, Whole};
        for (header, expected) in [
            ("bytes=0-0", Part(0..1)),
            ("bytes=2-", Part(2..10)),
            ("bytes=-3", Part(7..10)),
            ("bytes=-30", Part(0..10)),
            ("bytes=4-18446744073709551615", Part(4..10)),
            ("bytes=10-", Unsatisfiable),
            ("bytes=99-100", Unsatisfiable),
            ("bytes=-0", Unsatisfiable),
            ("bytes=5-4", Whole),
            ("bytes=0-1,3-4", Whole),
            ("bytes=+1-2", Whole),
            ("bytes=a-b", Whole),
            ("bytes=-", Whole),
            ("items=0-1", Whole),
            ("", Whole),
        ] {
            assert_eq!(ByteRange::parse(Some(header), 10), expected, "{header}");
        }
        assert_eq!(ByteRange::parse(Some("bytes=0-"), 0), Unsatisfiable);
        assert_eq!(ByteRange::parse(None, 10), Whole);
    }
}
