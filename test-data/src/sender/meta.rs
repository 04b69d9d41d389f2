//! File meta information (PS3.10 7.1), as far as a sender needs it.

use imaging_domain::{InstanceUid, SopClassUid};
use thiserror::Error;

/// The most bytes of a file that are looked at for its meta information.
pub const MAX_META: usize = 64 * 1024;

/// What C-STORE must be told of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileMeta {
    /// Media Storage SOP Class UID.
    pub sop_class: SopClassUid,
    /// Media Storage SOP Instance UID.
    pub sop_instance: InstanceUid,
    /// Transfer Syntax UID.
    pub transfer_syntax: String,
    /// Where the data set begins, in bytes from the start of the file.
    pub data_set_offset: u64,
}

/// Why a file cannot be sent as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MetaError {
    /// No `DICM` after the preamble.
    #[error("no file meta information")]
    NotPart10,
    /// The meta information does not end within [`MAX_META`] bytes, or within the file.
    #[error("file meta information does not end")]
    Endless,
    /// An element is missing, or no identifier that C-STORE could carry.
    #[error("file meta information lacks a usable {0}")]
    Missing(&'static str),
}

/// Reads the meta information out of the first bytes of a file ([`MAX_META`] are enough). Goes by the elements, not by
/// the group length, which is wrong in some files.
///
/// # Errors
/// [`MetaError`].
pub fn read_meta(start: &[u8]) -> Result<FileMeta, MetaError> {
    if start.get(128..132) != Some(b"DICM") {
        return Err(MetaError::NotPart10);
    }
    let mut at = 132;
    let [mut class, mut instance, mut syntax] = [None; 3];
    while start.get(at..at + 2) == Some(&[2, 0]) {
        let (number, value, next) = element(start, at).ok_or(MetaError::Endless)?;
        match number {
            0x0002 => class = Some(value),
            0x0003 => instance = Some(value),
            0x0010 => syntax = Some(value),
            _ => {}
        }
        at = next;
    }
    Ok(FileMeta {
        sop_class: text(class)
            .and_then(|text| SopClassUid::parse(&text).ok())
            .ok_or(MetaError::Missing("sop class uid"))?,
        sop_instance: text(instance)
            .and_then(|text| InstanceUid::parse(&text).ok())
            .ok_or(MetaError::Missing("sop instance uid"))?,
        transfer_syntax: text(syntax).ok_or(MetaError::Missing("transfer syntax uid"))?,
        data_set_offset: at as u64,
    })
}

/// Element number, value and offset behind it, of the explicit little endian element at `at`.
fn element(bytes: &[u8], at: usize) -> Option<(u16, &[u8], usize)> {
    let header = bytes.get(at..at + 8)?;
    let number = u16::from_le_bytes([header[2], header[3]]);
    let (length, value_at) = match &header[4..6] {
        b"OB" | b"OW" | b"UN" | b"UT" | b"SQ" => {
            let length = bytes.get(at + 8..at + 12)?;
            (u32::from_le_bytes([length[0], length[1], length[2], length[3]]) as usize, at + 12)
        }
        _ => (usize::from(u16::from_le_bytes([header[6], header[7]])), at + 8),
    };
    let end = value_at.checked_add(length)?;
    Some((number, bytes.get(value_at..end)?, end))
}

fn text(value: Option<&[u8]>) -> Option<String> {
    let text = std::str::from_utf8(value?).ok()?.trim_matches([' ', '\0']);
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(elements: &[(u8, &[u8; 2], &[u8])]) -> Vec<u8> {
        let mut bytes = [vec![0; 128], b"DICM".to_vec()].concat();
        for (number, vr, value) in elements {
            bytes.extend_from_slice(&[2, 0, *number, 0, vr[0], vr[1]]);
            if *vr == b"OB" {
                bytes.extend_from_slice(&[0, 0]);
                bytes.extend_from_slice(&(value.len() as u32).to_le_bytes());
            } else {
                bytes.extend_from_slice(&(value.len() as u16).to_le_bytes());
            }
            bytes.extend_from_slice(value);
        }
        bytes
    }

    #[test]
    fn meta_information_ends_where_its_group_ends() {
        let mut bytes = file(&[
            (0, b"UL", &[9, 9, 9, 9]),
            (1, b"OB", &[0, 1]),
            (2, b"UI", b"1.2\0"),
            (3, b"UI", b"1.2.3\0"),
            (0x10, b"UI", b"1.2.840.10008.1.2\0"),
        ]);
        let offset = bytes.len() as u64;
        bytes.extend_from_slice(&[8, 0, 5, 0]);
        let meta = read_meta(&bytes).unwrap();
        assert_eq!((meta.sop_class.as_str(), meta.sop_instance.as_str()), ("1.2", "1.2.3"));
        assert_eq!((meta.transfer_syntax.as_str(), meta.data_set_offset), ("1.2.840.10008.1.2", offset));
    }

    #[test]
    fn files_without_it_say_why() {
        assert_eq!(read_meta(b"hello"), Err(MetaError::NotPart10));
        assert_eq!(read_meta(&file(&[(2, b"UI", b"1.2\0")])), Err(MetaError::Missing("sop instance uid")));
        let whole = file(&[(2, b"UI", b"1.2\0")]);
        assert_eq!(read_meta(&whole[..whole.len() - 2]), Err(MetaError::Endless));
    }
}
