//! What query and retrieval ask of images.

use archive::{Body, Error, Form};
use catalog::Scope;
use futures_util::stream::BoxStream;
use imaging_domain::{DataSet, InstanceUid, Level, Principal, Query};
use std::sync::Arc;

/// Results on their way, each with the identifiers of its study, series and instance.
pub type Matches = BoxStream<'static, Result<DataSet, Error>>;

/// An instance that is to be given.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its study, its series and itself.
    pub scope: Scope,
    /// SOP Class UID; empty when it has none.
    pub sop_class: String,
    /// Transfer syntax UID of what is stored; empty when that is not known.
    pub transfer_syntax: String,
}

/// An instance on its way.
pub struct Given {
    /// SOP Class UID; empty when it has none.
    pub sop_class: String,
    /// SOP Instance UID.
    pub sop_instance: InstanceUid,
    /// Transfer syntax UID of the bytes.
    pub transfer_syntax: String,
    /// The data set, without file meta information.
    pub data_set: Body,
}

/// Instances on their way; what fails costs one of them, or those of one study or series.
pub type Giving = BoxStream<'static, Result<Given, Error>>;

/// In which form an instance is wanted, by its SOP class and the transfer syntax that it is stored in. What cannot be made
/// comes as it is stored.
pub type WantedForm = Arc<dyn Fn(&str, &str) -> Form + Send + Sync>;

/// Where studies are found and taken from.
pub trait Images: Send + Sync {
    /// Everything that matches a query, whatever its page says, the latest study first. An answer of any length costs the
    /// memory of a part of it.
    fn search(&self, who: &Principal, query: Query) -> Matches;

    /// The listed instances, which are all there are of each study, or series, when they were asked for at that level.
    fn give(&self, who: &Principal, listed: Vec<Listed>, level: Level, form: WantedForm) -> Giving;
}
