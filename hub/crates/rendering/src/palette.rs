//! Palette colour (PS3.3 C.7.6.3.1.5 and C.7.6.3.1.6) and segmented palettes (PS3.3 C.7.9.2).

use crate::{
    Error, Samples,
    bitmap::Bitmap,
    frame::each_type,
    lookup::{Descriptor, Inputs, Table, words},
};
use imaging_domain::{DataSet, Tag, Value, tags};
use serde::{Deserialize, Serialize};

/// Red, green and blue tables.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Palette {
    /// Colours by index from `first` on.
    colours: Vec<[u8; 3]>,
    first: i64,
}

const CHANNELS: [(Tag, Tag, Tag); 3] = [
    (
        tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
        tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        tags::SEGMENTED_RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    ),
    (
        tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
        tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        tags::SEGMENTED_GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    ),
    (
        tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
        tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        tags::SEGMENTED_BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    ),
];

impl Palette {
    /// Reads the three tables.
    pub(crate) fn read(attributes: &DataSet, inputs: Inputs) -> Result<Self, Error> {
        let mut tables = Vec::with_capacity(3);
        for (descriptor, data, segmented) in CHANNELS {
            let table = match attributes.get(segmented).filter(|element| !element.is_empty()) {
                Some(element) => {
                    let descriptor = Descriptor::read(attributes, descriptor, inputs)?;
                    let descriptor = descriptor.ok_or(Error::Corrupt("palette without descriptor"))?;
                    let entries = expanded(&element.value, descriptor.bits)?;
                    Table::of(descriptor, entries)?
                }
                None => Table::read(attributes, descriptor, data, inputs)?.ok_or(Error::Corrupt("palette missing"))?,
            };
            tables.push(table);
        }
        let count = tables.iter().map(|table| table.entries.len()).min().unwrap_or(0);
        // Many writers say 16 bits and fill 8.
        let filled = tables.iter().flat_map(|table| &table.entries).max().copied().unwrap_or(0);
        let byte = |table: &Table, at: usize| match (table.bits, filled) {
            (..=8, _) | (_, ..=255) => table.entries[at].min(255) as u8,
            (bits, _) => (table.entries[at] >> (bits - 8)).min(255) as u8,
        };
        let colours = (0..count).map(|at| [0, 1, 2].map(|channel| byte(&tables[channel], at))).collect();
        Ok(Self { colours, first: tables[0].first })
    }

    /// Red, green and blue of each index; indices outside take the nearest entry.
    pub(crate) fn coloured(&self, samples: &Samples) -> Vec<u8> {
        let last = self.colours.len() as i64 - 1;
        let colour = |index: i64| self.colours[(index - self.first).clamp(0, last) as usize];
        each_type!(samples, values => values.iter().flat_map(|value| colour(*value as i64)).collect())
    }
}

impl Palette {
    /// Colours of greys, of which 255 has the last (PS3.3 C.7.9, pseudo-colour).
    pub(crate) fn over(&self, bitmap: Bitmap) -> Bitmap {
        let last = self.colours.len() - 1;
        let colour = |grey: u8| self.colours[(usize::from(grey) * last + 127) / 255];
        let pixels = bitmap.pixels.into_iter().flat_map(colour).collect();
        Bitmap { channels: 3, pixels, ..bitmap }
    }
}

/// The longest table a descriptor can name.
const MAX_ENTRIES: usize = 65536;

/// The entries that segments stand for.
fn expanded(value: &Value, bits: u32) -> Result<Vec<u16>, Error> {
    let units: Vec<u16> = match value {
        Value::Int(values) => values.iter().map(|value| *value as u16).collect(),
        Value::Bytes(bytes) if bits <= 8 => bytes.iter().map(|byte| u16::from(*byte)).collect(),
        Value::Bytes(bytes) => words(bytes).collect(),
        Value::Bulk { .. } => return Err(Error::Unsupported("palette outside of the data set")),
        _ => return Err(Error::Corrupt("palette segments")),
    };
    let mut entries = Vec::new();
    let mut at = 0;
    while at + 1 < units.len() {
        at = match units[at] {
            2 => {
                let wide = if bits <= 8 { 4 } else { 2 };
                indirect(&units, at, wide, &mut entries)?;
                at + 2 + wide
            }
            _ => direct(&units, at, &mut entries)?,
        };
        if entries.len() > MAX_ENTRIES {
            return Err(Error::Corrupt("palette segments too long"));
        }
    }
    Ok(entries)
}

/// A discrete (0) or linear (1) segment; gives where the next begins.
fn direct(units: &[u16], at: usize, entries: &mut Vec<u16>) -> Result<usize, Error> {
    let short = Error::Corrupt("palette segment cut off");
    let (kind, length) = (units[at], usize::from(*units.get(at + 1).ok_or(short.clone())?));
    match kind {
        0 => {
            entries.extend_from_slice(units.get(at + 2..at + 2 + length).ok_or(short)?);
            Ok(at + 2 + length)
        }
        1 => {
            let end = f64::from(*units.get(at + 2).ok_or(short)?);
            let start = f64::from(*entries.last().ok_or(Error::Corrupt("palette begins with a linear segment"))?);
            let step = (end - start) / length.max(1) as f64;
            entries.extend((1..=length).map(|i| (start + step * i as f64).round_ties_even() as u16));
            Ok(at + 3)
        }
        _ => Err(Error::Corrupt("palette segment of an unknown kind")),
    }
}

/// An indirect segment: repeats earlier segments, which may not be indirect themselves.
fn indirect(units: &[u16], at: usize, wide: usize, entries: &mut Vec<u16>) -> Result<(), Error> {
    let offset = units.get(at + 2..at + 2 + wide).ok_or(Error::Corrupt("palette segment cut off"))?;
    let shift = if wide == 4 { 8 } else { 16 };
    let mut from = offset.iter().rev().fold(0usize, |sum, unit| (sum << shift) | usize::from(*unit));
    for _ in 0..units[at + 1] {
        if from >= at || units[from] == 2 || entries.len() > MAX_ENTRIES {
            return Err(Error::Corrupt("palette segment points nowhere"));
        }
        from = direct(units, from, entries)?;
    }
    Ok(())
}
