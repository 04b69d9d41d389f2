//! What the index is told of an arrival.

use crate::error::Error;
use imaging_domain::{Digest, Instance, InstanceUid, Keeping, SeriesUid, SopClassUid, StudyUid, tags};
use part10::{Header, Identity};

/// The instance of a file, by the digest and the size of its bytes: its identifiers, where its data set begins, and the attributes the index keeps.
///
/// # Errors
/// [`Error::Mismatch`] when an identifier is missing or unusable.
pub(crate) fn instance(
    header: &Header,
    identity: &Identity,
    (digest, size_bytes): (Digest, u64),
    meta_length: u64,
    stored_ms: i64,
) -> Result<Instance, Error> {
    let text = |tag| header.attributes.text(tag).unwrap_or_default();
    let frames = header.attributes.int(tags::NUMBER_OF_FRAMES).and_then(|n| u32::try_from(n).ok()).unwrap_or(1).max(1);
    Ok(Instance {
        study: StudyUid::parse(text(tags::STUDY_INSTANCE_UID)).map_err(|_| Error::Mismatch("no study instance uid"))?,
        series: SeriesUid::parse(text(tags::SERIES_INSTANCE_UID))
            .map_err(|_| Error::Mismatch("no series instance uid"))?,
        uid: InstanceUid::parse(&identity.sop_instance).map_err(|_| Error::Mismatch("sop instance uid is unusable"))?,
        sop_class: identity.sop_class.as_deref().and_then(|class| SopClassUid::parse(class).ok()),
        transfer_syntax: identity.transfer_syntax.clone(),
        digest,
        size_bytes,
        data_set_offset: meta_length,
        frames: if header.pixel_data.is_some() { frames } else { 0 },
        stored_ms,
        keeping: Keeping::Kept,
        attributes: header.attributes.clone(),
    })
}
