//! Decodes the bytes of one value.

use crate::charset::{CharacterSet, Delimiters};
use crate::coding::Coding;
use imaging_domain::{Tag, VR, Value};

/// Whether the VR is text of any kind.
pub(crate) fn is_text(vr: VR) -> bool {
    use VR::*;
    has_character_set(vr) || matches!(vr, AE | AS | CS | DA | DS | DT | IS | TM | UI | UR)
}

/// Whether Specific Character Set applies (PS3.5 6.1.2.3).
pub(crate) fn has_character_set(vr: VR) -> bool {
    use VR::*;
    matches!(vr, SH | LO | ST | LT | UC | UT | PN)
}

/// Whether the VR is binary numbers or tags.
pub(crate) fn is_number(vr: VR) -> bool {
    use VR::*;
    matches!(vr, US | SS | UL | SL | UV | SV | FL | FD | AT)
}

/// Bytes of memory a value takes, roughly.
pub(crate) fn cost(value: &Value) -> u64 {
    let bytes = match value {
        Value::Text(values) => values.iter().map(|text| text.len() + 24).sum(),
        Value::Int(values) => values.len() * 8,
        Value::Float(values) => values.len() * 8,
        Value::Tags(values) => values.len() * 4,
        Value::Bytes(bytes) => bytes.len(),
        Value::Sequence(_) | Value::Bulk { .. } => 0,
    };
    bytes as u64
}

/// The value of `bytes`, and whether nothing had to be guessed or left out.
pub(crate) fn decode(vr: VR, coding: Coding, charset: &CharacterSet, bytes: &[u8]) -> (Value, bool) {
    if is_text(vr) {
        return text(vr, charset, bytes);
    }
    if bytes.is_empty() {
        return (Value::Text(vec![]), true);
    }
    match vr {
        VR::US => ints(bytes, coding, |b: [u8; 2]| u16::from_le_bytes(b).into()),
        VR::SS => ints(bytes, coding, |b: [u8; 2]| i16::from_le_bytes(b).into()),
        VR::UL => ints(bytes, coding, |b: [u8; 4]| u32::from_le_bytes(b).into()),
        VR::SL => ints(bytes, coding, |b: [u8; 4]| i32::from_le_bytes(b).into()),
        VR::SV => ints(bytes, coding, i64::from_le_bytes),
        VR::UV => unsigned(bytes, coding),
        VR::FL => numbers(bytes, coding, |b: [u8; 4]| f64::from(f32::from_le_bytes(b)), Value::Float),
        VR::FD => numbers(bytes, coding, f64::from_le_bytes, Value::Float),
        VR::AT => {
            let tags = bytes.chunks_exact(4).map(|four| coding.tag(four)).collect::<Vec<Tag>>();
            (Value::Tags(tags), bytes.len().is_multiple_of(4))
        }
        VR::OW => (Value::Bytes(little::<2>(bytes, coding)), true),
        VR::OF | VR::OL => (Value::Bytes(little::<4>(bytes, coding)), true),
        VR::OD | VR::OV => (Value::Bytes(little::<8>(bytes, coding)), true),
        _ => (Value::Bytes(bytes.to_vec()), true),
    }
}

fn ints<const N: usize>(bytes: &[u8], coding: Coding, number: fn([u8; N]) -> i64) -> (Value, bool) {
    numbers(bytes, coding, number, Value::Int)
}

/// Numbers of 64 bits without a sign; where one is beyond what an `Int` holds, all are texts.
fn unsigned(bytes: &[u8], coding: Coding) -> (Value, bool) {
    numbers(bytes, coding, u64::from_le_bytes, |values: Vec<u64>| {
        let small: Result<Vec<i64>, _> = values.iter().map(|value| i64::try_from(*value)).collect();
        small.map_or_else(|_| Value::Text(values.iter().map(u64::to_string).collect()), Value::Int)
    })
}

fn numbers<const N: usize, T>(
    bytes: &[u8],
    coding: Coding,
    number: fn([u8; N]) -> T,
    value: fn(Vec<T>) -> Value,
) -> (Value, bool) {
    let (chunks, rest) = bytes.as_chunks::<N>();
    let numbers = chunks.iter().map(|chunk| {
        let mut chunk = *chunk;
        if coding.big {
            chunk.reverse();
        }
        number(chunk)
    });
    (value(numbers.collect()), rest.is_empty())
}

/// The bytes with every word of `N` bytes in little endian.
fn little<const N: usize>(bytes: &[u8], coding: Coding) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if coding.big {
        bytes.chunks_exact_mut(N).for_each(<[u8]>::reverse);
    }
    bytes
}

/// Text: decoded first, split on backslash afterwards, because 0x5C may be half of a character.
fn text(vr: VR, charset: &CharacterSet, bytes: &[u8]) -> (Value, bool) {
    let (text, clean) = if has_character_set(vr) {
        let delimiters = match vr {
            VR::PN => Delimiters::PersonName,
            VR::ST | VR::LT | VR::UT => Delimiters::Lines,
            _ => Delimiters::Values,
        };
        charset.decode(bytes, delimiters)
    } else {
        (CharacterSet::default().decode(bytes, Delimiters::Values).0, true)
    };
    let one = matches!(vr, VR::ST | VR::LT | VR::UT | VR::UR);
    let values: Vec<String> = if one {
        vec![trimmed(vr, &text).to_owned()]
    } else {
        text.split('\\').map(|value| trimmed(vr, value).to_owned()).collect()
    };
    let empty = values.len() == 1 && values[0].is_empty();
    (Value::Text(if empty { vec![] } else { values }), clean)
}

/// Without padding (PS3.5 6.2): spaces at both ends where they mean nothing, only at the end elsewhere.
fn trimmed(vr: VR, value: &str) -> &str {
    let value = value.trim_end_matches([' ', '\0']);
    match vr {
        VR::ST | VR::LT | VR::UT | VR::UC | VR::UR => value,
        VR::PN => value.trim_start_matches(' ').trim_end_matches(['=', ' ']),
        _ => value.trim_start_matches([' ', '\0']),
    }
}
