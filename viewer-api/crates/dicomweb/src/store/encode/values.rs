//! Values as bytes of their VR (PS3.5 6.2).

use crate::error::Error;
use imaging_domain::{VR, Value};

/// What makes a length even.
pub(super) fn padding(vr: VR) -> u8 {
    match vr {
        VR::UI | VR::OB | VR::UN | VR::OW | VR::OF | VR::OD | VR::OL | VR::OV => 0,
        _ => b' ',
    }
}

/// A value that is here, as its bytes.
pub(super) fn bytes_of(vr: VR, value: &Value) -> Result<Vec<u8>, Error> {
    let mut out = match value {
        Value::Text(values) if matches!(vr, VR::DS | VR::IS) => {
            values.iter().map(|text| number(vr, text)).collect::<Vec<_>>().join("\\").into_bytes()
        }
        Value::Text(values) if matches!(vr, VR::SV | VR::UV) => values
            .iter()
            .map(|text| long(vr, text))
            .collect::<Option<Vec<_>>>()
            .map(|all| all.concat())
            .ok_or_else(|| Error::invalid("metadata", "a number does not fit its vr"))?,
        Value::Text(values) => values.join("\\").into_bytes(),
        Value::Int(values) => values
            .iter()
            .map(|number| integer(vr, *number))
            .collect::<Option<Vec<_>>>()
            .map(|all| all.concat())
            .ok_or_else(|| Error::invalid("metadata", "a number does not fit its vr"))?,
        Value::Float(values) if vr == VR::FL => values.iter().flat_map(|f| (*f as f32).to_le_bytes()).collect(),
        Value::Float(values) => values.iter().flat_map(|f| f.to_le_bytes()).collect(),
        Value::Tags(tags) => {
            tags.iter().flat_map(|tag| [tag.group().to_le_bytes(), tag.element().to_le_bytes()].concat()).collect()
        }
        Value::Bytes(bytes) => bytes.clone(),
        Value::Sequence(_) | Value::Bulk { .. } => vec![],
    };
    if out.len() % 2 == 1 {
        out.push(padding(vr));
    }
    Ok(out)
}

/// A number of 64 bits that came as a text.
fn long(vr: VR, text: &str) -> Option<Vec<u8>> {
    Some(match vr {
        VR::UV => text.parse::<u64>().ok()?.to_le_bytes().to_vec(),
        _ => text.parse::<i64>().ok()?.to_le_bytes().to_vec(),
    })
}

fn integer(vr: VR, number: i64) -> Option<Vec<u8>> {
    Some(match vr {
        VR::SS => i16::try_from(number).ok()?.to_le_bytes().to_vec(),
        VR::US => u16::try_from(number).ok()?.to_le_bytes().to_vec(),
        VR::SL => i32::try_from(number).ok()?.to_le_bytes().to_vec(),
        VR::UL => u32::try_from(number).ok()?.to_le_bytes().to_vec(),
        VR::UV => u64::try_from(number).ok()?.to_le_bytes().to_vec(),
        _ => number.to_le_bytes().to_vec(),
    })
}

/// JSON may write whole numbers with a fraction, and fractions longer than the 16 characters of a DS (PS3.5 6.2).
fn number(vr: VR, text: &str) -> String {
    const DS_LENGTH: usize = 16;
    let value = text.trim().parse::<f64>().ok().filter(|value| value.is_finite());
    match (vr, value) {
        (VR::IS, Some(value)) if value.fract() == 0.0 && text.contains(['.', 'e', 'E']) => format!("{value:.0}"),
        (VR::DS, Some(value)) if text.len() > DS_LENGTH => {
            let forms = (0..=DS_LENGTH).rev().map(|digits| format!("{value:.digits$e}"));
            let plain = (0..=DS_LENGTH).rev().map(|digits| format!("{value:.digits$}"));
            let readable = |form: &String| form.len() <= DS_LENGTH;
            let close = |form: &String| form.parse::<f64>().map_or(f64::MAX, |read| (read - value).abs());
            let found = plain.filter(readable).take(1).chain(forms.filter(readable).take(1));
            found.min_by(|a, b| close(a).total_cmp(&close(b))).unwrap_or_else(|| text.to_owned())
        }
        _ => text.to_owned(),
    }
}
