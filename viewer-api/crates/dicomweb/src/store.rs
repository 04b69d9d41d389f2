//! Store transactions (PS3.18 10.5): what a request's body is, its parts, and what is answered.

mod encode;
mod media_type;
mod metadata;
mod parts;
mod response;
mod xml;

pub use encode::{Bulk, Encoded, Segment, default_transfer_syntax, encode};
pub use media_type::{MediaType, StoreBody, StoreKind};
pub use metadata::{Described, MAX_DESCRIBED, MAX_METADATA, MAX_METADATA_VALUES, described_in_json, described_in_xml};
pub use parts::{MAX_PART_HEAD, MAX_PARTS, PartEvent, PartHead, PartReader};
pub use response::{COERCED, StoreAnswer, StoreCounts, StoreOutcome, store_response};
pub(crate) use response::{put_code, put_items, reference};
