//! Identifiers of C-FIND, C-GET and C-MOVE (PS3.4 C.4) to the one query language, and results back to identifiers.

mod answers;
mod identifier;
mod question;
mod retrieval;

pub(crate) use answers::Answers;
pub(crate) use identifier::{Identifier, MAX_IDENTIFIER, Wrong};
pub(crate) use question::Question;
pub(crate) use retrieval::{level_of, scoped};
