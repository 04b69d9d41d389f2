//! DT values (PS3.5 6.2) as spans of time.

use jiff::{SignedDuration, Span, civil::DateTime, tz::Offset};

/// How far an offset goes from UTC, in minutes (PS3.5 6.2).
const OFFSETS: std::ops::RangeInclusive<i32> = -12 * 60..=14 * 60;

/// The first and the last microsecond, counted from 1970 UTC, of what a DT value names: `2026` is a whole year. Without an
/// offset it is read as UTC, so that values without one compare as they were written.
pub fn moments(text: &str) -> Option<(i64, i64)> {
    let (local, offset_minutes) = parts(text.trim())?;
    let (digits, fraction) = local.split_once('.').map_or((local, ""), |(digits, fraction)| (digits, fraction));
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(digits) || !is_digits(fraction) || local.ends_with('.') || fraction.len() > 6 {
        return None;
    }
    if !matches!(digits.len(), 4 | 6 | 8 | 10 | 12 | 14) || !fraction.is_empty() && digits.len() != 14 {
        return None;
    }
    let part = |from: usize, to: usize, absent: i8| digits.get(from..to).map_or(Some(absent), |text| text.parse().ok());
    let year = digits.get(..4)?.parse().ok()?;
    // a leap second is the one before it
    let second = part(12, 14, 0).filter(|second| *second <= 60)?.min(59);
    let nanoseconds = format!("{fraction:0<9}").parse().ok()?;
    let first =
        DateTime::new(year, part(4, 6, 1)?, part(6, 8, 1)?, part(8, 10, 0)?, part(10, 12, 0)?, second, nanoseconds);
    let first = first.ok()?;
    // the end of time, which means none, is in the year 9999
    let after = first.checked_add(precision(digits.len(), fraction.len())).unwrap_or(DateTime::MAX);
    let offset = SignedDuration::from_mins(offset_minutes.into());
    let at = |moment: DateTime| {
        let moment = moment.checked_sub(offset).ok()?;
        Some(Offset::UTC.to_timestamp(moment).map_or(i64::MAX, |moment| moment.as_microsecond()))
    };
    let last = at(after)?;
    Some((at(first)?, if last == i64::MAX { last } else { last - 1 }))
}

/// Date and time, and minutes east of UTC.
fn parts(text: &str) -> Option<(&str, i32)> {
    // a plus sign in a query string arrives as a space
    let Some(place) = text.rfind(['+', '-', ' ']) else { return Some((text, 0)) };
    let (local, offset) = text.split_at(place);
    let digits = &offset[1..];
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
    let total = (hours * 60 + minutes) * if offset.starts_with('-') { -1 } else { 1 };
    (OFFSETS.contains(&total) && minutes < 60).then_some((local, total))
}

/// How long what so many digits name lasts.
fn precision(digits: usize, fraction: usize) -> Span {
    match digits {
        4 => Span::new().years(1),
        6 => Span::new().months(1),
        8 => Span::new().days(1),
        10 => Span::new().hours(1),
        12 => Span::new().minutes(1),
        _ => Span::new().microseconds(10_i64.pow(6 - fraction as u32)),
    }
}

/// Both ends of a range of DT values; `None` when it is none. What may be one value with an offset is no range.
pub(crate) fn ends(text: &str) -> Option<(Option<&str>, Option<&str>)> {
    if moments(text).is_some() {
        return None;
    }
    let end = |part: &str| part.is_empty() || moments(part).is_some();
    let splits = text.match_indices('-').map(|(place, _)| (text[..place].trim(), text[place + 1..].trim()));
    let (from, to) =
        splits.filter(|(from, to)| !(from.is_empty() && to.is_empty())).find(|(from, to)| end(from) && end(to))?;
    let some = |part: &'_ str| !part.is_empty();
    Some((Some(from).filter(|part| some(part)), Some(to).filter(|part| some(part))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_lasts_as_long_as_it_does_not_say() {
        let day = 86_400_000_000;
        assert_eq!(moments("19700101"), Some((0, day - 1)));
        assert_eq!(moments("1970"), Some((0, 365 * day - 1)));
        assert_eq!(moments("197001010000"), Some((0, 60_000_000 - 1)));
        assert_eq!(moments("19700101000000.5"), Some((500_000, 599_999)));
        assert_eq!(moments("19700101080000+0800"), Some((0, 999_999)));
        assert_eq!(moments("19700101080000 0800"), moments("19700101080000+0800"));
        assert_eq!(moments("19691231190000-0500"), Some((0, 999_999)));
        assert_eq!(moments("19700101000060"), moments("19700101000059"));
        for end in ["9999", "99991231", "99991231235959"] {
            assert_eq!(moments(end).map(|(_, last)| last), Some(i64::MAX), "{end}");
        }
        for wrong in [
            "",
            "x",
            "19700101000061",
            "197",
            "19701301",
            "19700101.5",
            "1970+9900",
            "20260101-20260201",
            "19700101000000.",
        ] {
            assert_eq!(moments(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ranges_are_told_from_offsets() {
        assert_eq!(ends("20260101-20261231"), Some((Some("20260101"), Some("20261231"))));
        assert_eq!(ends("20260101-"), Some((Some("20260101"), None)));
        assert_eq!(ends("-20261231"), Some((None, Some("20261231"))));
        assert_eq!(ends("20260101-0500-20260201-0500"), Some((Some("20260101-0500"), Some("20260201-0500"))));
        assert_eq!(ends("2026-2027"), Some((Some("2026"), Some("2027"))));
        for single in ["20260101", "20260101-0500", "-", "yesterday"] {
            assert_eq!(ends(single), None, "{single}");
        }
    }
}
