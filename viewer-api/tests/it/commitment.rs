//! Storage commitment over the web: what is promised is what is on the disk of whoever asks.

use crate::{
    hub::{Hub, limits, machine, site},
    store::{PARTS, file, parts},
};
use archive::HoldingLimits;
use axum::{body::Body, http::Request};
use imaging_domain::{Principal, Role};
use serde_json::{Value as Json, json};
use std::{fs, path::Path};

const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
const SR: &str = "1.2.840.10008.5.1.4.1.1.88.33";
const JSON: [(&str, &str); 1] = [("content-type", "application/dicom+json")];

fn wanted(instances: &[(&str, &str)]) -> String {
    let uid = |uid: &str| json!({ "vr": "UI", "Value": [uid] });
    let item = |(class, instance): &(&str, &str)| json!({ "00081150": uid(class), "00081155": uid(instance) });
    json!({ "00081199": { "vr": "SQ", "Value": instances.iter().map(item).collect::<Vec<Json>>() } }).to_string()
}

async fn stored(hub: &Hub, instances: &[&str]) {
    let files: Vec<_> = instances.iter().map(|instance| file(CT, "1.2", instance, instance)).collect();
    assert_eq!(hub.post("/studies", PARTS, parts(&files)).await.status, 200);
}

/// Changes a byte of every file below a folder that has a text.
#[allow(clippy::disallowed_methods, reason = "files that the test itself stored")]
fn damage(folder: &Path, text: &[u8]) -> usize {
    let mut damaged = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            damaged += damage(&path, text);
            continue;
        }
        let mut bytes = fs::read(&path).unwrap();
        if let Some(at) = bytes.windows(text.len()).position(|window| window == text) {
            bytes[at] ^= 1;
            fs::write(&path, bytes).unwrap();
            damaged += 1;
        }
    }
    damaged
}

#[tokio::test]
async fn what_is_read_back_is_committed_and_the_rest_says_why_not() {
    let hub = Hub::new().await;
    stored(&hub, &["1.4", "1.5", "1.6.77"]).await;
    assert_eq!(damage(&hub.folder.path().join("holding"), b"1.6.77"), 1);
    let asked = wanted(&[(CT, "1.4"), (CT, "1.6.77"), (SR, "1.5"), (CT, "1.99"), (CT, "1.5")]);
    let told = hub.post("/commitment-requests/2.25.7", "application/dicom+json", asked.clone()).await;
    assert_eq!((told.status, told.content_type.as_str()), (200, "application/dicom+json"));
    assert_eq!(told.stored(), [("1.4".to_owned(), None), ("1.5".to_owned(), None)]);
    let failed = [("1.6.77", Some(0x0110)), ("1.5", Some(0x0119)), ("1.99", Some(0x0112))];
    assert_eq!(told.failed(), failed.map(|(uid, code)| (uid.to_owned(), code)));

    // the result can be asked for, by whoever asked, and the same request is no second one
    let path = "/commitment-requests/2.25.7";
    let get = |who| hub.ask(who, Request::get(format!("/dicomweb{path}")).body(Body::empty()).unwrap());
    let machine = machine();
    let again = get(&machine).await;
    assert_eq!((again.status, again.body), (200, told.body.clone()));
    assert_eq!(get(&Principal::SiteMachine { site: site("centre"), name: "mr".into() }).await.status, 404);
    let same = hub.post(path, "application/json", asked.clone()).await;
    assert_eq!((same.status, same.body), (200, told.body));
    let other = hub.post(path, "application/dicom+json", wanted(&[(CT, "1.4")])).await;
    assert_eq!((other.status, other.content_type.as_str()), (409, "application/problem+json"));
    // what is brought again repairs what was damaged, and the next look sees it
    stored(&hub, &["1.6.77", "1.99"]).await;
    let repaired = hub.post(path, "application/dicom+json", asked).await;
    assert_eq!((repaired.status, repaired.stored().len()), (200, 4));
    assert_eq!(repaired.failed(), [("1.5".to_owned(), Some(0x0119))]);

    let options = Request::options(format!("/dicomweb{path}")).body(Body::empty()).unwrap();
    let told = hub.ask(&machine, options).await;
    let text = String::from_utf8_lossy(&told.body).into_owned();
    assert!(text.contains("requestCommitment") && text.contains("checkCommitment"), "{text}");
    assert_eq!(hub.get("/commitment-requests/2.25.8", "application/dicom+json").await.status, 404);
}

