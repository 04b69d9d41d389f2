//! DICOMweb (PS3.18) without input and output: what a request's texts mean, and the bytes and texts of its answer.
//!
//! Query strings become [`imaging_domain::Query`], `Accept` headers become the one representation that fits, frame
//! lists and rendering parameters become values; answers get their links, their multipart framing and their warnings.
//! It is written after the requests that real viewers send, which is why it forgives what they get wrong.
//!
//! What is *not* here: sockets, HTTP libraries, status codes (`viewer-api`), the DICOM JSON model itself
//! (`imaging_domain::json`), decisions, and bytes of files. Every text from outside has a limit, and no error or warning
//! repeats a value a client sent. Start reading at [`parse_search`] and [`Accept`].

mod accept;
mod bulk_address;
mod byte_range;
mod commitment;
mod elements;
mod error;
mod frames;
mod link;
mod media_range;
mod multipart;
mod parameters;
mod query;
mod rendered;
mod report;
mod response;
mod single;
mod store;
mod wado_uri;
mod warning;
mod workitem;

pub use accept::{Accept, MetadataType, Packaging, PictureType, Representation, Stored};
pub use bulk_address::BulkAddress;
pub use byte_range::ByteRange;
pub use commitment::{
    MAX_COMMITMENT, MAX_COMMITTED, Named, Reference, Referenced, asked_about, commitment_response, referenced,
};
pub use elements::{Elements, MAX_ELEMENT};
pub use error::Error;
pub use frames::{MAX_FRAMES, parse_frames};
pub use link::{Base, parse_span, span_of_uri};
pub use media_range::MAX_ACCEPT_LENGTH;
pub use multipart::Boundary;
pub use parameters::{MAX_PARAMETERS, MAX_QUERY_LENGTH, accept_parameter, asks_for_anonymity};
pub use query::{MAX_VALUES, parse_search, parse_worklist_search, search_path};
pub use rendered::{
    Annotation, IccProfile, MAX_VIEWPORT, Overlays, Region, Rendered, Size, Unit, Viewport, Window, WindowFunction,
    parse_rendered, parse_thumbnail,
};
pub use report::{report_html, report_text};
pub use response::{DICOM_JSON, DICOM_XML, SearchAnswer, search_result};
pub use single::{data_set_in_json, data_set_in_xml};
pub use store::{
    Bulk, COERCED, Described, Encoded, MAX_DESCRIBED, MAX_METADATA, MAX_METADATA_VALUES, MAX_PART_HEAD, MAX_PARTS,
    MediaType, PartEvent, PartHead, PartReader, Segment, StoreAnswer, StoreBody, StoreCounts, StoreKind, StoreOutcome,
    default_transfer_syntax, described_in_json, described_in_xml, encode, store_response,
};
pub use wado_uri::{WADO_URI_TYPES, WadoContent, WadoIdentity, WadoUri, parse_wado_uri};
pub use warning::Warning;
pub use workitem::{Subscription, named_parameter, parse_subscription, transaction_parameter, workitem_parameter};
