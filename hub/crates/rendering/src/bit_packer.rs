//! Samples of one bit on their way into native pixel data.

/// Puts samples of one bit eight to a byte, the first in the lowest bit, on from frame to frame (PS3.5 8.1.1).
#[derive(Debug, Default)]
pub struct BitPacker {
    byte: u8,
    used: u8,
}

impl BitPacker {
    /// The bytes that are full after these samples of one byte each.
    pub fn pack(&mut self, samples: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(samples.len() / 8 + 1);
        for sample in samples {
            self.byte |= (sample & 1) << self.used;
            self.used += 1;
            if self.used == 8 {
                out.push(self.byte);
                (self.byte, self.used) = (0, 0);
            }
        }
        out
    }

    /// The last byte, when it is not full.
    pub fn finish(self) -> Option<u8> {
        (self.used > 0).then_some(self.byte)
    }
}
