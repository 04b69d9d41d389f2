use super::*;
use crate::{Error, data_set_in_json, data_set_in_xml};
use imaging_domain::json;

const CT: &str = "1.2.840.10008.5.1.4.1.1.2";

fn named(uid: &str) -> Named {
    (SopClassUid::parse(CT).unwrap(), InstanceUid::parse(uid).unwrap())
}

fn study(uid: &str) -> StudyUid {
    StudyUid::parse(uid).unwrap()
}

fn series(uid: &str) -> SeriesUid {
    SeriesUid::parse(uid).unwrap()
}

fn request(instance: &str) -> String {
    format!(
        r#"{{"00081199":{{"vr":"SQ","Value":[{{"00081150":{{"vr":"UI","Value":["{CT}"]}},
            "00081155":{{"vr":"UI","Value":["{instance}"]}}}}]}}}}"#
    )
}

fn read(json: &str) -> Result<Referenced, Error> {
    asked_about(&data_set_in_json(json.as_bytes())?)
}

#[test]
fn a_request_is_one_data_set_or_an_array_of_it() {
    let expected = vec![Reference::Instance(named("1.4"))];
    assert_eq!(read(&request("1.4")).unwrap(), expected);
    assert_eq!(read(&format!("[{}]", request("1.4"))).unwrap(), expected);
    let item = |tag: &str, uid: &str| {
        format!(r#"<DicomAttribute tag="{tag}" vr="UI"><Value number="1">{uid}</Value></DicomAttribute>"#)
    };
    let xml = format!(
        r#"<NativeDicomModel><DicomAttribute tag="00081199" vr="SQ"><Item number="1">{}{}</Item></DicomAttribute></NativeDicomModel>"#,
        item("00081150", CT),
        item("00081155", "1.4")
    );
    assert_eq!(asked_about(&data_set_in_xml(xml.as_bytes()).unwrap()).unwrap(), expected);
}

#[test]
fn what_names_nothing_is_refused() {
    let both = format!("[{0},{0}]", request("1.4"));
    let no_study = r#"{"00081110":{"vr":"SQ","Value":[{}]}}"#;
    let no_series = r#"{"00081110":{"vr":"SQ","Value":[{"0020000D":{"vr":"UI","Value":["1.2"]},
        "00081115":{"vr":"SQ","Value":[{}]}}]}}"#;
    let wrong = request("no uid");
    for text in ["", "[]", "{}", "7", &both, no_study, no_series, &wrong] {
        assert!(read(text).is_err(), "{text}");
    }
}

#[test]
fn each_instance_is_in_one_of_the_sequences() {
    let found = [(Reference::Instance(named("1.4")), None), (Reference::Instance(named("1.5")), Some(0x0112))];
    let answer = json::to_json(&commitment_response(&found), &|_, _| None);
    assert_eq!(answer["00081199"]["Value"][0]["00081155"]["Value"][0], "1.4");
    assert_eq!(answer["00081198"]["Value"][0]["00081155"]["Value"][0], "1.5");
    assert_eq!(answer["00081198"]["Value"][0]["00081197"]["Value"][0], 0x0112);
    let all = json::to_json(&commitment_response(&found[..1]), &|_, _| None);
    assert!(all.get("00081198").is_none() && all.get("00081110").is_none());
}

#[test]
fn studies_are_answered_as_they_are_asked_about() {
    let within = |uid: &str| Reference::Within(study("1.2"), series("1.3"), named(uid));
    let asked = vec![
        Reference::Instance(named("1.9")),
        within("1.4"),
        within("1.5"),
        Reference::Series(study("1.2"), series("1.33")),
        Reference::Study(study("1.22")),
    ];
    let committed: Vec<_> = asked.iter().map(|one| (one.clone(), None)).collect();
    let answer = json::to_json(&commitment_response(&committed), &|_, _| None);
    // what is answered is a request for the same
    assert_eq!(read(&answer.to_string()).unwrap(), asked);
    let failed: Vec<_> = asked.into_iter().map(|one| (one, Some(0x0112))).collect();
    let answer = json::to_json(&commitment_response(&failed), &|_, _| None);
    let studies = &answer["0008119B"]["Value"];
    let instances = &studies[0]["00081115"]["Value"][0]["00081112"]["Value"][0]["0008114A"]["Value"];
    assert_eq!(
        (&instances[1]["00081155"]["Value"][0], &instances[1]["00081197"]["Value"][0]),
        (&"1.5".into(), &0x0112.into())
    );
    assert_eq!(studies[1]["00081115"]["Value"][0]["00081197"]["Value"][0], 0x0112);
    assert_eq!(
        (&studies[2]["0020000D"]["Value"][0], &studies[2]["00081197"]["Value"][0]),
        (&"1.22".into(), &0x0112.into())
    );
    assert!(answer.get("00081110").is_none());
}
