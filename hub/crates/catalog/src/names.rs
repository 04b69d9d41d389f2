//! Person names as they are compared: what of a name is indexed, and whether a key finds it.
//!
//! `stored` is the one form in which the index keeps a name; `words` says under which texts it can be looked up; `key` reads
//! what a client asked and has the last word. No SQL: the index narrows by [`Prefilter`] and then asks [`NameKey::finds`].
//! Matching is PS3.4 C.2.2.2.1 and C.2.2.2.4, where most is left to the implementation; CONFORMANCE.md says what we chose.

mod fuzzy;
mod han;
mod key;
mod literal;
mod simplified;
mod stored;
mod words;

pub(crate) use key::{NameKey, Narrow, Prefilter};
pub(crate) use stored::{of_json, stored};
pub(crate) use words::{forms, grams};

#[cfg(test)]
mod tests;
