//! Code extensions after ISO 2022 as DICOM uses them (PS3.5 6.1.2.5, PS3.3 tables C.12-3 and C.12-4).
//!
//! G0 serves bytes below 0x80, G1 those from 0x80 on. Escape sequences change one of the two; a delimiter sets both
//! back to where the value started.

use crate::charset::{CharacterSet, Delimiters};
use encoding_rs::Encoding;

/// A set that an escape sequence can put into G0 or G1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Designation {
    /// Nothing.
    None,
    /// ISO 646 and JIS X 0201 romaji, G0. The yen sign and overline of the latter stay backslash and tilde.
    Ascii,
    /// JIS X 0208, G0.
    Jis0208,
    /// JIS X 0212, G0.
    Jis0212,
    /// JIS X 0201 katakana, G1.
    Katakana,
    /// KS X 1001, G1.
    Ksx1001,
    /// GB 2312, G1.
    Gb2312,
    /// ISO 8859-1, G1.
    Latin1,
    /// The upper half of a one-byte table, G1.
    Table(&'static Encoding),
}

use Designation::{Ascii, Gb2312, Jis0208, Jis0212, Katakana, Ksx1001, Latin1, Table};

/// Escape sequences without the escape itself.
const ESCAPES: &[(&[u8], Designation)] = &[
    (b"(B", Ascii),
    (b"(J", Ascii),
    (b"$B", Jis0208),
    (b"$@", Jis0208),
    (b"$(D", Jis0212),
    (b")I", Katakana),
    (b"$)C", Ksx1001),
    (b"$)A", Gb2312),
    (b"-A", Latin1),
    (b"-B", Table(encoding_rs::ISO_8859_2)),
    (b"-C", Table(encoding_rs::ISO_8859_3)),
    (b"-D", Table(encoding_rs::ISO_8859_4)),
    (b"-L", Table(encoding_rs::ISO_8859_5)),
    (b"-G", Table(encoding_rs::ISO_8859_6)),
    (b"-F", Table(encoding_rs::ISO_8859_7)),
    (b"-H", Table(encoding_rs::ISO_8859_8)),
    (b"-M", Table(encoding_rs::WINDOWS_1254)),
    (b"-b", Table(encoding_rs::ISO_8859_15)),
    (b"-T", Table(encoding_rs::WINDOWS_874)),
];

impl Designation {
    /// The set that a label's number stands for.
    pub fn of_label(number: &str) -> Option<Self> {
        let final_bytes: &[u8] = match number {
            "6" => b"(B",
            "13" => b")I",
            "87" => b"$B",
            "159" => b"$(D",
            "149" => b"$)C",
            "58" => b"$)A",
            "100" => b"-A",
            "101" => b"-B",
            "109" => b"-C",
            "110" => b"-D",
            "144" => b"-L",
            "127" => b"-G",
            "126" => b"-F",
            "138" => b"-H",
            "148" => b"-M",
            "203" => b"-b",
            "166" => b"-T",
            _ => return None,
        };
        ESCAPES.iter().find(|(escape, _)| *escape == final_bytes).map(|(_, set)| *set)
    }

    /// The G1 set of a character set without code extensions, for values that have escapes all the same.
    pub fn of(charset: &CharacterSet) -> Self {
        match charset {
            CharacterSet::Latin1 => Latin1,
            CharacterSet::Table(encoding) => Table(encoding),
            CharacterSet::Katakana => Katakana,
            _ => Self::None,
        }
    }

    /// Whether the set serves bytes from 0x80 on.
    pub fn is_g1(self) -> bool {
        !matches!(self, Self::None | Ascii | Jis0208 | Jis0212)
    }

    /// How many bytes a character takes.
    fn width(self) -> usize {
        if matches!(self, Jis0208 | Jis0212 | Ksx1001 | Gb2312) { 2 } else { 1 }
    }

    /// Appends the character of `bytes`, which are as many as the set's width.
    fn push(self, bytes: &[u8], text: &mut String) -> Option<()> {
        let high = |byte: u8| byte | 0x80;
        match self {
            Self::None => return None,
            Ascii => text.push(char::from(bytes[0])),
            Latin1 => text.push(char::from(bytes[0])),
            Katakana => match bytes[0] {
                byte @ 0xA1..=0xDF => text.push(char::from_u32(0xFF61 + u32::from(byte) - 0xA1)?),
                _ => return None,
            },
            Table(encoding) => push_decoded(encoding, bytes, text)?,
            Jis0208 => push_decoded(encoding_rs::EUC_JP, &[high(bytes[0]), high(bytes[1])], text)?,
            Jis0212 => push_decoded(encoding_rs::EUC_JP, &[0x8F, high(bytes[0]), high(bytes[1])], text)?,
            Ksx1001 => push_decoded(encoding_rs::EUC_KR, bytes, text)?,
            Gb2312 => push_decoded(encoding_rs::GBK, bytes, text)?,
        }
        Some(())
    }
}

fn push_decoded(encoding: &'static Encoding, bytes: &[u8], text: &mut String) -> Option<()> {
    text.push_str(&encoding.decode_without_bom_handling_and_without_replacement(bytes)?);
    Some(())
}

/// The text of `bytes`; `None` when a byte has no character. Where G1 is empty, the last set that was designated or
/// the only one that was declared serves: writers forget to escape again after a delimiter.
pub(crate) fn decode(
    bytes: &[u8],
    delimiters: Delimiters,
    first_g1: Designation,
    declared: &[Designation],
) -> Option<String> {
    let mut substitute = declared.iter().copied().find(|set| set.is_g1()).unwrap_or(Designation::None);
    let (mut g0, mut g1) = (Ascii, first_g1);
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(&byte) = rest.first() {
        if byte == 0x1B {
            let (length, set) = escape(&rest[1..])?;
            if set.is_g1() {
                (g1, substitute) = (set, set);
            } else {
                g0 = set;
            }
            rest = &rest[1 + length..];
            continue;
        }
        if is_reset(byte, delimiters, g0) {
            (g0, g1) = (Ascii, first_g1);
        }
        let set = match byte {
            0..=0x20 | 0x7F => Ascii,
            0x21..=0x7E => g0,
            _ if g1 == Designation::None => substitute,
            _ => g1,
        };
        let width = set.width();
        set.push(rest.get(..width)?, &mut text)?;
        rest = &rest[width..];
    }
    Some(text)
}

/// The escape sequence that `bytes` begin with, and its length.
fn escape(bytes: &[u8]) -> Option<(usize, Designation)> {
    let found = ESCAPES.iter().find(|(escape, _)| bytes.starts_with(escape));
    found.map(|(escape, set)| (escape.len(), *set))
}

/// Whether the byte ends a run. Inside a two-byte G0 set the printable delimiters are halves of characters, because
/// the standard wants G0 switched back before them.
fn is_reset(byte: u8, delimiters: Delimiters, g0: Designation) -> bool {
    match byte {
        b'\n' | b'\r' | 0x0C => true,
        _ if g0.width() == 2 => false,
        b'\\' => delimiters != Delimiters::Lines,
        b'^' | b'=' => delimiters == Delimiters::PersonName,
        _ => false,
    }
}
