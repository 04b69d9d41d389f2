//! A key over a name, as the index asks it.

use super::{fuzzy::Fuzzy, literal::Literal};
use imaging_domain::Names;

/// A key over a name.
pub(crate) struct NameKey(Kind);

enum Kind {
    Literal(Literal),
    Fuzzy(Fuzzy),
}

/// What names that a key finds have in common: at least one of these rows is true of each, all of it. A row of nothing is
/// true of every name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Prefilter {
    /// The rows.
    pub(crate) any: Vec<Vec<Narrow>>,
}

/// One thing that a name has.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Narrow {
    /// One of these forms.
    Forms(Vec<String>),
    /// A form that begins like one of these.
    Prefixes(Vec<String>),
    /// A character or a pair of neighbours.
    Gram(String),
}

impl NameKey {
    /// Reads what a client wrote; any text is a key.
    pub(crate) fn parse(text: &str, names: Names) -> Self {
        Self(match names {
            Names::Literal => Kind::Literal(Literal::parse(text)),
            Names::Fuzzy => Kind::Fuzzy(Fuzzy::parse(text)),
        })
    }

    /// Whether it finds a name as `stored` made it.
    pub(crate) fn finds(&self, name: &str) -> bool {
        match &self.0 {
            Kind::Literal(key) => key.finds(name),
            Kind::Fuzzy(key) => key.finds(name),
        }
    }

    /// What it is looked up by first.
    pub(crate) fn prefilter(&self) -> Prefilter {
        match &self.0 {
            Kind::Literal(key) => key.prefilter(),
            Kind::Fuzzy(key) => key.prefilter(),
        }
    }
}
