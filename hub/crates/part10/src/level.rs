//! One level of the walker's stack: a data set (the outermost one or an item) or a sequence of items.

use crate::charset::CharacterSet;
use crate::coding::Coding;
use imaging_domain::{DataSet, Tag, VR};
use std::sync::Arc;

/// What a level holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Elements.
    DataSet,
    /// Items.
    Sequence,
}

pub(crate) struct Level {
    pub kind: Kind,
    /// Tag of the sequence; of no meaning for a data set.
    pub tag: Tag,
    pub vr: VR,
    /// Where this level ends at the latest, because it or one around it said so.
    pub end: u64,
    /// Whether a delimiter ends it.
    pub undefined: bool,
    pub coding: Coding,
    /// Whether what is read here is kept.
    pub kept: bool,
    /// Whether nothing of it is written, where it is written again.
    pub silent: bool,
    /// Whether the next element is the first, from which the coding is recognised.
    pub is_first: bool,
    pub charset: Arc<CharacterSet>,
    /// Texts read before this level named its character set.
    pub undecided: Vec<(Tag, VR, Vec<u8>)>,
    pub data: DataSet,
    pub items: Vec<DataSet>,
}

impl Level {
    /// The outermost data set.
    pub fn root(coding: Coding) -> Self {
        Self {
            kind: Kind::DataSet,
            tag: Tag(0, 0),
            vr: VR::SQ,
            end: u64::MAX,
            undefined: true,
            coding,
            kept: true,
            silent: false,
            is_first: false,
            charset: Arc::default(),
            undecided: Vec::new(),
            data: DataSet::new(),
            items: Vec::new(),
        }
    }

    /// A level inside this one.
    pub fn inner(&self, kind: Kind, tag: Tag, end: Option<u64>) -> Self {
        Self {
            kind,
            tag,
            vr: VR::SQ,
            end: end.map_or(self.end, |end| end.min(self.end)),
            undefined: end.is_none(),
            coding: self.coding,
            kept: self.kept,
            silent: self.silent,
            is_first: kind == Kind::DataSet,
            charset: self.charset.clone(),
            undecided: Vec::new(),
            data: DataSet::new(),
            items: Vec::new(),
        }
    }
}
