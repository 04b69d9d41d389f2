//! The header of an arrival that could not be taken in, in lines.

use crate::notes::Kept;
use access_control::{Object, View, decide};
use imaging_domain::{DataSet, Element, Principal, Tag, VR, Value, keyword, tags};
use viewer_api::{Line, Opened};

/// Characters of a value that are shown.
const MAX_SHOWN: usize = 120;
/// Lines that are shown.
const MAX_LINES: usize = 400;
/// Bytes that are shown as they are.
const FIRST_BYTES: usize = 64;
/// Sequences inside sequences that are shown.
const MAX_DEPTH: usize = 4;

/// How much of a patient somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// Everything.
    Patients,
    /// What is about devices and images; whoever runs the adapter needs no more.
    Devices,
}

impl Sight {
    pub(super) fn of(who: &Principal) -> Self {
        if decide::<View>(who, Object::Region).is_ok() { Self::Patients } else { Self::Devices }
    }

    /// Whether a value is shown. Free text may name a patient, and what private attributes say nobody knows.
    fn shows(self, tag: Tag, vr: VR) -> bool {
        let is_about_patient = tag.0 == 0x0010
            || tag.0 % 2 == 1
            || matches!(vr, VR::PN | VR::LT | VR::ST | VR::UT | VR::LO | VR::SH | VR::UC | VR::UN)
                && !matches!(
                    tag,
                    tags::MANUFACTURER
                        | tags::MANUFACTURER_MODEL_NAME
                        | tags::SOFTWARE_VERSIONS
                        | tags::STATION_NAME
                        | tags::DEVICE_SERIAL_NUMBER
                        | tags::PHOTOMETRIC_INTERPRETATION
                );
        self == Self::Patients || !is_about_patient
    }
}

/// What the kept bytes say.
pub(super) fn opened(kept: Kept, bytes: &[u8], sight: Sight) -> Opened {
    let peeked = archive::peek(&kept.framing(), bytes);
    let mut attributes = vec![];
    lines(&peeked.attributes, "", sight, &mut attributes);
    Opened {
        about: kept.about,
        transfer_syntax: peeked.transfer_syntax,
        warnings: peeked.warnings,
        first_bytes: hexadecimal(bytes.get(..FIRST_BYTES).unwrap_or(bytes)),
        attributes,
    }
}

fn lines(data_set: &DataSet, indent: &str, sight: Sight, out: &mut Vec<Line>) {
    for (tag, element) in data_set.iter() {
        if out.len() >= MAX_LINES {
            return;
        }
        let value = sight.shows(tag, element.vr).then(|| shown(element));
        let tag_text = format!("{indent}({:04X},{:04X})", tag.0, tag.1);
        let vr = element.vr.to_string().to_owned();
        out.push(Line { tag: tag_text, keyword: keyword(tag).unwrap_or_default().to_owned(), vr, value });
        let (Value::Sequence(items), true) = (&element.value, indent.len() < MAX_DEPTH) else { continue };
        for item in items {
            lines(item, &format!("{indent}>"), sight, out);
        }
    }
}

fn shown(element: &Element) -> String {
    let joined = |values: Vec<String>| values.join("\\");
    let text = match &element.value {
        Value::Text(values) => joined(values.clone()),
        Value::Int(values) => joined(values.iter().map(ToString::to_string).collect()),
        Value::Float(values) => joined(values.iter().map(ToString::to_string).collect()),
        Value::Tags(values) => joined(values.iter().map(ToString::to_string).collect()),
        Value::Sequence(items) => format!("{} ▸", items.len()),
        Value::Bytes(bytes) => hexadecimal(bytes),
        Value::Bulk { length, .. } => format!("{length} B"),
    };
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_sees_no_images_sees_no_patient() {
        let mut data_set = DataSet::new();
        data_set.put_text(tags::MODALITY, VR::CS, "CT");
        data_set.put_text(tags::PATIENT_NAME, VR::PN, "WANG^FANG");
        data_set.put_text(tags::PATIENT_BIRTH_DATE, VR::DA, "19600101");
        data_set.put_text(tags::ACCESSION_NUMBER, VR::SH, "A1");
        data_set.put_text(tags::MANUFACTURER, VR::LO, "ACME");
        data_set.put_text(Tag(0x0009, 0x1001), VR::LO, "WANG");
        let mut told = vec![];
        lines(&data_set, "", Sight::Devices, &mut told);
        let seen: Vec<_> = told.iter().filter_map(|line| line.value.as_deref()).collect();
        assert_eq!(seen, ["CT", "ACME"]);
        assert_eq!(told.len(), 6);
        let mut all = vec![];
        lines(&data_set, "", Sight::Patients, &mut all);
        assert!(all.iter().all(|line| line.value.is_some()));
        assert_eq!(all[0].keyword, "AccessionNumber");
    }
}
