//! Huffman coding and scans of JPEG (ITU-T T.81 annexes B, C and F.2.2), for the processes no library here reads.

use crate::Error;

pub(super) const DAMAGED: Error = Error::Corrupt("JPEG entropy-coded data");
/// Codes up to this length are looked up in one step.
const QUICK: u32 = 9;
/// Scans of one frame; spectral selection and approximation of 12 bits need far fewer.
const MAX_SCANS: usize = 256;

/// A Huffman table.
#[derive(Clone)]
pub(super) struct Table {
    /// Length and value by the next [`QUICK`] bits; length 0 for longer codes.
    quick: Vec<(u8, u8)>,
    /// By length: one above the last code, left-aligned to 16 bits, and what to add to a code for its place.
    last: [u32; 17],
    shift: [i32; 17],
    values: Vec<u8>,
}

impl Table {
    fn new(counts: &[u8], values: &[u8]) -> Result<Self, Error> {
        let mut table =
            Self { quick: vec![(0, 0); 1 << QUICK], last: [0; 17], shift: [0; 17], values: values.to_vec() };
        let (mut code, mut place) = (0u32, 0usize);
        for length in 1..=16u32 {
            table.shift[length as usize] = place as i32 - code as i32;
            for _ in 0..counts[length as usize - 1] {
                if code >> length != 0 {
                    return Err(DAMAGED);
                }
                if length <= QUICK {
                    let from = (code << (QUICK - length)) as usize;
                    table.quick[from..from + (1 << (QUICK - length))].fill((length as u8, values[place]));
                }
                code += 1;
                place += 1;
            }
            table.last[length as usize] = code << (16 - length);
            code <<= 1;
        }
        Ok(table)
    }

    /// The next value.
    pub(super) fn decode(&self, bits: &mut Bits<'_>) -> Result<u8, Error> {
        let next = bits.peek();
        let (length, value) = self.quick[(next >> (16 - QUICK)) as usize];
        if length != 0 {
            bits.skip(u32::from(length))?;
            return Ok(value);
        }
        for length in QUICK + 1..=16 {
            if next < self.last[length as usize] {
                bits.skip(length)?;
                let place = (next >> (16 - length)) as i32 + self.shift[length as usize];
                return self.values.get(place as usize).copied().ok_or(DAMAGED);
            }
        }
        Err(DAMAGED)
    }
}

/// Bits of entropy-coded data without the stuffed zeros.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    buffer: u64,
    count: u32,
    /// Bits that were made up after the end.
    made_up: u32,
}

impl<'a> Bits<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, buffer: 0, count: 0, made_up: 0 }
    }

    fn fill(&mut self) {
        while self.count <= 48 {
            let byte = match self.bytes {
                [0xFF, 0, rest @ ..] => {
                    self.bytes = rest;
                    0xFF
                }
                [byte, rest @ ..] => {
                    self.bytes = rest;
                    *byte
                }
                [] => {
                    self.made_up += 8;
                    0
                }
            };
            self.buffer = self.buffer << 8 | u64::from(byte);
            self.count += 8;
        }
    }

    /// The next 16 bits; zeros after the end.
    fn peek(&mut self) -> u32 {
        if self.count < 16 {
            self.fill();
        }
        (self.buffer >> (self.count - 16)) as u32 & 0xFFFF
    }

    fn skip(&mut self, count: u32) -> Result<(), Error> {
        self.count -= count;
        if self.count < self.made_up { Err(DAMAGED) } else { Ok(()) }
    }

    /// The next `count` bits, 0 to 16.
    pub(super) fn take(&mut self, count: u32) -> Result<u32, Error> {
        let next = self.peek() >> (16 - count);
        self.skip(count)?;
        Ok(next)
    }

    /// A difference of a magnitude category (T.81 F.2.2.1, EXTEND).
    pub(super) fn difference(&mut self, category: u32) -> Result<i32, Error> {
        if category == 0 {
            return Ok(0);
        }
        let value = self.take(category)? as i32;
        Ok(if value >> (category - 1) == 0 { value - (1 << category) + 1 } else { value })
    }
}

/// Tables as they stand when a scan begins.
#[derive(Default)]
pub(super) struct Tables {
    pub(super) dc: [Option<Table>; 4],
    pub(super) ac: [Option<Table>; 4],
    pub(super) quantization: [Option<[u16; 64]>; 4],
    /// MCUs between restarts; 0 for none.
    pub(super) restart: usize,
    /// Component names and quantization tables, in the order of the frame.
    pub(super) components: Vec<(u8, u8)>,
}

/// One scan: which components, and how.
pub(super) struct Scan<'a> {
    /// Place in the frame, DC table, AC table.
    pub(super) components: Vec<(usize, usize, usize)>,
    /// Ss, Se, Ah, Al.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) high: u32,
    pub(super) low: u32,
    /// Entropy-coded data between restarts.
    pub(super) intervals: Vec<&'a [u8]>,
}

