//! Texts burnt into a picture: whom it shows and how it was made (PS3.18 8.3.5.1.1).

use crate::{
    Annotation,
    bitmap::Bitmap,
    draw::{WHITE, letter_size, line_height, text_width},
};
use imaging_domain::{DataSet, PersonName, Tag, tags};
use serde::{Deserialize, Serialize};

/// Most characters of one text: what is longer would leave nothing of the picture.
const MAX_TEXT: usize = 64;
/// Most lines of a corner.
const MAX_LINES: usize = 24;
/// Distance from the edge, in sizes of letters.
const MARGIN: i64 = 4;

/// Lines of text by their corner.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Notes {
    /// Upper left.
    patient: Vec<String>,
    /// Lower left.
    technique: Vec<String>,
}

/// What is said of technique: name, attribute, unit. The first of an attribute's values.
const TECHNIQUE: &[(&str, Tag, &str)] = &[
    ("", tags::MODALITY, ""),
    ("", tags::SERIES_DESCRIPTION, ""),
    ("", tags::BODY_PART_EXAMINED, ""),
    ("kVp", tags::KVP, ""),
    ("mA", tags::X_RAY_TUBE_CURRENT, ""),
    ("mAs", tags::EXPOSURE, ""),
    ("TR", tags::REPETITION_TIME, "ms"),
    ("TE", tags::ECHO_TIME, "ms"),
    ("T", tags::MAGNETIC_FIELD_STRENGTH, ""),
    ("ST", tags::SLICE_THICKNESS, "mm"),
    ("SL", tags::SLICE_LOCATION, "mm"),
    ("", tags::VIEW_POSITION, ""),
    ("", tags::CONVOLUTION_KERNEL, ""),
];

impl Notes {
    /// The texts that are asked for; of a multi-frame image `frame` (from 0) is told too.
    pub(crate) fn read(attributes: &DataSet, frame: u32, wanted: Annotation) -> Self {
        Self {
            patient: if wanted.patient { patient(attributes) } else { vec![] },
            technique: if wanted.technique { technique(attributes, frame) } else { vec![] },
        }
    }

    /// Draws them; lines that are too long for the picture are broken.
    pub(crate) fn draw(&self, bitmap: &mut Bitmap) {
        let size = letter_size(bitmap);
        let room = i64::from(bitmap.width) - 2 * MARGIN * size;
        let left = MARGIN * size;
        for (n, line) in broken(&self.patient, size, room).iter().enumerate() {
            bitmap.text(line, (left, left + n as i64 * line_height(size)), size, WHITE);
        }
        let lines = broken(&self.technique, size, room);
        let top = i64::from(bitmap.height) - left - lines.len() as i64 * line_height(size);
        for (n, line) in lines.iter().enumerate() {
            bitmap.text(line, (left, top + n as i64 * line_height(size)), size, WHITE);
        }
    }
}

fn patient(attributes: &DataSet) -> Vec<String> {
    let text = |tag| attributes.text(tag).map(shortened).unwrap_or_default();
    let joined =
        |parts: &[String]| parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join("  ");
    let mut lines = names(attributes.text(tags::PATIENT_NAME).unwrap_or_default());
    lines.push(text(tags::PATIENT_ID));
    lines.push(joined(&[date(attributes, tags::PATIENT_BIRTH_DATE), text(tags::PATIENT_SEX), text(tags::PATIENT_AGE)]));
    lines.push(joined(&[date(attributes, tags::STUDY_DATE), text(tags::ACCESSION_NUMBER)]));
    lines.retain(|line| !line.is_empty());
    lines
}

/// Each writing of a name that is there, ideographs first.
fn names(name: &str) -> Vec<String> {
    let name = PersonName::parse(name);
    let shown = |group: &str| shortened(&group.replace('^', " "));
    [&name.ideographic, &name.alphabetic]
        .into_iter()
        .map(|group| shown(group))
        .filter(|group| !group.is_empty())
        .collect()
}

fn technique(attributes: &DataSet, frame: u32) -> Vec<String> {
    let mut lines = vec![];
    for (name, tag, unit) in TECHNIQUE {
        // numbers may have been read from DS, IS or a binary VR
        let value = match attributes.text(*tag) {
            Some(text) => shortened(text),
            None => attributes.floats(*tag).first().map(f64::to_string).unwrap_or_default(),
        };
        if !value.trim().is_empty() {
            lines.push(format!("{name} {value} {unit}").trim().to_owned());
        }
    }
    if let Some(number) = attributes.text(tags::INSTANCE_NUMBER) {
        lines.push(format!("IM {}", shortened(number)));
    }
    if let Some(frames @ 2..) = attributes.int(tags::NUMBER_OF_FRAMES) {
        lines.push(format!("FR {}/{frames}", i64::from(frame) + 1));
    }
    lines
}

/// A date with lines between its parts (PS3.5 6.2, DA); other texts as they are.
fn date(attributes: &DataSet, tag: Tag) -> String {
    let text = attributes.text(tag).map(shortened).unwrap_or_default();
    match (text.get(..4), text.get(4..6), text.get(6..8)) {
        (Some(year), Some(month), Some(day)) if text.len() == 8 => format!("{year}-{month}-{day}"),
        _ => text,
    }
}

fn shortened(text: &str) -> String {
    text.trim().chars().take(MAX_TEXT).collect()
}

fn broken(lines: &[String], size: i64, room: i64) -> Vec<String> {
    let mut out = vec![];
    for line in lines {
        let mut begun = String::new();
        for letter in line.chars() {
            begun.push(letter);
            if text_width(&begun, size) > room && begun.chars().nth(1).is_some() {
                begun.pop();
                out.push(std::mem::take(&mut begun));
                begun.push(letter);
            }
        }
        out.push(begun);
    }
    out.truncate(MAX_LINES);
    out
}
