//! Values that are looked at before they are written.

use super::Look;
use imaging_domain::SopClassUid;

/// What the Standard's own UIDs begin with (PS3.6 annex A).
const OWN: &str = "1.2.840.10008.";
/// The most characters of one of them.
const LONGEST_OWN: usize = 40;
/// The most bytes of one text that stays.
const LONGEST_TEXT: usize = 64;
/// The most characters of one code (PS3.5 6.2).
const LONGEST_CODE: usize = 16;

/// What stands for a value: the value, another one, or nothing.
pub(super) fn instead_of(look: Look, bytes: &[u8], pseudonym: &dyn Fn(&str) -> String) -> Vec<u8> {
    let stays = match look {
        Look::Uids => return uids(bytes, &|uid| pseudonym(uid)),
        Look::OwnUids => return uids(bytes, &|uid| if is_own(uid) { uid.to_owned() } else { pseudonym(uid) }),
        Look::Codes => return codes(bytes),
        Look::Numbers => bytes.iter().all(|byte| byte.is_ascii_digit() || b"+-.eE\\ \0".contains(byte)),
        Look::Text => bytes.split(|byte| *byte == b'\\').all(|value| value.len() <= LONGEST_TEXT),
    };
    if stays { bytes.to_vec() } else { vec![] }
}

/// Each UID of a value by another, padded to an even length.
fn uids(bytes: &[u8], another: &dyn Fn(&str) -> String) -> Vec<u8> {
    let mut out = vec![];
    for (index, uid) in bytes.split(|byte| *byte == b'\\').enumerate() {
        out.extend((index > 0).then_some(b'\\'));
        let uid = String::from_utf8_lossy(uid);
        match uid.trim_matches([' ', '\0']) {
            "" => {}
            uid => out.extend(another(uid).bytes()),
        }
    }
    out.extend((out.len() % 2 == 1).then_some(0));
    out
}

/// Those of the values that are codes, in their places.
fn codes(bytes: &[u8]) -> Vec<u8> {
    let values = bytes.split(|byte| *byte == b'\\').map(|value| if is_code(value) { value } else { b"" });
    let mut out = values.collect::<Vec<_>>().join(&b'\\');
    out.extend((out.len() % 2 == 1).then_some(b' '));
    out
}

fn is_own(uid: &str) -> bool {
    uid.starts_with(OWN) && uid.len() <= LONGEST_OWN && SopClassUid::parse(uid).is_ok()
}

/// Letters of both cases, because there are programs that write both.
fn is_code(value: &[u8]) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || b" _".contains(byte);
    let value = value.strip_suffix(b"\0").unwrap_or(value).trim_ascii();
    value.len() <= LONGEST_CODE && value.iter().all(is_letter)
}
