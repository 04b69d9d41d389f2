//! The bytes of a command set: elements of group 0000 in implicit VR little endian (PS3.7 6.3.1, annex E).

use crate::{assemble::MAX_COMMAND_SET, error::Error};
use imaging_domain::Tag;

/// Element numbers of group 0000 (PS3.7 table E.1-1) that this crate reads or writes.
pub(crate) mod element {
    pub(crate) const GROUP_LENGTH: u16 = 0x0000;
    pub(crate) const AFFECTED_SOP_CLASS: u16 = 0x0002;
    pub(crate) const REQUESTED_SOP_CLASS: u16 = 0x0003;
    pub(crate) const COMMAND_FIELD: u16 = 0x0100;
    pub(crate) const MESSAGE_ID: u16 = 0x0110;
    pub(crate) const MESSAGE_ID_RESPONDED: u16 = 0x0120;
    pub(crate) const MOVE_DESTINATION: u16 = 0x0600;
    pub(crate) const PRIORITY: u16 = 0x0700;
    pub(crate) const DATA_SET_TYPE: u16 = 0x0800;
    pub(crate) const STATUS: u16 = 0x0900;
    pub(crate) const OFFENDING_ELEMENT: u16 = 0x0901;
    pub(crate) const ERROR_COMMENT: u16 = 0x0902;
    pub(crate) const AFFECTED_SOP_INSTANCE: u16 = 0x1000;
    pub(crate) const REQUESTED_SOP_INSTANCE: u16 = 0x1001;
    pub(crate) const EVENT_TYPE: u16 = 0x1002;
    pub(crate) const ACTION_TYPE: u16 = 0x1008;
    pub(crate) const REMAINING: u16 = 0x1020;
    pub(crate) const COMPLETED: u16 = 0x1021;
    pub(crate) const FAILED: u16 = 0x1022;
    pub(crate) const WARNING: u16 = 0x1023;
    pub(crate) const MOVE_ORIGINATOR_AE: u16 = 0x1030;
    pub(crate) const MOVE_ORIGINATOR_MESSAGE: u16 = 0x1031;
}

const KNOWN: [u16; 21] = [
    element::AFFECTED_SOP_CLASS,
    element::REQUESTED_SOP_CLASS,
    element::COMMAND_FIELD,
    element::MESSAGE_ID,
    element::MESSAGE_ID_RESPONDED,
    element::MOVE_DESTINATION,
    element::PRIORITY,
    element::DATA_SET_TYPE,
    element::STATUS,
    element::OFFENDING_ELEMENT,
    element::ERROR_COMMENT,
    element::AFFECTED_SOP_INSTANCE,
    element::REQUESTED_SOP_INSTANCE,
    element::EVENT_TYPE,
    element::ACTION_TYPE,
    element::REMAINING,
    element::COMPLETED,
    element::FAILED,
    element::WARNING,
    element::MOVE_ORIGINATOR_AE,
    element::MOVE_ORIGINATOR_MESSAGE,
];

/// The known elements of one command set, borrowed from its bytes; the first of two with one number wins.
pub(crate) struct Elements<'a> {
    values: [Option<&'a [u8]>; KNOWN.len()],
}

