//! The query string of a thumbnail.

use super::{MAX_VALUE, Size, viewport, warn};
use crate::{
    error::Error,
    parameters::{Pair, pairs},
    warning::Warning,
};

/// Parameters of rendered resources that a thumbnail has no use for.
const NOT_OF_THUMBNAILS: [&str; 10] = [
    "window",
    "quality",
    "annotation",
    "iccprofile",
    "region",
    "overlays",
    "presentationUID",
    "presentationSeriesUID",
    "segmentationUID",
    "segmentationSeriesUID",
];

/// Reads the query string of a thumbnail, of which only the size can be asked for (PS3.18 8.3.5.2): the other parameters
/// of rendered resources have no effect, whatever they say, and are warned of, and so is a source region.
///
/// # Errors
/// As [`parse_rendered`], of a viewport.
pub fn parse_thumbnail(query: &str) -> Result<(Option<Size>, Vec<Warning>), Error> {
    let (mut size, mut warnings) = (None, vec![]);
    for Pair { name, value } in pairs(query)? {
        match name.as_str() {
            "accept" | "charset" => {}
            _ if value.trim().is_empty() => {}
            "viewport" if value.len() > MAX_VALUE => return Err(Error::TooLong("rendering parameter")),
            "viewport" => {
                let viewport = viewport::parse(&value)?;
                size = viewport.size;
                let region = viewport.region.map(|_| Warning::IgnoredParameter("source region of viewport"));
                warn(&mut warnings, region);
            }
            known if NOT_OF_THUMBNAILS.contains(&known) => {
                warn(&mut warnings, Some(Warning::IgnoredParameter("other than viewport")));
            }
            _ => warn(&mut warnings, Some(Warning::UnknownParameter)),
        }
    }
    Ok((size, warnings))
}
