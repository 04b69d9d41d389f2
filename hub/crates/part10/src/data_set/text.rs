//! Texts as bytes of a character set (PS3.3 C.12.1.1.2), where it has all their characters.

use crate::charset::canonical;
use encoding_rs::Encoding;
use imaging_domain::VR;

/// How texts become bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Coder {
    /// ISO 646.
    Ascii,
    /// ISO_IR 192.
    Utf8,
    /// ISO 8859-1.
    Latin1,
    /// GB18030, GBK, and tables of one byte.
    Table(&'static Encoding),
    /// Two bytes from 0xA1 on in G1, designated anew in each part of a value (PS3.5 6.1.2.5.3).
    Pairs { escape: &'static [u8], encoding: &'static Encoding },
    /// JIS X 0208 in G0, which is given back to ISO 646 after each run.
    Jis0208,
}

impl Coder {
    /// The one that serves the values of Specific Character Set; `None` when we do not write it.
    pub(crate) fn named(labels: &[String]) -> Option<Self> {
        let names: Vec<String> = labels.iter().map(|label| canonical(label)).collect();
        let number = |name: &String| name.strip_prefix("2022").unwrap_or(name).to_owned();
        let first = number(names.iter().rfind(|name| !name.is_empty())?);
        Some(match first.as_str() {
            "192" | "UTF8" => Self::Utf8,
            "GB18030" => Self::Table(encoding_rs::GB18030),
            "GBK" | "GB2312" => Self::Table(encoding_rs::GBK),
            "58" => Self::Pairs { escape: b"\x1B$)A", encoding: encoding_rs::GBK },
            "149" => Self::Pairs { escape: b"\x1B$)C", encoding: encoding_rs::EUC_KR },
            "87" => Self::Jis0208,
            _ if names.len() > 1 || names[0].starts_with("2022") => return None,
            "100" => Self::Latin1,
            "101" => Self::Table(encoding_rs::ISO_8859_2),
            "109" => Self::Table(encoding_rs::ISO_8859_3),
            "110" => Self::Table(encoding_rs::ISO_8859_4),
            "144" => Self::Table(encoding_rs::ISO_8859_5),
            "127" => Self::Table(encoding_rs::ISO_8859_6),
            "126" => Self::Table(encoding_rs::ISO_8859_7),
            "138" => Self::Table(encoding_rs::ISO_8859_8),
            "148" => Self::Table(encoding_rs::WINDOWS_1254),
            "166" => Self::Table(encoding_rs::WINDOWS_874),
            "203" => Self::Table(encoding_rs::ISO_8859_15),
            _ => return None,
        })
    }

    /// The bytes of a text; `None` when it has a character that is not in the set.
    pub(crate) fn encode(self, text: &str, vr: VR) -> Option<Vec<u8>> {
        if text.is_ascii() {
            return Some(text.as_bytes().to_vec());
        }
        match self {
            Self::Ascii => None,
            Self::Utf8 => Some(text.as_bytes().to_vec()),
            Self::Latin1 => text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect(),
            Self::Table(encoding) => table(encoding, text),
            Self::Pairs { escape, encoding } => {
                let ends = |c: char| c == '\\' || (vr == VR::PN && matches!(c, '^' | '='));
                let parts = text.split_inclusive(ends).map(|part| pairs(part, escape, encoding));
                parts.collect::<Option<Vec<_>>>().map(|parts| parts.concat())
            }
            Self::Jis0208 => jis0208(text),
        }
    }
}

fn table(encoding: &'static Encoding, text: &str) -> Option<Vec<u8>> {
    let (bytes, _, lost) = encoding.encode(text);
    // what Windows puts among the control codes is not in the standards' tables
    let one_byte = ![encoding_rs::GB18030, encoding_rs::GBK].contains(&encoding);
    let foreign = one_byte && bytes.iter().any(|byte| matches!(byte, 0x80..=0x9F));
    (!lost && !foreign).then(|| bytes.into_owned())
}

/// One part of a value, behind its escape sequence when it needs one.
fn pairs(part: &str, escape: &[u8], encoding: &'static Encoding) -> Option<Vec<u8>> {
    if part.is_ascii() {
        return Some(part.as_bytes().to_vec());
    }
    let mut out = escape.to_vec();
    for c in part.chars() {
        out.extend(pair(c, encoding)?);
    }
    Some(out)
}

/// A character of ASCII, or two bytes from 0xA1 on.
fn pair(c: char, encoding: &'static Encoding) -> Option<Vec<u8>> {
    let text = c.to_string();
    let (bytes, _, lost) = encoding.encode(&text);
    let fits = c.is_ascii() || matches!(*bytes, [0xA1..=0xFE, 0xA1..=0xFE]);
    (!lost && fits).then(|| bytes.into_owned())
}

fn jis0208(text: &str) -> Option<Vec<u8>> {
    let (mut out, mut designated) = (vec![], false);
    for c in text.chars() {
        if c.is_ascii() == designated {
            out.extend_from_slice(if designated { b"\x1B(B" } else { b"\x1B$B" });
            designated = !designated;
        }
        out.extend(pair(c, encoding_rs::EUC_JP)?.into_iter().map(|byte| byte & 0x7F));
    }
    if designated {
        out.extend_from_slice(b"\x1B(B");
    }
    Some(out)
}
