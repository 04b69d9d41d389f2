//! What C-FIND tells of an instance, as the index has it until somebody sees the bytes.

use crate::requester::Identifier;
use catalog::DueStudy;
use imaging_domain::{
    DataSet, Digest, Instance, InstanceUid, Keeping, Level, SeriesUid, SopClassUid, Tag, VR, attribute,
    attribute::Source, tags,
};

/// Classes that are no images, below `1.2.840.10008.5.1.4.1.1.`: spectra and waveforms, presentation states, registrations and
/// measurements, reports, documents, plans.
const NO_IMAGES: &[&str] = &[
    "4.2", "9.", "11.", "66", "66.1", "66.2", "66.3", "66.5", "67", "88.", "104.", "481.3", "481.4", "481.5", "481.6",
    "481.7", "481.8", "481.9",
];

/// The attributes of a level that the index keeps, but for sequences.
fn kept(level: Level) -> impl Iterator<Item = (Tag, VR)> {
    let of_file = attribute::at(level).filter(|row| row.source == Source::File && row.path.len() == 1);
    of_file.filter(|row| row.vr != VR::SQ).map(|row| (row.tag(), row.vr))
}

pub(super) fn told_at(level: Level) -> Identifier {
    kept(level).fold(Identifier::at(level), |asked, (tag, vr)| asked.told(tag, vr))
}

pub(super) fn take(attributes: &mut DataSet, level: Level, told: &DataSet) {
    for (tag, _) in kept(level) {
        if let Some(element) = told.get(tag).filter(|element| !element.is_empty()) {
            attributes.put(tag, element.vr, element.value.clone());
        }
    }
}

/// What is known of an instance that nobody has seen; `None` when it has no usable identifier.
pub(super) fn promise(
    due: &DueStudy,
    series: &SeriesUid,
    image: &DataSet,
    attributes: DataSet,
    stored_ms: i64,
) -> Option<Instance> {
    let only = if let [only] = due.listed.classes.as_slice() { Some(only.as_str()) } else { None };
    let class = image.text(tags::SOP_CLASS_UID).or(only).and_then(|class| SopClassUid::parse(class).ok());
    let frames = image.int(tags::NUMBER_OF_FRAMES).and_then(|frames| u32::try_from(frames).ok());
    let is_image = class.as_ref().is_none_or(|class| is_image(class.as_str()));
    Some(Instance {
        study: due.listed.study.clone(),
        series: series.clone(),
        uid: InstanceUid::parse(image.text(tags::SOP_INSTANCE_UID)?).ok()?,
        transfer_syntax: image.text(tags::AVAILABLE_TRANSFER_SYNTAX_UID).unwrap_or_default().to_owned(),
        digest: Digest([0; 32]),
        size_bytes: 0,
        data_set_offset: 0,
        frames: if is_image { frames.unwrap_or(1).max(1) } else { 0 },
        stored_ms,
        keeping: Keeping::Promised,
        sop_class: class,
        attributes,
    })
}

fn is_image(class: &str) -> bool {
    let Some(arc) = class.strip_prefix("1.2.840.10008.5.1.4.1.1.") else { return true };
    !NO_IMAGES.iter().any(|known| arc == *known || known.ends_with('.') && arc.starts_with(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_and_states_are_no_images() {
        for (arc, expected) in [
            ("2", true),
            ("88.33", false),
            ("11.1", false),
            ("66.4", true),
            ("66.5", false),
            ("9.1.1", false),
            ("481.2", true),
        ] {
            assert_eq!(is_image(&format!("1.2.840.10008.5.1.4.1.1.{arc}")), expected, "{arc}");
        }
    }
}
