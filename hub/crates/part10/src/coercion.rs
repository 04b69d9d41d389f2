//! Coercion: attributes of the outermost data set are set or removed, what they were is kept in Original Attributes Sequence
//! (PS3.3 C.12.1.1.9), and every other byte stays as it is, in the transfer syntax it is in.

mod writer;

use crate::{Header, Places, coding::dictionary_vr, places::Span};
use imaging_domain::Tag;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};
use thiserror::Error;
use writer::Writer;

/// Original Attributes Sequence.
pub const ORIGINAL_ATTRIBUTES_SEQUENCE: Tag = Tag(0x0400, 0x0561);

/// The most bytes of what is replaced or removed, all together.
pub const MAX_ORIGINAL_BYTES: u64 = 4 << 20;

/// What is changed in a data set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coercion {
    /// Values that are set, in place of what was there or new; several values are parted by a backslash.
    pub set: BTreeMap<Tag, String>,
    /// Attributes that are removed.
    pub removed: BTreeSet<Tag>,
}

/// What is said of a coercion beside the values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modification {
    /// When, as a value of DT.
    pub at: String,
    /// Who changes.
    pub system: String,
    /// Where the values came from; empty when that is not known.
    pub source: String,
    /// `COERCE` or `CORRECT`.
    pub reason: &'static str,
}

/// Why a data set cannot be coerced. It is not changed at all then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CoercionError {
    /// The value of an attribute has a character that the data set's character set does not have.
    #[error("the value for {0} cannot be said in the data set's character set")]
    CharacterSet(Tag),
    /// A value that its VR does not allow.
    #[error("the value for {0} is none of its value representation")]
    Value(Tag),
    /// The data set ends too early, or an element stands in it too often.
    #[error("the data set is damaged")]
    Damaged,
    /// What is replaced is more than is kept.
    #[error("what is replaced is too long to be kept")]
    TooLong,
    /// Original Attributes Sequence is there and is no sequence.
    #[error("the Original Attributes Sequence that is there cannot be read")]
    OriginalAttributes,
}

/// Bytes of a data set that are replaced by others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Splice {
    /// The attribute that it is about.
    pub tag: Tag,
    pub at: Range<u64>,
    pub with: Vec<u8>,
}

/// Changes to the bytes of one data set, ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Splices(pub(crate) Vec<Splice>);

