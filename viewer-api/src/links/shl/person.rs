//! A patient as FHIR.

use super::fhir::{day, list, object, reference, text, urn};
use imaging_domain::{DataSet, PersonName, tags};
use serde_json::{Value, json};

/// How a name is written (ISO 21090): letters, ideographs, sounds.
const WRITTEN: &str = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";

/// The name of the record within a bundle, and the record. One hospital's record is one patient; that two are of one person
/// is said by the link, not by us.
pub(super) fn patient(attributes: &DataSet) -> (String, Value) {
    let of = |tag| attributes.text(tag).unwrap_or_default();
    let (id, issuer, born, sex) =
        (of(tags::PATIENT_ID), of(tags::ISSUER_OF_PATIENT_ID), of(tags::PATIENT_BIRTH_DATE), of(tags::PATIENT_SEX));
    let names = names(&PersonName::parse(of(tags::PATIENT_NAME)));
    let urn = urn(&["Patient", id, issuer, of(tags::PATIENT_NAME), born, sex]);
    let assigner = text(issuer).map(|issuer| json!({ "display": issuer }));
    let identifier = text(id).map(|id| vec![object([("value", Some(id)), ("assigner", assigner)])]);
    let gender = match sex.trim() {
        "M" => "male",
        "F" => "female",
        "O" => "other",
        _ => "unknown",
    };
    let resource = object([
        ("resourceType", Some("Patient".into())),
        ("identifier", identifier.and_then(list)),
        ("name", list(names)),
        ("gender", Some(gender.into())),
        ("birthDate", day(born)),
    ]);
    (urn, resource)
}

/// To a patient of the bundle, with the name to show.
pub(super) fn subject(urn: &str, resource: &Value) -> Value {
    let mut to = reference(urn);
    if let Some(shown) = resource["name"][0]["text"].as_str() {
        to["display"] = shown.into();
    }
    to
}

fn names(name: &PersonName) -> Vec<Value> {
    let forms = [("ABC", &name.alphabetic, " "), ("IDE", &name.ideographic, ""), ("SYL", &name.phonetic, " ")];
    forms.into_iter().filter_map(|(code, form, between)| one(code, form, between)).collect()
}

/// One component group (PS3.5 6.2.1): family, given, middle, prefix, suffix.
fn one(code: &str, form: &str, between: &str) -> Option<Value> {
    let parts: Vec<&str> = form.split('^').map(str::trim).collect();
    let part = |place: usize| parts.get(place).and_then(|part| text(part));
    let spoken = [3, 0, 1, 2, 4].into_iter().filter_map(|place| parts.get(place).filter(|part| !part.is_empty()));
    let spoken: Vec<&str> = spoken.copied().collect();
    let shown = text(&spoken.join(between))?;
    let given = [1, 2].into_iter().filter_map(part).collect();
    let whole = object([
        ("extension", Some(json!([{ "url": WRITTEN, "valueCode": code }]))),
        ("use", Some("official".into())),
        ("text", Some(shown)),
        ("family", part(0)),
        ("given", list(given)),
        ("prefix", part(3).map(|prefix| json!([prefix]))),
        ("suffix", part(4).map(|suffix| json!([suffix]))),
    ]);
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging_domain::VR;

    #[test]
    fn all_forms_of_a_name_and_nothing_that_is_missing() {
        let mut attributes = DataSet::new();
        attributes.put_text(tags::PATIENT_NAME, VR::PN, "Wang^Fang^^Dr=王^芳");
        attributes.put_text(tags::PATIENT_ID, VR::LO, "P-1");
        attributes.put_text(tags::PATIENT_BIRTH_DATE, VR::DA, "1961");
        let (_, resource) = patient(&attributes);
        let names = resource["name"].as_array().unwrap();
        assert_eq!(
            names[0],
            json!({
                "extension": [{ "url": WRITTEN, "valueCode": "ABC" }], "use": "official", "text": "Dr Wang Fang",
                "family": "Wang", "given": ["Fang"], "prefix": ["Dr"],
            })
        );
        assert_eq!((&names[1]["text"], names.len()), (&json!("王芳"), 2));
        assert_eq!(resource["identifier"], json!([{ "value": "P-1" }]));
        assert_eq!((&resource["gender"], resource.get("birthDate")), (&json!("unknown"), None));
        let (_, nobody) = patient(&DataSet::new());
        assert_eq!(nobody, json!({ "resourceType": "Patient", "gender": "unknown" }));
    }
}
