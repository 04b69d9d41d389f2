//! The SOP classes of query and retrieval (PS3.4 C.6).

use crate::command::CommandField;

/// From which entity the levels of an information model begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Root {
    /// Patients have studies.
    Patient,
    /// Studies have the attributes of their patients.
    Study,
}

/// An information model with what may be asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryClass {
    /// SOP Class UID.
    pub uid: &'static str,
    /// The model's root.
    pub root: Root,
    /// C-FIND-RQ, C-MOVE-RQ or C-GET-RQ.
    pub operation: CommandField,
}

const fn class(uid: &'static str, root: Root, operation: CommandField) -> QueryClass {
    QueryClass { uid, root, operation }
}

const CLASSES: [QueryClass; 6] = [
    class("1.2.840.10008.5.1.4.1.2.1.1", Root::Patient, CommandField::CFindRq),
    class("1.2.840.10008.5.1.4.1.2.1.2", Root::Patient, CommandField::CMoveRq),
    class("1.2.840.10008.5.1.4.1.2.1.3", Root::Patient, CommandField::CGetRq),
    class("1.2.840.10008.5.1.4.1.2.2.1", Root::Study, CommandField::CFindRq),
    class("1.2.840.10008.5.1.4.1.2.2.2", Root::Study, CommandField::CMoveRq),
    class("1.2.840.10008.5.1.4.1.2.2.3", Root::Study, CommandField::CGetRq),
];

impl QueryClass {
    /// The class of a UID.
    pub fn of(uid: &str) -> Option<&'static Self> {
        CLASSES.iter().find(|class| class.uid == uid)
    }
}
