//! `GET /s/api/link`: what a link opens, at a glance.

use super::{App, refusal::Refusal, session::Known};
use archive::{Availability, StudyContents};
use axum::{Json, extract::State};
use catalog::Match;
use imaging_domain::{Allowed, DataSet, Instance, PersonName, tags};
use serde_json::{Value, json};
use std::collections::HashMap;
use study_links::Holder;

/// Classes of storage that are not images (PS3.4 table B.5-1), by what their arc begins with.
const STORAGE: &str = "1.2.840.10008.5.1.4.1.1.";
const KINDS: [(&str, &str); 8] = [
    ("88.59", "key_images"),
    ("88.", "report"),
    ("104.", "document"),
    ("11.", "state"),
    ("66.", "other"),
    ("67", "other"),
    ("9.", "other"),
    ("481.", "other"),
];

/// The link, its person and its studies, the latest first.
pub(super) async fn link(State(app): State<App>, Known(holder): Known) -> Result<Json<Value>, Refusal> {
    Ok(Json(of(&app, &holder).await?))
}

/// The same, for whoever has just opened it.
pub(super) async fn of(app: &App, holder: &Holder) -> Result<Value, Refusal> {
    let link = &holder.link;
    let studies = app.archive.contents(&holder.principal, &link.studies).await?;
    let subjects = app.links.subjects(&holder.principal, &link.studies).await?;
    let hospitals: HashMap<&str, &str> =
        subjects.iter().map(|subject| (subject.study.as_str(), subject.hospital.as_str())).collect();
    let missing = link.studies.len().saturating_sub(studies.len());
    let patient = studies.first().map(|one| patient(&one.study.attributes));
    let studies: Vec<Value> =
        studies.iter().map(|one| study(one, hospitals.get(one.study.study.as_str()).copied())).collect();
    Ok(json!({
        "expires": jiff::Timestamp::from_millisecond(link.expires_ms).map(|at| at.to_string()).unwrap_or_default(),
        "download": link.allowed == Allowed::Download,
        "professional": app.has_viewer,
        "language": (!link.language.is_empty()).then_some(&link.language),
        "notice": app.config.notice,
        "patient": patient,
        // studies that the region no longer holds
        "missing": missing,
        "studies": studies,
    }))
}

fn patient(attributes: &DataSet) -> Value {
    let text = |tag| attributes.text(tag).unwrap_or_default();
    let name = PersonName::parse(text(tags::PATIENT_NAME));
    json!({
        "alphabetic": name.alphabetic,
        "ideographic": name.ideographic,
        "phonetic": name.phonetic,
        "birth_date": text(tags::PATIENT_BIRTH_DATE),
        "sex": text(tags::PATIENT_SEX),
    })
}

fn study(one: &StudyContents, hospital: Option<&str>) -> Value {
    let text = |tag| one.study.attributes.text(tag).unwrap_or_default();
    json!({
        "uid": one.study.study.as_str(),
        "date": text(tags::STUDY_DATE),
        "time": text(tags::STUDY_TIME),
        "description": text(tags::STUDY_DESCRIPTION),
        "modalities": one.study.attributes.texts(tags::MODALITIES_IN_STUDY),
        "hospital": hospital,
        "available": one.availability != Availability::Offline,
        "series": one.series.iter().map(|(found, middle)| series(found, middle)).collect::<Vec<_>>(),
    })
}

fn series(found: &Match, middle: &Instance) -> Value {
    let text = |tag| found.attributes.text(tag).unwrap_or_default();
    let number = |tag| found.attributes.int(tag).or_else(|| text(tag).trim().parse().ok());
    json!({
        "uid": found.series.as_ref().map(|series| series.as_str()),
        "number": number(tags::SERIES_NUMBER),
        "modality": text(tags::MODALITY),
        "description": text(tags::SERIES_DESCRIPTION),
        "body_part": text(tags::BODY_PART_EXAMINED),
        "instances": number(tags::NUMBER_OF_SERIES_RELATED_INSTANCES),
        "kind": kind(middle),
        // the instance in the middle, which the page begins with
        "first": {
            "uid": middle.uid.as_str(),
            "frames": middle.frames.max(1),
            "rows": middle.attributes.int(tags::ROWS),
            "columns": middle.attributes.int(tags::COLUMNS),
        },
    })
}

fn kind(instance: &Instance) -> &'static str {
    let arc = instance.sop_class.as_ref().and_then(|class| class.as_str().strip_prefix(STORAGE));
    let Some(arc) = arc else { return "other" };
    KINDS.iter().find(|(start, _)| arc.starts_with(start)).map_or("images", |(_, kind)| kind)
}
