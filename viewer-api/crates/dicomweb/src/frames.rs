//! Frame lists (PS3.18 table 10.4.1-1: `/frames/{frames}`).

use crate::error::Error;

/// The most frames one request may name. Readers of whole-slide images ask for long lists.
pub const MAX_FRAMES: usize = 10_000;

/// Reads a list of frame numbers from 1, separated by commas, in the order asked.
///
/// # Errors
/// [`Error::Invalid`] when an entry is no number or 0, [`Error::TooLong`] above [`MAX_FRAMES`].
///
/// ```
/// assert_eq!(dicomweb::parse_frames("1,2,5"), Ok(vec![1, 2, 5]));
/// assert!(dicomweb::parse_frames("0").is_err());
/// ```
pub fn parse_frames(text: &str) -> Result<Vec<u32>, Error> {
    let mut out = vec![];
    for entry in text.split(',') {
        if out.len() == MAX_FRAMES {
            return Err(Error::TooLong("list of frames"));
        }
        let number = entry.trim().parse::<u32>().ok().filter(|number| *number > 0);
        out.push(number.ok_or(Error::invalid("frame list", "an entry is no number from 1"))?);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_and_bounded() {
        for (text, expected) in [
            ("1", Some(vec![1])),
            ("3,1,3", Some(vec![3, 1, 3])),
            ("1, 2", Some(vec![1, 2])),
            ("", None),
            ("1,", None),
            ("-1", None),
            ("4294967296", None),
            ("1\\2", None),
        ] {
            assert_eq!(parse_frames(text).ok(), expected, "{text:?}");
        }
        let long = vec!["1"; MAX_FRAMES].join(",");
        assert_eq!(parse_frames(&long).map(|list| list.len()), Ok(MAX_FRAMES));
        assert_eq!(parse_frames(&format!("{long},1")), Err(Error::TooLong("list of frames")));
    }
}