impl Scan<'_> {
    /// Bits of the interval that holds MCU `number` when it is the first of it.
    pub(super) fn interval(&self, number: usize, restart: usize) -> Result<Option<Bits<'_>>, Error> {
        let index = match (number, restart) {
            (0, _) => 0,
            (_, 0) => return Ok(None),
            (number, every) if number % every == 0 => number / every,
            _ => return Ok(None),
        };
        self.intervals.get(index).map(|bytes| Some(Bits::new(bytes))).ok_or(DAMAGED)
    }
}

/// Goes through a stream and hands out every scan with the tables of the moment.
pub(super) fn scans(
    bytes: &[u8],
    mut each: impl FnMut(&Tables, &Scan<'_>) -> Result<(), Error>,
) -> Result<Tables, Error> {
    let mut tables = Tables::default();
    let mut rest = bytes.get(2..).ok_or(DAMAGED)?;
    let mut count = 0;
    while let Ok((marker, body, after)) = super::header::segment(rest) {
        rest = after;
        match marker {
            0xC4 => tables.huffman(body)?,
            0xC0..=0xC3 => {
                let parts = body.get(6..).ok_or(DAMAGED)?.chunks_exact(3);
                tables.components = parts.map(|part| (part[0], part[2] & 3)).collect();
            }
            0xDB => tables.quantization(body)?,
            0xDD => {
                tables.restart =
                    usize::from(*body.first().ok_or(DAMAGED)?) << 8 | usize::from(*body.get(1).ok_or(DAMAGED)?)
            }
            0xDA => {
                count += 1;
                let (intervals, after) = intervals(rest);
                each(&tables, &tables.scan(body, intervals)?)?;
                rest = after;
            }
            _ => {}
        }
        if count > MAX_SCANS {
            return Err(DAMAGED);
        }
    }
    Ok(tables)
}

/// Splits entropy-coded data at restart markers, up to any other marker.
fn intervals(bytes: &[u8]) -> (Vec<&[u8]>, &[u8]) {
    let (mut intervals, mut from, mut at) = (vec![], 0, 0);
    while at + 1 < bytes.len() {
        match (bytes[at], bytes[at + 1]) {
            (0xFF, 0xD0..=0xD7) => {
                intervals.push(&bytes[from..at]);
                from = at + 2;
                at += 2;
            }
            (0xFF, 0) => at += 2,
            // Fill bytes may stand in front of a marker.
            (0xFF, 0xFF) | (0..=0xFE, _) => at += 1,
            (0xFF, _) => {
                intervals.push(&bytes[from..at]);
                return (intervals, &bytes[at..]);
            }
        }
    }
    intervals.push(&bytes[from..]);
    (intervals, &[])
}

impl Tables {
    fn huffman(&mut self, mut body: &[u8]) -> Result<(), Error> {
        while let [kind, rest @ ..] = body {
            let counts = rest.get(..16).ok_or(DAMAGED)?;
            let length = counts.iter().map(|count| usize::from(*count)).sum::<usize>();
            let values = rest.get(16..16 + length).ok_or(DAMAGED)?;
            let set = if kind >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            set[usize::from(kind & 3)] = Some(Table::new(counts, values)?);
            body = &rest[16 + length..];
        }
        Ok(())
    }

    fn quantization(&mut self, mut body: &[u8]) -> Result<(), Error> {
        while let [kind, rest @ ..] = body {
            let width = if kind >> 4 == 0 { 1 } else { 2 };
            let cells = rest.get(..64 * width).ok_or(DAMAGED)?;
            let mut table = [0; 64];
            for (value, cell) in table.iter_mut().zip(cells.chunks_exact(width)) {
                *value = cell.iter().fold(0, |sum, byte| sum << 8 | u16::from(*byte));
            }
            self.quantization[usize::from(kind & 3)] = Some(table);
            body = &rest[64 * width..];
        }
        Ok(())
    }

    fn scan<'a>(&self, body: &[u8], intervals: Vec<&'a [u8]>) -> Result<Scan<'a>, Error> {
        let count = usize::from(*body.first().ok_or(DAMAGED)?);
        let [parts @ .., start, end, approximation] = body else { return Err(DAMAGED) };
        let mut components = vec![];
        for part in parts.get(1..1 + 2 * count).ok_or(DAMAGED)?.chunks_exact(2) {
            let place = self.components.iter().position(|(id, _)| *id == part[0]).ok_or(DAMAGED)?;
            components.push((place, usize::from(part[1] >> 4 & 3), usize::from(part[1] & 3)));
        }
        let (high, low) = (u32::from(approximation >> 4), u32::from(approximation & 15));
        Ok(Scan { components, start: usize::from(*start), end: usize::from(*end), high, low, intervals })
    }
}