fn uid(uid: &str) -> Json {
    json!({ "vr": "UI", "Value": [uid] })
}

fn sequence(items: &[Json]) -> Json {
    json!({ "vr": "SQ", "Value": items })
}

/// A study, or these series of it.
fn study(of: &str, series: &[Json]) -> Json {
    match series {
        [] => json!({ "0020000D": uid(of) }),
        all => json!({ "0020000D": uid(of), "00081115": sequence(all) }),
    }
}

/// An instance of a series.
fn within(of: &str, instance: &str) -> Json {
    let instances = sequence(&[json!({ "00081155": uid(instance) })]);
    let classes = sequence(&[json!({ "00081150": uid(CT), "0008114A": instances })]);
    json!({ "0020000E": uid(of), "00081112": classes })
}

/// The instances of the first series of the first study of a sequence, with their reasons.
fn instances(told: &Json, tag: &str) -> Vec<(String, Option<u64>)> {
    let classes = &told[tag]["Value"][0]["00081115"]["Value"][0]["00081112"]["Value"][0];
    let all = classes["0008114A"]["Value"].as_array().cloned().unwrap_or_default();
    let one = |item: &Json| {
        (item["00081155"]["Value"][0].as_str().unwrap().to_owned(), item["00081197"]["Value"][0].as_u64())
    };
    all.iter().map(one).collect()
}

#[tokio::test]
async fn whole_studies_and_series_are_asked_about() {
    let hub = Hub::new().await;
    stored(&hub, &["1.4", "1.5.88", "1.6"]).await;
    assert_eq!(damage(&hub.folder.path().join("holding"), b"1.5.88"), 1);
    let found = hub.get("/studies/1.2/series", "application/dicom+json").await.json();
    let series = found[0]["0020000E"]["Value"][0].as_str().unwrap().to_owned();
    let ask = async |transaction: &str, studies: &[Json]| {
        let asked = json!({ "00081110": sequence(studies) }).to_string();
        let told = hub.post(&format!("/commitment-requests/{transaction}"), "application/dicom+json", asked).await;
        assert_eq!(told.status, 200, "{:?}", told.body);
        told.json()
    };
    let kept = [("1.4".to_owned(), None), ("1.6".to_owned(), None)];
    let damaged = [("1.5.88".to_owned(), Some(0x0110))];
    for (transaction, asked) in
        [("2.25.1", study("1.2", &[])), ("2.25.2", study("1.2", &[json!({ "0020000E": uid(&series) })]))]
    {
        let told = ask(transaction, &[asked]).await;
        assert_eq!(instances(&told, "00081110"), kept);
        assert_eq!(instances(&told, "0008119B"), damaged);
        assert!(told["00081199"].is_null() && told["00081198"].is_null());
    }
    let some = study("1.2", &[within(&series, "1.4"), within("1.99", "1.6")]);
    let told = ask("2.25.3", &[some, study("1.77", &[])]).await;
    assert_eq!(instances(&told, "00081110"), kept[..1]);
    assert_eq!(instances(&told, "0008119B"), [("1.6".to_owned(), Some(0x0112))], "it is in another series");
    let nothing = &told["0008119B"]["Value"][1];
    assert_eq!((&nothing["0020000D"]["Value"][0], &nothing["00081197"]["Value"][0]), (&"1.77".into(), &0x0112.into()));
}

