//! Character sets as the generated hospitals write them (PS3.3 C.12.1.1.2, PS3.5 6.1.2).

use encoding_rs::{EUC_KR, Encoding, GB18030, GBK, ISO_2022_JP};

/// What a hospital's machines write text in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CharacterSet {
    /// The default repertoire; nothing is declared.
    Ascii,
    /// ISO 8859-1.
    Latin1,
    /// UTF-8.
    Utf8,
    /// GB18030, where a character is one, two or four bytes and the second may be a backslash.
    Gb18030,
    /// GBK: GB18030 without the characters of four bytes.
    Gbk,
    /// JIS X 0208 beside ASCII, switched by escape sequences.
    Japanese,
    /// KS X 1001 in the upper half beside ASCII, designated by an escape sequence.
    Korean,
}

/// Designates KS X 1001 as G1 (PS3.3 table C.12-4).
const KOREAN_IN_G1: &[u8] = b"\x1b$)C";

impl CharacterSet {
    /// The value of Specific Character Set; `None` where it is left out.
    pub(super) fn declared(self) -> Option<&'static str> {
        match self {
            Self::Ascii => None,
            Self::Latin1 => Some("ISO_IR 100"),
            Self::Utf8 => Some("ISO_IR 192"),
            Self::Gb18030 => Some("GB18030"),
            Self::Gbk => Some("GBK"),
            Self::Japanese => Some("\\ISO 2022 IR 87"),
            Self::Korean => Some("\\ISO 2022 IR 149"),
        }
    }

    /// The bytes of a text, without padding. Delimiters of names and lines come out in ASCII, as PS3.5 6.1.2.5.3 wants.
    pub(super) fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Self::Ascii | Self::Utf8 => text.as_bytes().to_vec(),
            // one byte for each character up to U+00FF is what ISO 8859-1 is
            Self::Latin1 => text.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect(),
            Self::Gb18030 => whole(GB18030, text),
            Self::Gbk => whole(GBK, text),
            Self::Japanese => between_delimiters(text, |part| whole(ISO_2022_JP, part)),
            Self::Korean => between_delimiters(text, korean),
        }
    }
}

fn whole(encoding: &'static Encoding, text: &str) -> Vec<u8> {
    encoding.encode(text).0.into_owned()
}

fn korean(part: &str) -> Vec<u8> {
    let bytes = whole(EUC_KR, part);
    if part.is_ascii() { bytes } else { [KOREAN_IN_G1, &bytes].concat() }
}

/// Every delimiter resets the code extension, so what lies between two of them begins and ends in ASCII.
fn between_delimiters(text: &str, encode: impl Fn(&str) -> Vec<u8>) -> Vec<u8> {
    let mut bytes = vec![];
    for piece in text.split_inclusive(['^', '=', '\\', '\r', '\n']) {
        let part = piece.trim_end_matches(['^', '=', '\\', '\r', '\n']);
        bytes.extend(encode(part));
        bytes.extend_from_slice(&piece.as_bytes()[part.len()..]);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::CharacterSet::*;

    #[test]
    fn names_are_the_bytes_of_the_standards_examples() {
        // PS3.5 H.3.1 and I.2
        let japanese = b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B";
        assert_eq!(Japanese.encode("Yamada^Tarou=山田^太郎=やまだ^たろう"), japanese);
        let korean = b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf";
        assert_eq!(Korean.encode("Hong^Gildong=洪^吉洞=홍^길동"), korean);
    }

    #[test]
    fn chinese_has_a_backslash_inside_a_character_and_characters_of_four_bytes() {
        assert_eq!(Gb18030.encode("乗"), b"\x81\x5c");
        assert_eq!(Gb18030.encode("㛃").len(), 4);
        assert_eq!(Gbk.encode("张^伟"), b"\xd5\xc5^\xce\xb0");
        assert_eq!(Latin1.encode("Müller"), b"M\xfcller");
    }
}
