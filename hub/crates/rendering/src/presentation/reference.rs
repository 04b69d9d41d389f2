//! Which images a presentation state is about (PS3.3 C.11.11).

use imaging_domain::{DataSet, InstanceUid, SeriesUid, tags};

/// One image that a state is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its series.
    pub series: SeriesUid,
    /// The image.
    pub instance: InstanceUid,
    /// Its frames from 1; all when empty.
    pub frames: Vec<u32>,
}

/// One frame of one image.
pub(crate) struct Which<'a> {
    pub(crate) instance: &'a str,
    /// From 0.
    pub(crate) frame: u32,
}

impl Reference {
    pub(crate) fn shows(&self, which: &Which<'_>) -> bool {
        let frames = &self.frames;
        self.instance.as_str() == which.instance && (frames.is_empty() || frames.contains(&(which.frame + 1)))
    }
}

/// The images that a state is about, in its order; those whose UIDs are none are left out.
pub fn references(state: &DataSet) -> Vec<Reference> {
    let of_series = |series: &DataSet| {
        let uid = SeriesUid::parse(series.text(tags::SERIES_INSTANCE_UID).unwrap_or_default()).ok();
        let images = series.items(tags::REFERENCED_IMAGE_SEQUENCE).iter();
        let image = |image: &DataSet| {
            let instance = InstanceUid::parse(image.text(tags::REFERENCED_SOP_INSTANCE_UID).unwrap_or_default());
            Some(Reference { series: uid.clone()?, instance: instance.ok()?, frames: frames(image) })
        };
        images.filter_map(image).collect::<Vec<_>>()
    };
    state.items(tags::REFERENCED_SERIES_SEQUENCE).iter().flat_map(of_series).collect()
}

/// Whether an item of a state applies to a frame: it names it, or names none.
pub(crate) fn applies(item: &DataSet, which: &Which<'_>) -> bool {
    let images = item.items(tags::REFERENCED_IMAGE_SEQUENCE);
    let names = |image: &DataSet| {
        let frames = frames(image);
        image.text(tags::REFERENCED_SOP_INSTANCE_UID) == Some(which.instance)
            && (frames.is_empty() || frames.contains(&(which.frame + 1)))
    };
    images.is_empty() || images.iter().any(names)
}

fn frames(image: &DataSet) -> Vec<u32> {
    image.floats(tags::REFERENCED_FRAME_NUMBER).into_iter().map(|frame| frame as u32).collect()
}