#[tokio::test]
async fn requests_and_answers_may_be_xml() {
    let hub = Hub::new().await;
    stored(&hub, &["1.4"]).await;
    let uid = |tag: &str, uid: &str| {
        format!(r#"<DicomAttribute tag="{tag}" vr="UI"><Value number="1">{uid}</Value></DicomAttribute>"#)
    };
    let item = [uid("00081150", CT), uid("00081155", "1.4")].concat();
    let body = format!(
        r#"<NativeDicomModel><DicomAttribute tag="00081199" vr="SQ"><Item number="1">{item}</Item></DicomAttribute></NativeDicomModel>"#
    );
    let headers = [("content-type", "application/dicom+xml"), ("accept", "application/dicom+xml")];
    let told = hub.post_as(&machine(), "/commitment-requests/2.25.7", &headers, body).await;
    assert_eq!((told.status, told.content_type.as_str()), (200, "application/dicom+xml"));
    let text = String::from_utf8_lossy(&told.body).into_owned();
    assert!(text.contains("tag=\"00081199\"") && text.contains("<Value number=\"1\">1.4</Value>"), "{text}");
}

#[tokio::test]
async fn what_is_no_request_is_refused() {
    let hub = Hub::new().await;
    let study = r#"{"00081110":{"vr":"SQ","Value":[{}]}}"#.to_owned();
    let long = " ".repeat((8 << 20) + 1);
    for (uid, content_type, body, status) in [
        ("2.25.1", "application/dicom+json", "{}".to_owned(), 400),
        ("2.25.1", "application/dicom+json", "[".to_owned(), 400),
        ("2.25.1", "application/dicom+json", study, 400),
        ("2.25.1", "application/dicom+json", long, 413),
        ("2.25.1", "application/dicom", String::new(), 415),
        ("2.25.1", "text/plain", wanted(&[(CT, "1.4")]), 415),
        ("2.25.1", PARTS, wanted(&[(CT, "1.4")]), 415),
        (&"1".repeat(65), "application/dicom+json", wanted(&[(CT, "1.4")]), 400),
    ] {
        let told = hub.post(&format!("/commitment-requests/{uid}"), content_type, body).await;
        assert_eq!((told.status, told.content_type.as_str()), (status, "application/problem+json"), "{content_type}");
    }
    let headers = [JSON[0], ("accept", "image/png")];
    let told = hub.post_as(&machine(), "/commitment-requests/2.25.1", &headers, wanted(&[(CT, "1.4")])).await;
    assert_eq!(told.status, 406);
}

#[tokio::test]
async fn whoever_may_store_may_ask_and_of_its_own_alone() {
    let hub = Hub::new().await;
    stored(&hub, &["1.4"]).await;
    let user = |role| Principal::User { name: "somebody".into(), role };
    let elsewhere = Principal::SiteMachine { site: site("elsewhere"), name: "ct".into() };
    for (who, status) in [
        (machine(), 200),
        (Principal::Site(site("centre")), 200),
        (user(Role::Radiologist), 200),
        (user(Role::Technician), 200),
        (user(Role::Auditor), 403),
        (user(Role::Operator), 403),
        (Principal::Machine("reader".into()), 403),
        (elsewhere, 403),
        (Principal::Anonymous, 401),
    ] {
        let told = hub.post_as(&who, "/commitment-requests/2.25.7", &JSON, wanted(&[(CT, "1.4")])).await;
        assert_eq!(told.status, status, "{who:?}");
    }
    // a place among those who store is given back
    let one = Hub::with(HoldingLimits { at_once: 1, ..limits() }, 0, 0).await;
    for number in 1..=3 {
        let path = format!("/commitment-requests/2.25.{number}");
        let told = one.post(&path, "application/dicom+json", wanted(&[(CT, "1.4")])).await;
        assert_eq!((told.status, told.failed().len()), (200, 1));
    }
}
