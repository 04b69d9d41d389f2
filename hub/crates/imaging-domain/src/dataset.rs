//! A data set as values: decoded texts, numbers, nested items, and where the long values lie.

use dicom_core::{Tag, VR};
use std::{collections::BTreeMap, fmt};

/// Elements by ascending tag. `Debug` shows how many, never what.
#[derive(Clone, PartialEq, Default)]
pub struct DataSet {
    elements: BTreeMap<Tag, Element>,
}

/// One element: its value representation and its value.
#[derive(Clone, PartialEq)]
pub struct Element {
    /// Value representation as the stream said, or the dictionary's when it did not.
    pub vr: VR,
    /// The value.
    pub value: Value,
}

/// A value. Nothing here is longer than the reader allowed: what was longer is [`Value::Bulk`].
#[derive(Clone, PartialEq)]
pub enum Value {
    /// Values of a text VR: decoded, split on backslash, padding removed. DS and IS stay texts. An element
    /// without a value is `Text(vec![])`, whatever its VR.
    Text(Vec<String>),
    /// Values of SS, US, SL, UL, SV, UV.
    Int(Vec<i64>),
    /// Values of FL and FD.
    Float(Vec<f64>),
    /// Values of AT.
    Tags(Vec<Tag>),
    /// Items of SQ.
    Sequence(Vec<DataSet>),
    /// Values of OB, OW, OF, OD, OL, OV, UN short enough to carry, in little endian.
    Bytes(Vec<u8>),
    /// A value left where it is: bytes `offset..offset + length` of the stored data set (counted from its
    /// first byte after the file meta information, after inflating when the syntax is deflated). For
    /// encapsulated pixel data the span covers the items, and `length` is their sum with item headers.
    Bulk {
        /// First byte of the value.
        offset: u64,
        /// Bytes.
        length: u64,
    },
}

impl DataSet {
    /// No elements.
    pub fn new() -> Self {
        Self::default()
    }

    /// The element of a tag.
    pub fn get(&self, tag: Tag) -> Option<&Element> {
        self.elements.get(&tag)
    }

    /// Puts an element in place of what was there.
    pub fn put(&mut self, tag: Tag, vr: VR, value: Value) {
        self.elements.insert(tag, Element { vr, value });
    }

    /// Puts one text value; an empty text becomes an element without a value.
    pub fn put_text(&mut self, tag: Tag, vr: VR, text: impl Into<String>) {
        let text = text.into();
        let values = if text.is_empty() { vec![] } else { vec![text] };
        self.put(tag, vr, Value::Text(values));
    }

    /// Takes an element out.
    pub fn remove(&mut self, tag: Tag) -> Option<Element> {
        self.elements.remove(&tag)
    }

    /// Elements by ascending tag.
    pub fn iter(&self) -> impl Iterator<Item = (Tag, &Element)> {
        self.elements.iter().map(|(tag, element)| (*tag, element))
    }

    /// How many elements.
    pub fn len(&self) -> usize {
        self.elements.len()
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    /// How much memory it takes, roughly: what caches go by.
    pub fn memory_bytes(&self) -> u64 {
        self.elements.values().map(Element::memory_bytes).sum()
    }

    /// First text value; `None` when absent, empty or not text.
    pub fn text(&self, tag: Tag) -> Option<&str> {
        self.texts(tag).first().map(String::as_str)
    }

    /// All text values; none when absent or not text.
    pub fn texts(&self, tag: Tag) -> &[String] {
        match self.get(tag) {
            Some(Element { value: Value::Text(values), .. }) => values,
            _ => &[],
        }
    }

    /// First value as a whole number, from a binary VR or from IS or DS text.
    pub fn int(&self, tag: Tag) -> Option<i64> {
        match &self.get(tag)?.value {
            Value::Int(values) => values.first().copied(),
            Value::Text(values) => {
                let text = values.first()?.trim();
                text.parse().ok().or_else(|| text.parse::<f64>().ok().filter(|f| f.fract() == 0.0).map(|f| f as i64))
            }
            _ => None,
        }
    }

    /// All values as floating-point numbers, from FL, FD, whole numbers, or DS and IS text; a value that is
    /// no number is left out.
    pub fn floats(&self, tag: Tag) -> Vec<f64> {
        match self.get(tag).map(|element| &element.value) {
            Some(Value::Float(values)) => values.clone(),
            Some(Value::Int(values)) => values.iter().map(|v| *v as f64).collect(),
            Some(Value::Text(values)) => values.iter().filter_map(|v| v.trim().parse().ok()).collect(),
            _ => vec![],
        }
    }

    /// Items of a sequence; none when absent or not a sequence.
    pub fn items(&self, tag: Tag) -> &[DataSet] {
        match self.get(tag) {
            Some(Element { value: Value::Sequence(items), .. }) => items,
            _ => &[],
        }
    }
}

impl Element {
    fn memory_bytes(&self) -> u64 {
        // a place in the tree, and what the allocator needs for each piece
        const PLACE: usize = 96;
        const PIECE: usize = 48;
        let value = match &self.value {
            Value::Text(values) => values.iter().map(|text| (PIECE + text.len()) as u64).sum(),
            Value::Int(values) => (values.len() * 8) as u64,
            Value::Float(values) => (values.len() * 8) as u64,
            Value::Tags(tags) => (tags.len() * 4) as u64,
            Value::Sequence(items) => items.iter().map(|item| PIECE as u64 + item.memory_bytes()).sum(),
            Value::Bytes(bytes) => bytes.len() as u64,
            Value::Bulk { .. } => 0,
        };
        PLACE as u64 + value
    }

    /// Whether there is an element but no value (type 2, or a universal matching key). A name of nothing but its delimiters
    /// is none.
    pub fn is_empty(&self) -> bool {
        match &self.value {
            Value::Text(values) if self.vr == VR::PN => {
                values.iter().all(|name| name.trim_matches(['^', '=', ' ']).is_empty())
            }
            Value::Text(values) => values.is_empty(),
            Value::Int(values) => values.is_empty(),
            Value::Float(values) => values.is_empty(),
            Value::Tags(values) => values.is_empty(),
            Value::Sequence(items) => items.is_empty(),
            Value::Bytes(bytes) => bytes.is_empty(),
            Value::Bulk { length, .. } => *length == 0,
        }
    }
}

impl fmt::Debug for DataSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataSet({} elements)", self.elements.len())
    }
}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Element({})", self.vr)
    }
}

impl FromIterator<(Tag, Element)> for DataSet {
    fn from_iter<I: IntoIterator<Item = (Tag, Element)>>(elements: I) -> Self {
        Self { elements: elements.into_iter().collect() }
    }
}