impl<'a> Elements<'a> {
    /// Walks the bytes once. Elements that are not known, and those of other groups, are passed over. The group
    /// length is passed over too, because the last fragment already tells where the command set ends.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, Error> {
        if bytes.len() > MAX_COMMAND_SET {
            return Err(Error::CommandTooLarge);
        }
        let mut values = [None; KNOWN.len()];
        let mut rest = bytes;
        while !rest.is_empty() {
            let (header, after) = rest.split_first_chunk::<8>().ok_or(Error::Truncated)?;
            let [g0, g1, e0, e1, l0, l1, l2, l3] = *header;
            let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
            let (value, after) = after.split_at_checked(length).ok_or(Error::Truncated)?;
            rest = after;
            if u16::from_le_bytes([g0, g1]) != 0 {
                continue;
            }
            let number = u16::from_le_bytes([e0, e1]);
            if let Some(slot) = KNOWN.iter().position(|known| *known == number) {
                values[slot].get_or_insert(value);
            }
        }
        Ok(Self { values })
    }

    fn value(&self, number: u16) -> Option<&'a [u8]> {
        KNOWN.iter().position(|known| *known == number).and_then(|slot| self.values[slot])
    }

    /// A US value; an empty one counts as absent.
    pub(crate) fn us(&self, number: u16, name: &'static str) -> Result<Option<u16>, Error> {
        match self.value(number) {
            None | Some([]) => Ok(None),
            Some([low, high, ..]) => Ok(Some(u16::from_le_bytes([*low, *high]))),
            Some(_) => Err(Error::BadValue(name)),
        }
    }

    /// The tags of an AT value; half a tag at its end is left out.
    pub(crate) fn tags(&self, number: u16) -> Vec<Tag> {
        let tag = |b: &[u8; 4]| Tag(u16::from_le_bytes([b[0], b[1]]), u16::from_le_bytes([b[2], b[3]]));
        self.value(number).unwrap_or_default().as_chunks::<4>().0.iter().map(tag).collect()
    }

    /// A text value (UI, AE, LO) without padding; one that is empty or no text counts as absent.
    pub(crate) fn text(&self, number: u16) -> Option<&'a str> {
        let text = std::str::from_utf8(self.value(number)?).ok()?;
        let text = text.trim_matches(|c| c == ' ' || c == '\0');
        Some(text).filter(|text| !text.is_empty())
    }
}

/// Writes a command set; elements are put in ascending order and the group length is computed by [`finish`](Self::finish).
pub(crate) struct Writer {
    bytes: Vec<u8>,
    last: u16,
}

impl Writer {
    pub(crate) fn new() -> Self {
        let mut writer = Self { bytes: Vec::with_capacity(192), last: 0 };
        writer.put(element::GROUP_LENGTH, &[0; 4]);
        writer
    }

    fn put(&mut self, number: u16, value: &[u8]) {
        debug_assert!(number >= self.last, "elements of a command set ascend");
        self.last = number;
        self.bytes.extend_from_slice(&[0, 0]);
        self.bytes.extend_from_slice(&number.to_le_bytes());
        self.bytes.extend_from_slice(&(value.len() as u32).to_le_bytes());
        self.bytes.extend_from_slice(value);
    }

    pub(crate) fn us(mut self, number: u16, value: u16) -> Self {
        self.put(number, &value.to_le_bytes());
        self
    }

    /// An identifier, padded by NUL (PS3.5 6.2 UI).
    pub(crate) fn uid(self, number: u16, value: &str) -> Self {
        self.padded(number, value, 0)
    }

    /// A title or text, padded by a space (PS3.5 6.2 AE, LO).
    pub(crate) fn spaced(self, number: u16, value: &str) -> Self {
        self.padded(number, value, b' ')
    }

    pub(crate) fn optional_us(self, number: u16, value: Option<u16>) -> Self {
        value.into_iter().fold(self, |writer, value| writer.us(number, value))
    }

    pub(crate) fn optional_uid(self, number: u16, value: Option<&str>) -> Self {
        value.into_iter().fold(self, |writer, value| writer.uid(number, value))
    }

    pub(crate) fn tags(mut self, number: u16, value: &[Tag]) -> Self {
        let bytes: Vec<u8> =
            value.iter().flat_map(|tag| [tag.group().to_le_bytes(), tag.element().to_le_bytes()].concat()).collect();
        self.put(number, &bytes);
        self
    }

    fn padded(mut self, number: u16, value: &str, padding: u8) -> Self {
        let mut bytes = value.as_bytes().to_vec();
        if bytes.len() % 2 == 1 {
            bytes.push(padding);
        }
        self.put(number, &bytes);
        self
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        let length = (self.bytes.len() - 12) as u32;
        self.bytes[8..12].copy_from_slice(&length.to_le_bytes());
        self.bytes
    }
}
