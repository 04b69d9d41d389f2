//! Storing by DICOMweb.

use archive::{Holding, HoldingLimits, Ingest, Parts};
use imaging_domain::SiteId;

/// Requests of DICOMweb that store at the same time, and the most bytes of one of their instances.
const STORING_AT_ONCE: usize = 16;
const MAX_STORED_BYTES: u64 = 8 << 30;
/// Storing by DICOMweb goes the way that everything goes.
pub(super) fn holding(parts: &Parts, site: &SiteId, ingest: &Ingest) -> Holding {
    let (users_store_to, at_once, max_instance_bytes) = (Some(site.clone()), STORING_AT_ONCE, MAX_STORED_BYTES);
    let limits = HoldingLimits { users_store_to, at_once, max_instance_bytes };
    Holding::at_hospital(parts.clone(), limits, site.clone(), ingest.clone())
}
