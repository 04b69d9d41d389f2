//! What query and retrieval ask of images.

use archive::Error;
use futures_util::stream::BoxStream;
use imaging_domain::{DataSet, Principal, Query};

/// Results on their way, each with the identifiers of its study, series and instance.
pub type Matches = BoxStream<'static, Result<DataSet, Error>>;

/// Where studies are found and taken from.
pub trait Images: Send + Sync {
    /// Everything that matches a query, whatever its page says, the latest study first. An answer of any length costs the
    /// memory of a part of it.
    fn search(&self, who: &Principal, query: Query) -> Matches;
}
