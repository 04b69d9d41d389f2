//! Where elements of the outermost data set stand, for whoever changes some of them and leaves every other byte alone.

use crate::coding::Coding;
use imaging_domain::{Tag, VR};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// How often an element may stand in a data set whose places are wanted.
const MAX_SPANS: usize = 4;

/// What a scan looks for beside what it keeps anyway.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watched {
    /// Attributes of the outermost data set whose values are kept.
    pub kept: BTreeSet<Tag>,
    /// Attributes whose places are wanted.
    pub placed: BTreeSet<Tag>,
}

/// One element in the data set's bytes, after inflating when deflated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// First byte of its header.
    pub start: u64,
    /// First byte of its value.
    pub value: u64,
    /// First byte after it.
    pub end: u64,
    pub vr: VR,
    /// Whether a delimiter ends it.
    pub undefined: bool,
}

impl Span {
    pub fn range(self) -> Range<u64> {
        self.start..self.end
    }
}

/// Where one attribute stands, or would have to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub spans: Vec<Span>,
    /// Where the first element begins whose tag is greater.
    pub before: Option<u64>,
    /// Whether it stands more often than is followed.
    pub crowded: bool,
}

/// Where the watched attributes stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    pub(crate) places: BTreeMap<Tag, Place>,
    /// Where the data set ends.
    pub(crate) end: u64,
    pub(crate) coding: Coding,
    /// The element that began last.
    open: Option<(Tag, Span)>,
}

impl Places {
    pub(crate) fn new(placed: &BTreeSet<Tag>, coding: Coding) -> Self {
        let places = placed.iter().map(|tag| (*tag, Place::default())).collect();
        Self { places, end: 0, coding, open: None }
    }

    /// An element of the outermost data set begins.
    pub(crate) fn begin(&mut self, tag: Tag, start: u64) {
        self.close(start);
        for place in self.places.range_mut(..tag).map(|(_, place)| place).filter(|place| place.before.is_none()) {
            place.before = Some(start);
        }
        if self.places.contains_key(&tag) {
            self.open = Some((tag, Span { start, value: start, end: start, vr: VR::UN, undefined: false }));
        }
    }

    /// The header of the element that began last has ended.
    pub(crate) fn header(&mut self, vr: VR, value: u64, undefined: bool) {
        if let Some((_, span)) = &mut self.open {
            (span.vr, span.value, span.undefined) = (vr, value, undefined);
        }
    }

    fn close(&mut self, end: u64) {
        let Some((tag, span)) = self.open.take() else { return };
        let place = self.places.entry(tag).or_default();
        if place.spans.len() < MAX_SPANS {
            place.spans.push(Span { end, ..span });
        } else {
            place.crowded = true;
        }
    }

    /// The data set has ended.
    pub(crate) fn finish(mut self, end: u64) -> Self {
        self.close(end);
        self.end = end;
        self
    }
}
