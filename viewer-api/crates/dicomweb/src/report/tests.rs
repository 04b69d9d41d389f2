use super::*;
use imaging_domain::{DataSet, Tag, VR, Value, tags};

fn code(value: &str, meaning: &str) -> Value {
    let mut code = DataSet::new();
    code.put_text(tags::CODE_VALUE, VR::SH, value);
    code.put_text(tags::CODE_MEANING, VR::LO, meaning);
    Value::Sequence(vec![code])
}

fn item(kind: &str, name: Value, tag: Tag, value: Value) -> DataSet {
    let mut item = DataSet::new();
    item.put_text(tags::VALUE_TYPE, VR::CS, kind);
    item.put(tags::CONCEPT_NAME_CODE_SEQUENCE, VR::SQ, name);
    item.put(tag, VR::LO, value);
    item
}

fn text(value: &str) -> Value {
    Value::Text(vec![value.to_owned()])
}

fn report() -> DataSet {
    let mut units = DataSet::new();
    units.put_text(tags::NUMERIC_VALUE, VR::DS, "12.5");
    units.put(tags::MEASUREMENT_UNITS_CODE_SEQUENCE, VR::SQ, code("mm", "millimeter"));
    let findings = Value::Sequence(vec![
        item(
            "TEXT",
            code("121071", "Finding"),
            tags::TEXT_VALUE,
            text("<script>alert('x')</script> & 结节\rsecond line"),
        ),
        item("NUM", code("1", "Diameter"), tags::MEASURED_VALUE_SEQUENCE, Value::Sequence(vec![units])),
        item("CODE", code("2", "Side"), tags::CONCEPT_CODE_SEQUENCE, code("3", "左肺")),
        item("PNAME", code("121008", "Person Observer Name"), tags::PERSON_NAME, text("Wang^XiaoDong=王^小东")),
    ]);
    let mut report = DataSet::new();
    report.put_text(tags::PATIENT_NAME, VR::PN, "Li^Si=李^四");
    report.put_text(tags::PATIENT_SEX, VR::CS, "F");
    report.put_text(tags::STUDY_DATE, VR::DA, "20240131");
    report.put_text(tags::VERIFICATION_FLAG, VR::CS, "VERIFIED");
    report.put(tags::CONCEPT_NAME_CODE_SEQUENCE, VR::SQ, code("18748-4", "Diagnostic imaging report"));
    let section = item("CONTAINER", code("121070", "Findings"), tags::CONTENT_SEQUENCE, findings);
    report.put(tags::CONTENT_SEQUENCE, VR::SQ, Value::Sequence(vec![section]));
    report
}

#[test]
fn reports_are_readable_in_both_languages() {
    let plain = report_text(&report());
    for line in [
        "影像诊断报告 Diagnostic imaging report",
        "患者 Patient: 李 四 Li Si",
        "性别 Sex: 女 Female",
        "检查日期 Study date: 2024-01-31",
        "状态 Status: 已审核 Verified",
        "影像所见 Findings",
        "  Diameter: 12.5 mm",
        "  Side: 左肺",
        "  观察者姓名 Person Observer Name: 王 小东 Wang XiaoDong",
    ] {
        assert!(plain.lines().any(|found| found == line), "{line} is not in\n{plain}");
    }
    let html = report_html(&report());
    assert!(html.contains("<h2>影像所见 Findings</h2>"));
    assert!(html.contains("<b>Diameter</b>: 12.5 mm"));
}

#[test]
fn nothing_of_a_report_is_markup() {
    let html = report_html(&report());
    assert!(html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; 结节\nsecond line"));
    assert!(!html.contains("<script"));
}

#[test]
fn deep_and_long_reports_end() {
    let mut deep = report();
    for _ in 0..200 {
        let outer = item("CONTAINER", code("1", "again"), tags::CONTENT_SEQUENCE, Value::Sequence(vec![deep]));
        deep = DataSet::new();
        deep.put(tags::CONTENT_SEQUENCE, VR::SQ, Value::Sequence(vec![outer]));
    }
    assert!(report_html(&deep).contains("again"));
    let lines = (0..30_000).map(|_| item("TEXT", code("1", "line"), tags::TEXT_VALUE, text("x"))).collect();
    let mut long = DataSet::new();
    long.put(tags::CONTENT_SEQUENCE, VR::SQ, Value::Sequence(lines));
    assert!(report_text(&long).contains("The rest of the report is not shown"));
}
