//! DIMSE, the message protocol of DICOM networking (PS3.7), and the two rules of the upper layer that belong to it:
//! how messages are cut into presentation data values (PS3.8 annex E) and which presentation contexts are accepted.
//!
//! Bytes go in and values come out, or the other way round. What is *not* here: sockets, timeouts, association
//! PDUs, files, clocks, and any decision about an image; those are the listener's. Nothing here allocates more than a
//! named limit because a peer claims a length. Start reading at [`Assembler`], which turns what a peer sends into
//! [`Event`]s, then at [`Command`], then at [`Policy`].

mod assemble;
mod command;
mod command_set;
mod error;
mod message;
mod pdv;
mod policy;
mod query_class;
mod status;

pub use assemble::{Assembler, Event, MAX_COMMAND_SET};
pub use command::{CommandField, DataSetType, Priority};
pub use error::Error;
pub use message::{
    ActionRequest, ActionResponse, CancelRequest, Command, EchoRequest, EchoResponse, EventReportRequest,
    EventReportResponse, FindRequest, FindResponse, Generic, GetRequest, MoveRequest, Remark, Retrieval,
    RetrieveResponse, StoreRequest, StoreResponse, SubOperations,
};
pub use pdv::{MIN_PDU, PDU_HEADER, PDV_HEADER, Pdv, Pdvs, pdata_header, write_pdata};
pub use policy::{
    APPLICATION_CONTEXT, Decision, MAX_CONTEXTS, Policy, PrivateClasses, STORAGE_COMMITMENT,
    STORAGE_COMMITMENT_INSTANCE, VERIFICATION, is_other_service, is_storage,
};
pub use query_class::{Extended, QueryClass, Root};
pub use status::{Category, Row, STATUS_TABLE, Status};
