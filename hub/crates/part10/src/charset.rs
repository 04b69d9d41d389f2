//! Specific Character Set (PS3.3 C.12.1.1.2): which bytes are which characters.

use crate::iso2022::{self, Designation};
use encoding_rs::Encoding;
use std::borrow::Cow;

/// Characters that end a run of code extensions (PS3.5 6.1.2.5.3), by kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delimiters {
    /// Backslash and line ends.
    Values,
    /// Backslash, caret, equals sign and line ends.
    PersonName,
    /// Line ends.
    Lines,
}

/// A character set with one code, or with code extensions.
#[derive(Debug, Clone, Default)]
pub(crate) enum CharacterSet {
    /// None declared: ISO 646, which says nothing about bytes from 0x80 on.
    #[default]
    Ascii,
    /// ISO 8859-1.
    Latin1,
    /// ISO_IR 192.
    Utf8,
    /// GB18030 or GBK.
    Gb18030,
    /// A table of `encoding_rs`.
    Table(&'static Encoding),
    /// JIS X 0201 alone.
    Katakana,
    /// ISO 2022 with escape sequences: the G1 set at the start, and those declared beyond it.
    Extended { g1: Designation, declared: Vec<Designation> },
}

impl CharacterSet {
    /// The character set of Specific Character Set's values, and whether all of them were known. One misspelt
    /// label is understood as what it resembles; an unknown one counts as absent.
    pub fn named(labels: &[String]) -> (Self, bool) {
        let names: Vec<String> = labels.iter().map(|label| canonical(label)).collect();
        let sets: Vec<Option<Self>> = names.iter().map(|name| whole_set(name)).collect();
        // these have no code extensions: wherever one of them stands, it is meant
        if let Some(set) = sets.iter().flatten().find(|set| matches!(set, Self::Utf8 | Self::Gb18030)) {
            return (set.clone(), true);
        }
        let known = names.iter().zip(&sets).all(|(name, set)| name.is_empty() || set.is_some());
        let extended = names.len() > 1 || names.iter().any(|name| name.starts_with("2022"));
        if !extended {
            return (sets.into_iter().next().flatten().unwrap_or_default(), known);
        }
        let of = |name: &String| Designation::of_label(name.trim_start_matches("2022"));
        let g1 = names.first().and_then(of).filter(|set| set.is_g1()).unwrap_or(Designation::None);
        let declared = names.iter().skip(1).filter_map(of).collect();
        (Self::Extended { g1, declared }, known)
    }

    /// The text of `bytes`, and whether they were valid in this character set. No byte is lost: what is not valid
    /// is read as UTF-8 where it is that, as GB18030 where UTF-8 was declared and it is Chinese, else as ISO 8859-1.
    pub fn decode<'a>(&self, bytes: &'a [u8], delimiters: Delimiters) -> (Cow<'a, str>, bool) {
        let escapes = bytes.contains(&0x1B);
        if bytes.is_ascii() && !escapes {
            // checked one line above; the fallback is never taken
            return (String::from_utf8_lossy(bytes), true);
        }
        let decoded = match self {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Gb18030 => table(encoding_rs::GB18030, bytes),
            Self::Extended { g1, declared } => extended(bytes, delimiters, *g1, declared),
            _ if escapes => extended(bytes, delimiters, Designation::of(self), &[]),
            Self::Ascii => None,
            Self::Latin1 => (!resembles_utf8(bytes)).then(|| latin1(bytes)),
            Self::Table(encoding) => (!resembles_utf8(bytes)).then(|| table(encoding, bytes)).flatten(),
            Self::Katakana => extended(bytes, delimiters, Designation::Katakana, &[]),
        };
        match decoded {
            Some(text) => (text, true),
            None => (self.guess(bytes), false),
        }
    }

