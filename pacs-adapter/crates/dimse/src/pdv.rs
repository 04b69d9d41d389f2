//! Presentation data values inside of P-DATA-TF (PS3.8 9.3.5, annex E).

use crate::error::Error;
use bytes::Bytes;

/// Bytes before the variable field of a PDU: type, reserved, length (PS3.8 9.3.1).
pub const PDU_HEADER: usize = 6;
/// Bytes before the fragment of a presentation data value: length, context id, message control header.
pub const PDV_HEADER: usize = 6;
/// The shortest maximum length of a peer that is obeyed. Zero, meaning no limit, and smaller ones are not.
pub const MIN_PDU: usize = 1024;

/// One fragment of a command set or of a data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdv {
    /// Presentation context id.
    pub context_id: u8,
    /// Whether it is of a command set; otherwise of a data set.
    pub is_command: bool,
    /// Whether it is the last one of its command or data set.
    pub is_last: bool,
    /// The fragment.
    pub bytes: Bytes,
}

/// The values of one P-DATA-TF PDU, without copying. Ends after the first error.
#[derive(Debug)]
pub struct Pdvs(Bytes);

impl Pdvs {
    /// The values in `body`, which is the PDU without its header.
    pub fn new(body: Bytes) -> Self {
        Self(body)
    }

    fn take(&mut self) -> Option<Pdv> {
        let [l0, l1, l2, l3, context_id, control] = *self.0.first_chunk::<PDV_HEADER>()?;
        let length = (u32::from_be_bytes([l0, l1, l2, l3]) as usize).checked_sub(2)?;
        if self.0.len() - PDV_HEADER < length {
            return None;
        }
        let mut bytes = self.0.split_to(PDV_HEADER + length);
        let bytes = bytes.split_off(PDV_HEADER);
        Some(Pdv { context_id, is_command: control & 1 != 0, is_last: control & 2 != 0, bytes })
    }
}

impl Iterator for Pdvs {
    type Item = Result<Pdv, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let pdv = self.take();
        if pdv.is_none() {
            self.0.clear();
        }
        Some(pdv.ok_or(Error::BadPdv))
    }
}

/// The twelve bytes before a fragment of `length` bytes that fills a P-DATA-TF PDU of its own. `pdv.bytes` is not
/// looked at, so that a fragment can be written from wherever it lies.
pub fn pdata_header(pdv: &Pdv, length: usize) -> [u8; PDU_HEADER + PDV_HEADER] {
    let [p0, p1, p2, p3] = ((length + PDV_HEADER) as u32).to_be_bytes();
    let [v0, v1, v2, v3] = ((length + 2) as u32).to_be_bytes();
    let control = u8::from(pdv.is_command) | (u8::from(pdv.is_last) << 1);
    [4, 0, p0, p1, p2, p3, v0, v1, v2, v3, pdv.context_id, control]
}

/// Appends to `out` a whole command set (or data set) as P-DATA-TF PDUs, none of whose variable fields is longer than
/// `max_pdu` bytes. The `is_last` of `pdv` is ignored: the last fragment has it.
pub fn write_pdata(pdv: &Pdv, max_pdu: usize, out: &mut Vec<u8>) {
    let most = max_pdu.max(MIN_PDU) - PDV_HEADER;
    let mut rest = pdv.bytes.clone();
    loop {
        let fragment = rest.split_to(rest.len().min(most));
        let header = Pdv { is_last: rest.is_empty(), bytes: Bytes::new(), ..*pdv };
        out.extend_from_slice(&pdata_header(&header, fragment.len()));
        out.extend_from_slice(&fragment);
        if rest.is_empty() {
            return;
        }
    }
}
