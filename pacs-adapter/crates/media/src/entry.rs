//! One entry of a zip file's directory.

/// An entry, as the directory describes it.
pub struct Entry {
    /// What the directory calls it, with `/` between folders.
    pub name: String,
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) crc: u32,
    pub(crate) compressed: u64,
    pub(crate) size: u64,
    pub(crate) offset: u64,
}

impl Entry {
    /// ZIP64 extended information (4.5.3): what did not fit into 32 bits, in this order.
    pub(crate) fn widen(&mut self, mut extra: &[u8]) {
        while extra.len() >= 4 {
            let (id, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
            let Some(mut value) = extra.get(4..4 + length) else { return };
            extra = &extra[4 + length..];
            if id != 1 {
                continue;
            }
            for field in [&mut self.size, &mut self.compressed, &mut self.offset] {
                if *field == u64::from(u32::MAX) && value.len() >= 8 {
                    *field = u64_at(value, 0);
                    value = &value[8..];
                }
            }
        }
    }
}

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |bytes| u16::from_le_bytes([bytes[0], bytes[1]]))
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u64::from_le_bytes(*bytes))
}
