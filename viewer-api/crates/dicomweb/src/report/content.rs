//! What a report says, in the order it says it.

use super::titles;
use imaging_domain::{DataSet, PersonName, tags};

/// Most levels of content that are told apart; what is deeper is shown at this one.
pub(super) const MAX_DEPTH: usize = 12;
/// Most content items of a report that are shown.
const MAX_ITEMS: usize = 20_000;

/// A report to read.
pub(super) struct Report {
    pub(super) title: String,
    /// Names and values of whom and what it is about.
    pub(super) about: Vec<(&'static str, String)>,
    pub(super) entries: Vec<Entry>,
    /// Whether there was more than [`MAX_ITEMS`].
    pub(super) is_cut: bool,
}

/// One content item.
pub(super) struct Entry {
    /// From 0.
    pub(super) depth: usize,
    /// Empty when the item has no concept name.
    pub(super) title: String,
    /// `None` for a container.
    pub(super) value: Option<String>,
}

impl Report {
    pub(super) fn read(attributes: &DataSet) -> Self {
        let own = titles::title(attributes.items(tags::CONCEPT_NAME_CODE_SEQUENCE).first());
        let title = if own.is_empty() { "结构化报告 Structured report".to_owned() } else { own };
        let mut report = Self { title, about: about(attributes), entries: vec![], is_cut: false };
        report.collect(attributes);
        report
    }

    /// Walks the tree without recursion: items whose children are still to come wait on a stack.
    fn collect(&mut self, attributes: &DataSet) {
        let mut waiting = vec![attributes.items(tags::CONTENT_SEQUENCE).iter()];
        while let Some(level) = waiting.last_mut() {
            let Some(item) = level.next() else {
                waiting.pop();
                continue;
            };
            if self.entries.len() == MAX_ITEMS {
                self.is_cut = true;
                return;
            }
            let depth = (waiting.len() - 1).min(MAX_DEPTH);
            let title = titles::title(item.items(tags::CONCEPT_NAME_CODE_SEQUENCE).first());
            self.entries.push(Entry { depth, title, value: value(item) });
            waiting.push(item.items(tags::CONTENT_SEQUENCE).iter());
        }
    }
}

fn about(attributes: &DataSet) -> Vec<(&'static str, String)> {
    let text = |tag| attributes.text(tag).unwrap_or_default().to_owned();
    let institution = text(tags::INSTITUTION_NAME);
    let status = [tags::COMPLETION_FLAG, tags::VERIFICATION_FLAG].map(|tag| titles::status(attributes.text(tag)));
    let status: Vec<&str> = status.into_iter().filter(|word| !word.is_empty()).collect();
    let verified = attributes.items(tags::VERIFYING_OBSERVER_SEQUENCE).first();
    let verifier = verified.and_then(|item| item.text(tags::VERIFYING_OBSERVER_NAME)).map(name).unwrap_or_default();
    let all = [
        ("患者 Patient", name(&text(tags::PATIENT_NAME))),
        ("患者编号 Patient ID", text(tags::PATIENT_ID)),
        ("性别 Sex", titles::sex(&text(tags::PATIENT_SEX)).to_owned()),
        ("出生日期 Birth date", date(&text(tags::PATIENT_BIRTH_DATE))),
        ("检查日期 Study date", date(&text(tags::STUDY_DATE))),
        ("检查号 Accession number", text(tags::ACCESSION_NUMBER)),
        ("检查项目 Study", text(tags::STUDY_DESCRIPTION)),
        ("机构 Institution", institution),
        ("申请医师 Referring physician", name(&text(tags::REFERRING_PHYSICIAN_NAME))),
        ("报告日期 Report date", date(&text(tags::CONTENT_DATE))),
        ("状态 Status", status.join(", ")),
        ("审核者 Verified by", verifier),
    ];
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// The value of a content item by its type (PS3.3 table C.17.3-1).
fn value(item: &DataSet) -> Option<String> {
    let text = |tag| item.text(tag).unwrap_or_default().to_owned();
    Some(match item.text(tags::VALUE_TYPE).map(str::trim).unwrap_or_default() {
        "CONTAINER" => return None,
        "TEXT" => lines(&text(tags::TEXT_VALUE)),
        "CODE" => titles::title(item.items(tags::CONCEPT_CODE_SEQUENCE).first()),
        "NUM" => number(item),
        "PNAME" => name(&text(tags::PERSON_NAME)),
        "DATE" => date(&text(tags::DATE)),
        "TIME" => time(&text(tags::TIME)),
        "DATETIME" => text(tags::DATE_TIME),
        "UIDREF" => text(tags::UID),
        "IMAGE" => referenced("影像 Image", item),
        "WAVEFORM" => referenced("波形 Waveform", item),
        "COMPOSITE" => referenced("对象 Object", item),
        "SCOORD" | "SCOORD3D" => format!("坐标 Coordinates: {}", text(tags::GRAPHIC_TYPE)),
        "TCOORD" => format!("时间范围 Time range: {}", text(tags::TEMPORAL_RANGE_TYPE)),
        // by reference (PS3.3 C.17.3.2.5): the item is somewhere else in this report
        "" => "见本报告其他条目 See another item of this report".to_owned(),
        other => other.to_owned(),
    })
}

/// Text with the line ends of one kind, and no tabs (PS3.5 6.1.3).
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace(['\r', '\u{c}'], "\n").replace('\t', " ")
}

fn number(item: &DataSet) -> String {
    let Some(measured) = item.items(tags::MEASURED_VALUE_SEQUENCE).first() else {
        let why = titles::title(item.items(tags::NUMERIC_VALUE_QUALIFIER_CODE_SEQUENCE).first());
        return if why.is_empty() { "无 None".to_owned() } else { why };
    };
    let number = measured.texts(tags::NUMERIC_VALUE).join(" ");
    let unit = measured.items(tags::MEASUREMENT_UNITS_CODE_SEQUENCE).first();
    // UCUM's code is what people read; `1` means no unit
    let unit = unit.and_then(|unit| unit.text(tags::CODE_VALUE)).filter(|unit| *unit != "1").unwrap_or_default();
    format!("{number} {unit}").trim().to_owned()
}

fn referenced(what: &str, item: &DataSet) -> String {
    let reference = item.items(tags::REFERENCED_SOP_SEQUENCE).first();
    let uid = reference.and_then(|item| item.text(tags::REFERENCED_SOP_INSTANCE_UID)).unwrap_or_default();
    format!("{what} {uid}").trim().to_owned()
}

/// Each writing of a name, ideographs first.
fn name(text: &str) -> String {
    let name = PersonName::parse(text);
    let shown = [&name.ideographic, &name.alphabetic, &name.phonetic].map(|group| group.replace('^', " "));
    shown.iter().map(|group| group.trim()).filter(|group| !group.is_empty()).collect::<Vec<_>>().join(" ")
}

fn date(text: &str) -> String {
    match (text.get(..4), text.get(4..6), text.get(6..8)) {
        (Some(year), Some(month), Some(day)) if text.len() == 8 => format!("{year}-{month}-{day}"),
        _ => text.to_owned(),
    }
}

fn time(text: &str) -> String {
    match (text.get(..2), text.get(2..4)) {
        (Some(hour), Some(minute)) => format!("{hour}:{minute}"),
        _ => text.to_owned(),
    }
}
