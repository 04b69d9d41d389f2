//! A link's studies as FHIR: whose they are, what is in them, and where their images are.

use super::{
    fhir::{bundle, class, day, list, modality, object, reference, text, uid, urn},
    person::{patient, subject},
};
use archive::{Archive, Error, Slice, StudyContents};
use catalog::Match;
use imaging_domain::{SeriesUid, StudyUid, tags};
use serde_json::{Value, json};
use study_links::{Holder, Shared};

/// The most instances that are named one by one; of a series that would go beyond it the number is told.
const MAX_NAMED: usize = 5000;

/// A study with the instances of those series that are named.
pub(super) struct Named {
    pub(super) contents: StudyContents,
    /// Beside the series of `contents`.
    pub(super) slices: Vec<Option<Vec<Slice>>>,
}

/// The link's studies, or those of them that are asked for.
pub(super) async fn named(archive: &Archive, holder: &Holder, studies: &[StudyUid]) -> Result<Vec<Named>, Error> {
    let who = &holder.principal;
    let (mut left, mut out) = (MAX_NAMED, vec![]);
    for contents in archive.contents(who, studies).await? {
        let mut slices = vec![];
        for (found, _) in &contents.series {
            let expected = count(found, tags::NUMBER_OF_SERIES_RELATED_INSTANCES).unwrap_or(u64::MAX);
            let series = found.series.as_ref().filter(|_| expected <= left as u64);
            let listed = match series {
                Some(series) => Some(archive.slices(who, &contents.study.study, series).await?),
                None => None,
            };
            left = left.saturating_sub(listed.as_ref().map_or(0, Vec::len));
            slices.push(listed);
        }
        out.push(Named { contents, slices });
    }
    Ok(out)
}

/// Patients, studies, and the DICOMweb service below `origin` with the token that it takes.
pub(super) fn file(origin: &str, shared: &Shared, studies: &[Named]) -> Value {
    let services = services(origin, shared);
    let at: Vec<Value> = services.iter().map(|(urn, _)| reference(urn)).collect();
    let mut entries: Vec<(String, Value)> = vec![];
    for study in studies {
        let (who, resource) = patient(&study.contents.study.attributes);
        let subject = subject(&who, &resource);
        if !entries.iter().any(|(urn, _)| *urn == who) {
            entries.push((who, resource));
        }
        entries
            .push((urn(&["ImagingStudy", study.contents.study.study.as_str()]), imaging_study(study, &subject, &at)));
    }
    entries.extend(services);
    bundle(entries)
}

/// The DICOMweb service, once for each of its parts that FHIR has a code for.
fn services(origin: &str, shared: &Shared) -> Vec<(String, Value)> {
    let until = day_and_time(shared.until_ms);
    let of = |code: &str| {
        let resource = object([
            ("resourceType", Some("Endpoint".into())),
            ("status", Some("active".into())),
            (
                "connectionType",
                Some(json!({
                    "system": "http://terminology.hl7.org/CodeSystem/endpoint-connection-type", "code": code,
                })),
            ),
            ("period", until.clone().map(|end| json!({ "end": end }))),
            ("payloadType", Some(json!([{ "text": "DICOM" }]))),
            ("payloadMimeType", Some(json!(["application/dicom"]))),
            ("address", Some(format!("{origin}/s/dicomweb").into())),
            ("header", Some(json!([format!("Authorization: Bearer {}", shared.bearer)]))),
        ]);
        (urn(&["Endpoint", code]), resource)
    };
    ["dicom-wado-rs", "dicom-qido-rs"].into_iter().map(of).collect()
}

fn imaging_study(study: &Named, subject: &Value, at: &[Value]) -> Value {
    let Match { attributes, study: id, .. } = &study.contents.study;
    let of = |tag| attributes.text(tag).unwrap_or_default();
    let accession = text(of(tags::ACCESSION_NUMBER)).map(|number| {
        json!({
            "type": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "ACSN" }] },
            "value": number,
        })
    });
    let modalities = attributes.texts(tags::MODALITIES_IN_STUDY).iter().filter_map(|code| modality(code));
    let series = study.contents.series.iter().zip(&study.slices);
    object([
        ("resourceType", Some("ImagingStudy".into())),
        ("identifier", list(std::iter::once(uid(id.as_str())).chain(accession).collect())),
        ("status", Some("available".into())),
        ("modality", list(modalities.collect())),
        ("subject", Some(subject.clone())),
        ("started", day(of(tags::STUDY_DATE))),
        ("endpoint", list(at.to_vec())),
        ("numberOfSeries", count(&study.contents.study, tags::NUMBER_OF_STUDY_RELATED_SERIES).map(Value::from)),
        ("numberOfInstances", count(&study.contents.study, tags::NUMBER_OF_STUDY_RELATED_INSTANCES).map(Value::from)),
        ("description", text(of(tags::STUDY_DESCRIPTION))),
        ("series", list(series.filter_map(|((found, _), slices)| self::series(found, slices.as_deref())).collect())),
    ])
}

fn series(found: &Match, slices: Option<&[Slice]>) -> Option<Value> {
    let of = |tag| found.attributes.text(tag).unwrap_or_default();
    let instances = slices.unwrap_or_default().iter().filter_map(instance).collect();
    // a series must have one: `OT` is the Standard's word for any other (PS3.3 C.7.3.1.1.1)
    let own = modality(of(tags::MODALITY)).or_else(|| modality("OT"));
    Some(object([
        ("uid", Some(found.series.as_ref().map(SeriesUid::as_str)?.into())),
        ("number", count(found, tags::SERIES_NUMBER).map(Value::from)),
        ("modality", own),
        ("description", text(of(tags::SERIES_DESCRIPTION))),
        ("numberOfInstances", count(found, tags::NUMBER_OF_SERIES_RELATED_INSTANCES).map(Value::from)),
        ("bodySite", text(of(tags::BODY_PART_EXAMINED)).map(|part| json!({ "display": part }))),
        ("instance", list(instances)),
    ]))
}

fn instance(slice: &Slice) -> Option<Value> {
    let number = slice.number.and_then(|number| u32::try_from(number).ok());
    Some(object([
        ("uid", Some(slice.instance.as_str().into())),
        ("sopClass", Some(class(slice.class.as_ref()?))),
        ("number", number.filter(|number| *number <= MAX_UNSIGNED).map(Value::from)),
    ]))
}

/// The largest `unsignedInt`.
const MAX_UNSIGNED: u32 = i32::MAX as u32;

/// A number that is one and not below zero.
fn count(found: &Match, tag: imaging_domain::Tag) -> Option<u64> {
    let text = found.attributes.text(tag).map(str::trim).and_then(|text| text.parse().ok());
    let number = found.attributes.int(tag).or(text)?;
    u64::try_from(number).ok().filter(|number| *number <= MAX_UNSIGNED.into())
}

/// A moment (`dateTime`), UTC.
fn day_and_time(at_ms: i64) -> Option<Value> {
    let at = jiff::Timestamp::from_millisecond(at_ms).ok()?;
    Some(at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into())
}