impl Splices {
    /// Whether the data set stays as it is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Coercion {
    /// Whether nothing is to be changed.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.removed.is_empty()
    }

    /// The attributes whose places must be watched for it.
    pub fn placed(&self) -> BTreeSet<Tag> {
        let changed: BTreeSet<Tag> = self.set.keys().chain(&self.removed).copied().collect();
        // the length of a group is another one afterwards; the element is retired (PS3.5 7.2)
        let lengths = changed.iter().map(|tag| Tag(tag.group(), 0)).chain([Tag(0x0400, 0)]);
        let creators = changed.iter().filter_map(|tag| creator(*tag));
        let others: BTreeSet<_> = lengths.chain([ORIGINAL_ATTRIBUTES_SEQUENCE]).chain(creators).collect();
        others.union(&changed).copied().collect()
    }

    /// Where the bytes lie that are replaced or removed, ascending: what [`splices`](Self::splices) needs. An attribute that is
    /// not there has none.
    ///
    /// # Errors
    /// When they are more than is kept.
    pub fn originals(&self, places: &Places) -> Result<Vec<Range<u64>>, CoercionError> {
        let ranges: Vec<_> = self.spans(places).into_iter().map(|(_, span)| span.range()).collect();
        let bytes: u64 = ranges.iter().map(|range| range.end - range.start).sum();
        if bytes > MAX_ORIGINAL_BYTES { Err(CoercionError::TooLong) } else { Ok(ranges) }
    }

    fn spans(&self, places: &Places) -> Vec<(Tag, Span)> {
        let changed = self.set.keys().chain(&self.removed).copied();
        let there = |tag: &Tag| last_span(places, *tag).is_some();
        // a private element means nothing without whose it is (PS3.5 7.8.1)
        let creators = changed.clone().filter(there).filter_map(creator);
        let wanted: BTreeSet<Tag> = changed.chain(creators).collect();
        let mut spans: Vec<_> = wanted.into_iter().filter_map(|tag| Some((tag, last_span(places, tag)?))).collect();
        spans.sort_by_key(|(_, span)| span.start);
        spans
    }

    /// What stood where something is changed.
    fn before<'a>(&self, places: &Places, mut originals: &'a [u8]) -> Result<BTreeMap<Tag, &'a [u8]>, CoercionError> {
        let mut before = BTreeMap::new();
        for (tag, span) in self.spans(places) {
            let length = (span.end - span.start) as usize;
            let (bytes, rest) = originals.split_at_checked(length).ok_or(CoercionError::Damaged)?;
            before.insert(tag, bytes);
            originals = rest;
        }
        Ok(before)
    }

    /// The changes to a data set whose places were watched; none when all is so already. `originals` has the bytes that
    /// [`originals`](Self::originals) names, one after the other.
    ///
    /// # Errors
    /// When the data set cannot be coerced, or a value cannot be said in it.
    pub fn splices(
        &self,
        header: &Header,
        originals: &[u8],
        modification: &Modification,
    ) -> Result<Splices, CoercionError> {
        let places = header.places.as_ref().ok_or(CoercionError::Damaged)?;
        if header.is_truncated() || places.places.values().any(|place| place.crowded) {
            return Err(CoercionError::Damaged);
        }
        let writer = Writer::of(places.coding, &header.attributes);
        let (mut before, mut splices) = (self.before(places, originals)?, vec![]);
        for (tag, value) in &self.set {
            let mut with = vec![];
            writer.text(*tag, dictionary_vr(*tag, false), value, &mut with)?;
            if before.get(tag).is_some_and(|bytes| **bytes == *with) {
                before.remove(tag);
            } else {
                write(places, *tag, with, &mut splices);
            }
        }
        self.removed.iter().for_each(|tag| write(places, *tag, vec![], &mut splices));
        if splices.is_empty() {
            return Ok(Splices(splices));
        }
        if !before.is_empty() {
            // in the order of tags, wherever they stood
            let originals: Vec<u8> = before.into_values().flatten().copied().collect();
            writer.append(places, writer.item(&originals, modification)?, &mut splices)?;
        }
        let groups: BTreeSet<u16> = splices.iter().map(|splice| splice.tag.group()).collect();
        groups.into_iter().for_each(|group| write(places, Tag(group, 0), vec![], &mut splices));
        // what is written at one place is in the order of its tags
        splices.sort_by_key(|splice| (splice.at.start, splice.tag));
        Ok(Splices(splices))
    }
}

/// The element that says whose a private element is.
fn creator(tag: Tag) -> Option<Tag> {
    (tag.group() % 2 == 1 && tag.element() >= 0x1000).then(|| Tag(tag.group(), tag.element() >> 8))
}

fn last_span(places: &Places, tag: Tag) -> Option<Span> {
    places.places.get(&tag)?.spans.last().copied()
}

/// Writes an attribute in place of its last element, or where it would stand; its other elements go.
fn write(places: &Places, tag: Tag, with: Vec<u8>, splices: &mut Vec<Splice>) {
    let Some(place) = places.places.get(&tag) else { return };
    let Some((last, others)) = place.spans.split_last() else {
        if !with.is_empty() {
            let at = place.before.unwrap_or(places.end);
            splices.push(Splice { tag, at: at..at, with });
        }
        return;
    };
    splices.extend(others.iter().map(|span| Splice { tag, at: span.range(), with: vec![] }));
    splices.push(Splice { tag, at: last.range(), with });
}
