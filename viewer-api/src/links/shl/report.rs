//! The reports of a study as FHIR: structured reports as texts, documents as they are.

use super::{
    fhir::{bundle, day, list, object, text, uid, urn},
    person::{patient, subject},
    studies::Named,
};
use archive::{Archive, Document, Error};
use base64::{Engine, engine::general_purpose::STANDARD};
use catalog::{Match, Scope};
use dicomweb::{report_html, report_text};
use futures_util::TryStreamExt;
use imaging_domain::{DataSet, InstanceUid, Principal, SopClassUid, tags};
use serde_json::{Value, json};

/// Structured reports (PS3.4 table B.5-1), but for selections of images, which are none.
const STRUCTURED: &str = "1.2.840.10008.5.1.4.1.1.88.";
const KEY_OBJECTS: &str = "1.2.840.10008.5.1.4.1.1.88.59";
/// Encapsulated PDF and CDA.
const DOCUMENTS: [&str; 2] = ["1.2.840.10008.5.1.4.1.1.104.1", "1.2.840.10008.5.1.4.1.1.104.2"];
/// The longest document that is in the file itself; of a longer one the file has the address.
const MAX_DOCUMENT: u64 = 16 << 20;

/// The reports of a study that are named, with what is known of their series.
pub(super) fn of_study(study: &Named) -> Vec<(Scope, &Match)> {
    let mut out = vec![];
    for ((found, _), slices) in study.contents.series.iter().zip(&study.slices) {
        let slices = slices.iter().flatten();
        for slice in slices.filter(|slice| slice.class.as_ref().is_some_and(is_report)) {
            let (series, instance) = (found.series.clone(), Some(slice.instance.clone()));
            out.push((Scope { study: study.contents.study.study.clone(), series, instance }, found));
        }
    }
    out
}

fn is_report(class: &SopClassUid) -> bool {
    let class = class.as_str();
    is_structured(class) || DOCUMENTS.contains(&class)
}

fn is_structured(class: &str) -> bool {
    class.starts_with(STRUCTURED) && class != KEY_OBJECTS
}

/// A report as a file: its patient and itself. The event is the archive's, before the first byte.
pub(super) async fn file(
    archive: &Archive,
    who: &Principal,
    origin: &str,
    study: &Named,
    (scope, series): (&Scope, &Match),
) -> Result<Value, Error> {
    let of_series = series.attributes.text(tags::SERIES_DESCRIPTION).unwrap_or_default();
    let (forms, status, own) = if is_text(study, scope) {
        let report = archive.report(who, scope).await?;
        let forms = vec![
            attached("text/html", report_html(&report).as_bytes()),
            attached("text/plain", report_text(&report).as_bytes()),
        ];
        (forms, status(&report), title(&report))
    } else {
        let document = archive.document(who, scope).await?;
        (vec![stored(document, origin, scope).await?], "unknown", None)
    };
    let (patient, resource) = patient(&study.contents.study.attributes);
    let subject = subject(&patient, &resource);
    let instance = scope.instance.as_ref().map(InstanceUid::as_str).unwrap_or_default();
    let title = own.and_then(|own| text(&own)).or_else(|| text(of_series));
    let report = object([
        ("resourceType", Some("DiagnosticReport".into())),
        ("identifier", Some(json!([uid(instance)]))),
        ("status", Some(status.into())),
        (
            "category",
            Some(json!([{ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "RAD" }] }])),
        ),
        ("code", Some(code(title))),
        ("subject", Some(subject)),
        ("effectiveDateTime", day(study.contents.study.attributes.text(tags::STUDY_DATE).unwrap_or_default())),
        ("imagingStudy", Some(json!([{ "type": "ImagingStudy", "identifier": uid(scope.study.as_str()) }]))),
        ("presentedForm", list(forms)),
    ]);
    Ok(bundle(vec![(patient, resource), (urn(&["DiagnosticReport", instance]), report)]))
}

/// Whether a report of a study is a structured one, which a text is made of.
fn is_text(study: &Named, scope: &Scope) -> bool {
    let mut slices = study.slices.iter().flatten().flatten();
    let own = slices.find(|slice| Some(&slice.instance) == scope.instance.as_ref());
    own.and_then(|slice| slice.class.as_ref()).is_some_and(|class| is_structured(class.as_str()))
}

/// LOINC's code for any report of images, with the report's own title.
fn code(title: Option<Value>) -> Value {
    let coding = json!([{ "system": "http://loinc.org", "code": "18748-4", "display": "Diagnostic imaging study" }]);
    object([("coding", Some(coding)), ("text", title)])
}

/// How finished a structured report is (PS3.3 C.17.2).
fn status(report: &DataSet) -> &'static str {
    match (report.text(tags::COMPLETION_FLAG).map(str::trim), report.text(tags::VERIFICATION_FLAG).map(str::trim)) {
        (Some("COMPLETE"), Some("VERIFIED")) => "final",
        (Some("COMPLETE"), _) => "preliminary",
        (Some("PARTIAL"), _) => "partial",
        _ => "unknown",
    }
}

fn title(report: &DataSet) -> Option<String> {
    let name = report.items(tags::CONCEPT_NAME_CODE_SEQUENCE).first()?;
    name.text(tags::CODE_MEANING).map(str::to_owned)
}

fn attached(media_type: &str, bytes: &[u8]) -> Value {
    json!({ "contentType": media_type, "data": STANDARD.encode(bytes), "size": bytes.len() })
}

/// A document in the file, or where it is when it is too long for one.
async fn stored(document: Document, origin: &str, scope: &Scope) -> Result<Value, Error> {
    let Document { media_type, length, body, .. } = document;
    if length > MAX_DOCUMENT {
        let [series, instance] = [
            scope.series.as_ref().map_or("", |series| series.as_str()),
            scope.instance.as_ref().map_or("", |instance| instance.as_str()),
        ];
        let study = scope.study.as_str();
        let url = format!("{origin}/s/dicomweb/studies/{study}/series/{series}/instances/{instance}/rendered");
        return Ok(json!({ "contentType": media_type, "url": url }));
    }
    let mut bytes = Vec::new();
    let mut pieces = body(0, length);
    while let Some(piece) = pieces.try_next().await? {
        bytes.extend_from_slice(&piece);
    }
    Ok(attached(media_type, &bytes))
}
