//! What a peer asks by: a data set with a level.

use dimse::{Remark, Root, Status};
use imaging_domain::{DataSet, Tag, tags, transfer_syntax::IMPLICIT_LITTLE};
use part10::{Framing, Keep, Limits, scan};

/// The most bytes of an identifier: some thousand UIDs in lists.
pub(crate) const MAX_IDENTIFIER: usize = 1 << 20;

/// Query/Retrieve Level (0008,0052).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rung {
    Patient,
    Study,
    Series,
    Image,
}

impl Rung {
    /// Its word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Patient => "PATIENT",
            Self::Study => "STUDY",
            Self::Series => "SERIES",
            Self::Image => "IMAGE",
        }
    }

    /// The tag that names one entity of the level.
    pub(crate) fn unique_key(self) -> Tag {
        match self {
            Self::Patient => tags::PATIENT_ID,
            Self::Study => tags::STUDY_INSTANCE_UID,
            Self::Series => tags::SERIES_INSTANCE_UID,
            Self::Image => tags::SOP_INSTANCE_UID,
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        let all = [Self::Patient, Self::Study, Self::Series, Self::Image];
        all.into_iter().find(|rung| rung.word().eq_ignore_ascii_case(word.trim()))
    }
}

/// An identifier that was read.
pub(crate) struct Identifier {
    pub(crate) level: Rung,
    pub(crate) attributes: DataSet,
}

/// Why an identifier asks nothing that can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) status: Status,
    pub(crate) tag: Option<Tag>,
    /// At most 64 characters.
    pub(crate) why: &'static str,
}

impl Wrong {
    /// What is there and is not what the SOP class has.
    pub(crate) fn mismatch(tag: Tag, why: &'static str) -> Self {
        Self { status: Status::DATA_SET_MISMATCH, tag: Some(tag), why }
    }

    pub(crate) fn remark(self) -> Remark {
        Remark { offending: self.tag.into_iter().collect(), comment: Some(self.why.to_owned()) }
    }
}

impl Identifier {
    /// Reads the data set that came on a presentation context.
    ///
    /// # Errors
    /// [`Wrong`] when it is no data set, too long, or has no level of the information model.
    pub(crate) fn read(bytes: &[u8], transfer_syntax: &str, root: Root) -> Result<Self, Wrong> {
        let unreadable = |why| Wrong { status: Status::CANNOT_UNDERSTAND, tag: None, why };
        if bytes.len() > MAX_IDENTIFIER {
            return Err(unreadable("the identifier is too long"));
        }
        let framing = Framing::DataSet { transfer_syntax: transfer_syntax.to_owned() };
        let bytes = without_file_meta(bytes, transfer_syntax);
        let header = scan(bytes, framing, Keep::Everything { max_inline_bytes: 256 }, Limits::default());
        let header = header.map_err(|_| unreadable("the identifier is no data set"))?;
        if header.is_truncated() {
            return Err(unreadable("the identifier breaks off"));
        }
        let tag = tags::QUERY_RETRIEVE_LEVEL;
        let word = header.attributes.text(tag).ok_or(Wrong::mismatch(tag, "query/retrieve level is missing"))?;
        let level = Rung::of_word(word).ok_or(Wrong::mismatch(tag, "query/retrieve level is unknown"))?;
        if root == Root::Study && level == Rung::Patient {
            return Err(Wrong::mismatch(tag, "study root has no patient level"));
        }
        Ok(Self { level, attributes: header.attributes })
    }
}

/// Orthanc (1.10.1) begins identifiers at image level with an element of group 0002, where it means nothing.
fn without_file_meta<'a>(mut bytes: &'a [u8], transfer_syntax: &str) -> &'a [u8] {
    while let [2, 0, _, _, element @ ..] = bytes {
        let behind = match element {
            [a, b, c, d, rest @ ..] if transfer_syntax == IMPLICIT_LITTLE => {
                rest.get(u32::from_le_bytes([*a, *b, *c, *d]) as usize..)
            }
            // the VRs of group 0002 with a length of four bytes
            [b'O' | b'U', b'B' | b'N', _, _, a, b, c, d, rest @ ..] => {
                rest.get(u32::from_le_bytes([*a, *b, *c, *d]) as usize..)
            }
            [_, _, a, b, rest @ ..] => rest.get(usize::from(u16::from_le_bytes([*a, *b]))..),
            _ => None,
        };
        let Some(behind) = behind else { return bytes };
        bytes = behind;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging_domain::transfer_syntax::EXPLICIT_LITTLE;

    #[test]
    fn elements_of_group_2_before_an_identifier_are_passed_over() {
        let level = b"\x08\x00\x52\x00CS\x06\x00STUDY ";
        for (syntax, before, rest) in [
            (
                EXPLICIT_LITTLE,
                &b"\x02\x00\x03\x00UI\x04\x001.4\0\x02\x00\x01\x00OB\0\0\x02\0\0\0\0\x01"[..],
                &level[..],
            ),
            (IMPLICIT_LITTLE, b"\x02\x00\x03\x00\x04\x00\x00\x001.4\0", b"\x08\x00\x52\x00\x06\0\0\0STUDY "),
        ] {
            let read = Identifier::read(&[before, rest].concat(), syntax, Root::Study);
            assert_eq!(read.ok().map(|read| read.level), Some(Rung::Study), "{syntax}");
        }
        // what is cut short is no identifier
        let cut = Identifier::read(b"\x02\x00\x03\x00UI\xff\xff1.4", EXPLICIT_LITTLE, Root::Study);
        assert!(cut.is_err_and(|wrong| wrong.status == Status::CANNOT_UNDERSTAND));
    }
}
