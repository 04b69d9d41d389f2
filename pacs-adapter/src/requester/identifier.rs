//! What C-FIND, C-GET and C-MOVE are asked by, and what they answer (PS3.4 C.2.2, C.6).

use super::{
    association::{Association, Part},
    error::Error,
};
use bytes::BytesMut;
use dimse::Event;
use imaging_domain::{DataSet, Level, Tag, VR, tags, transfer_syntax};
use part10::{Framing, Keep, Limits};

/// Study Root Query/Retrieve Information Model – FIND.
pub const FIND: &str = "1.2.840.10008.5.1.4.1.2.2.1";
/// Study Root Query/Retrieve Information Model – MOVE.
pub const MOVE: &str = "1.2.840.10008.5.1.4.1.2.2.2";
/// Study Root Query/Retrieve Information Model – GET.
pub const GET: &str = "1.2.840.10008.5.1.4.1.2.2.3";

/// The most bytes of one identifier.
const MAX_IDENTIFIER: usize = 1 << 20;
/// A value in an identifier of a peer is never wanted longer.
const MAX_VALUE: usize = 64 << 10;

/// What is asked: a level, and keys that are to match or, without a value, only to be told. Values are of the default
/// repertoire (ISO IR 6): UIDs, dates, codes.
#[derive(Debug, Clone, PartialEq)]
pub struct Identifier {
    level: Level,
    keys: DataSet,
}

impl Identifier {
    /// Without keys.
    pub fn at(level: Level) -> Self {
        Self { level, keys: DataSet::new() }
    }

    /// With a key that is to match.
    pub fn matching(mut self, tag: Tag, vr: VR, value: &str) -> Self {
        self.keys.put_text(tag, vr, value);
        self
    }

    /// With a key that is only to be told.
    pub fn told(self, tag: Tag, vr: VR) -> Self {
        self.matching(tag, vr, "")
    }

    /// Whether a match does not say another UID than it was asked for.
    pub fn is_answered_by(&self, found: &DataSet) -> bool {
        let asked = self.keys.iter().filter(|(_, element)| element.vr == VR::UI && !element.is_empty());
        let same = |tag| found.text(tag).is_none_or(|told| self.keys.text(tag) == Some(told));
        asked.into_iter().all(|(tag, _)| same(tag))
    }

    /// In implicit little endian, in which alone query and retrieval are proposed: every peer must take it (PS3.5 10.1).
    pub(super) fn encode(&self) -> Vec<u8> {
        let level = match self.level {
            Level::Study => "STUDY",
            Level::Series => "SERIES",
            Level::Instance => "IMAGE",
        };
        let mut all = self.keys.clone();
        all.put_text(tags::QUERY_RETRIEVE_LEVEL, VR::CS, level);
        let mut bytes = Vec::with_capacity(256);
        for (tag, element) in all.iter() {
            let mut value = all.texts(tag).join("\\").into_bytes();
            if value.len() % 2 == 1 {
                value.push(if element.vr == VR::UI { 0 } else { b' ' });
            }
            bytes.extend_from_slice(&tag.group().to_le_bytes());
            bytes.extend_from_slice(&tag.element().to_le_bytes());
            bytes.extend_from_slice(&(value.len() as u32).to_le_bytes());
            bytes.extend_from_slice(&value);
        }
        bytes
    }
}

impl Association {
    pub(super) async fn send_identifier(&mut self, context_id: u8, identifier: &Identifier) -> Result<(), Error> {
        self.send_whole(context_id, identifier.encode().into(), Part::DataSet).await
    }

    /// The data set that the last message announced.
    pub(super) async fn identifier(&mut self) -> Result<DataSet, Error> {
        let mut bytes = BytesMut::new();
        loop {
            let (piece, is_last) = match self.event().await? {
                Event::Data(piece) => (piece, false),
                Event::DataEnd(piece) => (piece, true),
                Event::Incomplete | Event::Command { .. } => {
                    return Err(Error::Unexpected("a message inside of another"));
                }
            };
            if bytes.len() + piece.len() > MAX_IDENTIFIER {
                return Err(Error::Unexpected("an identifier longer than its limit"));
            }
            bytes.extend_from_slice(&piece);
            if is_last {
                return decode(&bytes);
            }
        }
    }
}

fn decode(bytes: &[u8]) -> Result<DataSet, Error> {
    let framing = Framing::DataSet { transfer_syntax: transfer_syntax::IMPLICIT_LITTLE.to_owned() };
    let limits = Limits { depth: 8, elements: 10_000, text_value_bytes: MAX_VALUE, ..Limits::default() };
    let header = part10::scan(bytes, framing, Keep::Everything { max_inline_bytes: MAX_VALUE }, limits);
    Ok(header.map_err(|_| Error::Unexpected("an identifier that cannot be read"))?.attributes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_read_as_it_was_written() {
        let asked = Identifier::at(Level::Study)
            .matching(tags::STUDY_DATE, VR::DA, "20200101-20200131")
            .matching(tags::STUDY_INSTANCE_UID, VR::UI, "1.2.3")
            .told(tags::NUMBER_OF_STUDY_RELATED_INSTANCES, VR::IS);
        let read = decode(&asked.encode()).unwrap();
        assert_eq!(read.text(tags::QUERY_RETRIEVE_LEVEL), Some("STUDY"));
        assert_eq!(read.text(tags::STUDY_DATE), Some("20200101-20200131"));
        assert_eq!(read.text(tags::STUDY_INSTANCE_UID), Some("1.2.3"));
        assert_eq!(read.len(), 4);
        assert!(decode(b"\x08\x00").is_err() || decode(b"\x08\x00").unwrap().is_empty());
    }
}
