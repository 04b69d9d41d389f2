//! Who may do what: the one [`decide`], and the [`Permit`]s it gives.
//!
//! The index (`catalog`) and the bytes (`blob-store`) take a permit of the right kind by type, so no use case can
//! reach them without having asked. That is why this room lies below them. It is *not* the audit log, which says
//! what happened; and it keeps nothing: accounts and sessions rest in `catalog`. Start reading at [`decide`].

mod decide;
mod error;
pub mod password;
mod permit;
mod token;

pub use decide::decide;
pub use error::{BadPassword, Denied};
pub use permit::{
    Action, ActionKind, Delete, Export, Feed, Manage, Object, Overview, Permit, ReadAudit, Search, Share, Store, View,
    Work,
};
pub use token::Token;
