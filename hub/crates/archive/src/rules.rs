//! What a hospital's rules do with what arrives, as a port: which rules there are is the program's.

use catalog::{Orders, Telling};
use imaging_domain::{AeTitle, DataSet, Principal};
use part10::{Coercion, Modification, Watched};
use std::sync::Arc;

/// Rules for arrivals.
pub trait Rules: Send + Sync {
    /// Which attributes they look at, and which they change.
    fn watched(&self) -> Arc<Watched>;

    /// What is to be done with an arrival at a time (milliseconds since 1970 UTC). Called once for each whole arrival.
    fn judge(&self, who: &Principal, attributes: &DataSet, now_ms: i64) -> Judgement;
}

/// What is to be done with an arrival.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// Whether it is kept.
    pub fate: Fate,
    /// Who gets a copy.
    pub send_to: Vec<AeTitle>,
    /// Which attributes are changed, and what is said of that.
    pub coercion: Option<(Coercion, Modification)>,
}

/// Whether an arrival is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Fate {
    /// It is, and told.
    #[default]
    Kept,
    /// It is, and told to nobody until it is released.
    Held,
    /// It is not; its sender hears that it was taken.
    Dropped,
}

impl Judgement {
    /// What the index is to do.
    pub(crate) fn orders(&self) -> Orders {
        let telling = if self.fate == Fate::Held { Telling::WhenReleased } else { Telling::Now };
        Orders { send_to: self.send_to.clone(), telling, original: None }
    }
}
