//! Look-up tables as DICOM writes them: a descriptor of three numbers and the entries (PS3.3 C.11.1.1).

use crate::Error;
use imaging_domain::{DataSet, Tag, Value};
use serde::{Deserialize, Serialize};

/// A table and where it begins.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Table {
    /// Input value of the first entry.
    pub(crate) first: i64,
    /// Significant bits of an entry, 1 to 16.
    pub(crate) bits: u32,
    /// At least one entry.
    pub(crate) entries: Vec<u16>,
}

/// Whether the first input value is read as signed: as the samples that go in are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Inputs {
    Signed,
    Unsigned,
}

/// The three numbers of a descriptor.
pub(crate) struct Descriptor {
    pub(crate) count: usize,
    pub(crate) first: i64,
    pub(crate) bits: u32,
}

impl Descriptor {
    /// Reads LUTDescriptor or a palette descriptor; `None` when the element is absent or empty.
    pub(crate) fn read(attributes: &DataSet, tag: Tag, inputs: Inputs) -> Result<Option<Self>, Error> {
        let Some(element) = attributes.get(tag).filter(|element| !element.is_empty()) else { return Ok(None) };
        let numbers: Vec<i64> = match &element.value {
            Value::Int(numbers) => numbers.clone(),
            Value::Bytes(bytes) => words(bytes).map(i64::from).collect(),
            _ => return Err(Error::Corrupt("lookup table descriptor")),
        };
        let [count, first, bits] = numbers[..] else { return Err(Error::Corrupt("lookup table descriptor")) };
        if !(1..=16).contains(&bits) {
            return Err(Error::Corrupt("lookup table bits"));
        }
        // A count of 0 is 65536: it does not fit 16 bits. Both numbers may have come through SS or US.
        let count = match count as u16 {
            0 => 65536,
            count => usize::from(count),
        };
        let first = match inputs {
            Inputs::Signed => i64::from(first as u16 as i16),
            Inputs::Unsigned => i64::from(first as u16),
        };
        Ok(Some(Self { count, first, bits: bits as u32 }))
    }
}

/// Little-endian 16-bit words; an odd last byte is padding.
pub(crate) fn words(bytes: &[u8]) -> impl Iterator<Item = u16> {
    bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
}

impl Table {
    /// Reads descriptor and data; `None` when the descriptor is absent.
    pub(crate) fn read(
        attributes: &DataSet,
        descriptor: Tag,
        data: Tag,
        inputs: Inputs,
    ) -> Result<Option<Self>, Error> {
        let Some(descriptor) = Descriptor::read(attributes, descriptor, inputs)? else { return Ok(None) };
        let entries = match attributes.get(data).map(|element| &element.value) {
            Some(Value::Int(values)) => values.iter().map(|value| *value as u16).collect(),
            Some(Value::Bytes(bytes)) if bytes.len() >= descriptor.count * 2 => words(bytes).collect(),
            // Entries of 8 bits may be packed two in a word (PS3.3 C.7.6.3.1.6).
            Some(Value::Bytes(bytes)) if descriptor.bits <= 8 => bytes.iter().map(|byte| u16::from(*byte)).collect(),
            Some(Value::Bytes(bytes)) => words(bytes).collect(),
            Some(Value::Bulk { .. }) => return Err(Error::Unsupported("lookup table outside of the data set")),
            _ => return Err(Error::Corrupt("lookup table without data")),
        };
        Self::of(descriptor, entries).map(Some)
    }

    /// Entries with their descriptor; more than it says are dropped, fewer are wrong.
    pub(crate) fn of(descriptor: Descriptor, mut entries: Vec<u16>) -> Result<Self, Error> {
        if entries.len() < descriptor.count {
            return Err(Error::Corrupt("lookup table shorter than its descriptor says"));
        }
        entries.truncate(descriptor.count);
        Ok(Self { first: descriptor.first, bits: descriptor.bits, entries })
    }

    /// The entry of an input value; inputs outside take the nearest entry.
    pub(crate) fn at(&self, input: i64) -> u16 {
        let last = self.entries.len() as i64 - 1;
        self.entries[(input.saturating_sub(self.first)).clamp(0, last) as usize]
    }

    /// Largest value an entry can have.
    pub(crate) fn top(&self) -> u16 {
        ((1u32 << self.bits) - 1) as u16
    }

    /// The entry at a part of the table, 0.0 its first and 1.0 its last, as a part of the largest value.
    pub(crate) fn part(&self, part: f64) -> f64 {
        let at = (part * (self.entries.len() - 1) as f64).round() as i64;
        f64::from(self.at(self.first.saturating_add(at))) / f64::from(self.top())
    }
}
