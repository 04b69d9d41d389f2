//! Height of a pixel over its width.

use crate::description::find;
use imaging_domain::{DataSet, Tag, tags};

/// Most that a pixel may be longer than wide, or the other way, before the numbers are taken for a mistake.
const MAX_ASPECT: f64 = 16.0;

/// Of an image: PixelAspectRatio, the spacing of its pixels, or that of its imager, in this order; 1 when nothing of it is
/// said. `groups` are where a frame's attributes may be.
pub(crate) fn of_image(attributes: &DataSet, groups: &[&DataSet]) -> f64 {
    let measured = find(groups, tags::PIXEL_MEASURES_SEQUENCE, |set| Ok(pair(set, tags::PIXEL_SPACING)));
    let aspect = pair(attributes, tags::PIXEL_ASPECT_RATIO)
        .or(measured.ok().flatten())
        .or(pair(attributes, tags::IMAGER_PIXEL_SPACING));
    aspect.filter(is_sensible).unwrap_or(1.0)
}

/// As a displayed area says it (PS3.3 C.10.4).
pub(crate) fn of_area(item: &DataSet) -> Option<f64> {
    let spacing = pair(item, tags::PRESENTATION_PIXEL_SPACING);
    spacing.or_else(|| pair(item, tags::PRESENTATION_PIXEL_ASPECT_RATIO)).filter(is_sensible)
}

fn pair(set: &DataSet, tag: Tag) -> Option<f64> {
    match set.floats(tag)[..] {
        [vertical, horizontal] if vertical > 0.0 && horizontal > 0.0 => Some(vertical / horizontal),
        _ => None,
    }
}

fn is_sensible(aspect: &f64) -> bool {
    (1.0 / MAX_ASPECT..=MAX_ASPECT).contains(aspect)
}