    fn guess<'a>(&self, bytes: &'a [u8]) -> Cow<'a, str> {
        if let Some(text) = self.cut(bytes) {
            return text;
        }
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Cow::Borrowed(text);
        }
        let chinese = matches!(self, Self::Utf8) && is_gb2312(bytes);
        let text = if chinese { table(encoding_rs::GB18030, bytes) } else { None };
        text.unwrap_or_else(|| latin1(bytes))
    }

    /// The text of a value that a writer cut inside its last character.
    fn cut(&self, bytes: &[u8]) -> Option<Cow<'static, str>> {
        let encoding = match self {
            Self::Utf8 => encoding_rs::UTF_8,
            Self::Gb18030 => encoding_rs::GB18030,
            _ => return None,
        };
        (1..=3.min(bytes.len())).find_map(|missing| {
            let (whole, rest) = bytes.split_at(bytes.len() - missing);
            let text = table(encoding, whole).filter(|_| !whole.is_ascii())?;
            Some(Cow::Owned(text.into_owned() + &latin1(rest)))
        })
    }
}

/// A label without what vendors vary: case, spaces, hyphens, underscores, and the words ISO and IR.
pub(crate) fn canonical(label: &str) -> String {
    let mut name: String = label.to_ascii_uppercase();
    name.retain(|c| c.is_ascii_alphanumeric());
    let name = name.strip_prefix("ISO").unwrap_or(&name);
    match name.strip_prefix("2022") {
        Some(rest) => format!("2022{}", rest.strip_prefix("IR").unwrap_or(rest)),
        None => name.strip_prefix("IR").unwrap_or(name).to_owned(),
    }
}

/// The set of a canonical label.
fn whole_set(name: &str) -> Option<CharacterSet> {
    let number = name.strip_prefix("2022").unwrap_or(name);
    Some(match number {
        "6" | "646" => CharacterSet::Ascii,
        "100" | "88591" | "LATIN1" => CharacterSet::Latin1,
        "192" | "UTF8" | "10646" | "UNICODE11UTF8" => CharacterSet::Utf8,
        "GB18030" | "GBK" | "GB2312" => CharacterSet::Gb18030,
        "101" | "88592" => CharacterSet::Table(encoding_rs::ISO_8859_2),
        "109" | "88593" => CharacterSet::Table(encoding_rs::ISO_8859_3),
        "110" | "88594" => CharacterSet::Table(encoding_rs::ISO_8859_4),
        "144" | "88595" => CharacterSet::Table(encoding_rs::ISO_8859_5),
        "127" | "88596" => CharacterSet::Table(encoding_rs::ISO_8859_6),
        "126" | "88597" => CharacterSet::Table(encoding_rs::ISO_8859_7),
        "138" | "88598" => CharacterSet::Table(encoding_rs::ISO_8859_8),
        "148" | "88599" => CharacterSet::Table(encoding_rs::WINDOWS_1254),
        "203" | "885915" => CharacterSet::Table(encoding_rs::ISO_8859_15),
        "166" | "TIS620" => CharacterSet::Table(encoding_rs::WINDOWS_874),
        "13" => CharacterSet::Katakana,
        "58" | "87" | "149" | "159" => {
            CharacterSet::Extended { g1: Designation::None, declared: Vec::from_iter(Designation::of_label(number)) }
        }
        _ => return None,
    })
}

fn extended<'a>(
    bytes: &[u8],
    delimiters: Delimiters,
    g1: Designation,
    declared: &[Designation],
) -> Option<Cow<'a, str>> {
    iso2022::decode(bytes, delimiters, g1, declared).map(Cow::Owned)
}

fn table<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Option<Cow<'a, str>> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes)
}

/// ISO 8859-1: every byte is the character of the same number.
pub(crate) fn latin1(bytes: &[u8]) -> Cow<'_, str> {
    Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect())
}

/// Whether bytes under a one-byte label are UTF-8 after all: they are valid UTF-8, and they have control codes of
/// 0x80 to 0x9F, or characters of three bytes and more, which as single bytes would make no word.
fn resembles_utf8(bytes: &[u8]) -> bool {
    let suspicious = bytes.iter().any(|byte| matches!(byte, 0x80..=0x9F | 0xE0..=0xF4));
    suspicious
        && std::str::from_utf8(bytes).is_ok_and(|text| {
            bytes.iter().any(|byte| matches!(byte, 0x80..=0x9F)) || text.chars().any(|c| c.len_utf8() > 2)
        })
}

/// Whether all bytes from 0x80 on are pairs of the ideographs of GB 2312.
fn is_gb2312(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte >= 0x80) {
        match rest[at..] {
            [0xB0..=0xF7, 0xA1..=0xFE, ..] => rest = &rest[at + 2..],
            _ => return false,
        }
    }
    true
}
