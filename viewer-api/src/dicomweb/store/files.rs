//! Whole files (PS3.10) as parts, each written while it comes.

use super::{
    arrivals::{Arrival, Arrivals},
    port::Deposits,
    reason::CANNOT_UNDERSTAND,
    upload::Upload,
};
use crate::error::Error;
use ::dicomweb::{MediaType, PartEvent, PartHead, PartReader};
use archive::Framing;
use imaging_domain::{Invalid, StudyUid};

/// Takes the parts of a body. A body that ends before its last delimiter leaves a failure in place of what is missing.
pub(super) async fn parts(
    deposits: &dyn Deposits,
    study: Option<&StudyUid>,
    mut upload: Upload,
    boundary: &str,
) -> Result<Arrivals, Error> {
    let (mut reader, mut arrivals, mut open) = (PartReader::new(boundary), Arrivals::default(), None);
    while let Some(bytes) = upload.next().await? {
        reader.feed(&bytes)?;
        while let Some(event) = reader.next_event() {
            match event {
                PartEvent::Begin(head) => open = Some(begin(deposits, study, &head).await),
                PartEvent::Data(bytes) => {
                    if let Some(arrival) = &mut open {
                        arrival.write(&bytes).await;
                    }
                }
                PartEvent::End => {
                    if let Some(arrival) = open.take() {
                        arrivals.end(arrival).await?;
                    }
                }
                PartEvent::Closed => {}
            }
        }
    }
    if !reader.has_begun() {
        return Err(Invalid::new("body", "its boundary is nowhere in it").into());
    }
    if !reader.is_closed() {
        arrivals.end(Arrival::refused(None, CANNOT_UNDERSTAND)).await?;
    }
    Ok(arrivals)
}

/// Takes a body that is one file.
pub(super) async fn single(
    deposits: &dyn Deposits,
    study: Option<&StudyUid>,
    mut upload: Upload,
) -> Result<Arrivals, Error> {
    let (mut arrivals, mut arrival) = (Arrivals::default(), begin(deposits, study, &PartHead::default()).await);
    let mut is_empty = true;
    while let Some(bytes) = upload.next().await? {
        is_empty &= bytes.is_empty();
        arrival.write(&bytes).await;
    }
    if is_empty {
        return Err(Invalid::new("body", "there is none").into());
    }
    arrivals.end(arrival).await?;
    Ok(arrivals)
}

async fn begin(deposits: &dyn Deposits, study: Option<&StudyUid>, head: &PartHead) -> Arrival {
    let media = head.content_type.as_deref().map(|text| MediaType::parse(text).map(|media| media.essence));
    let is_file = match &media {
        // some senders say nothing, or octets
        None => true,
        Some(essence) => matches!(essence.as_deref(), Some("application/dicom" | "application/octet-stream")),
    };
    if !is_file || head.encoding.is_some() {
        return Arrival::refused(None, CANNOT_UNDERSTAND);
    }
    Arrival::of(deposits.begin(Framing::File, study).await, None)
}
