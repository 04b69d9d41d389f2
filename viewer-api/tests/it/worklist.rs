//! The region's worklist by HTTP: what is asked, what is answered (PS3.18 chapter 11).

use crate::hub::{Hub, Told};
use axum::{body::Body, http::Request};
use imaging_domain::{Principal, Role};
use serde_json::{Value as Json, json};

pub const JSON: &str = "application/dicom+json";
const STUDY_AT_WORK: &str = "1.2.3";

pub fn reader() -> Principal {
    Principal::Machine("reader".into())
}

fn one(vr: &str, value: &str) -> Json {
    json!({ "vr": vr, "Value": [value] })
}

/// A step to be made, on a list of this name.
pub fn step(list: &str, name: &str) -> Json {
    json!({
        "00741000": one("CS", "SCHEDULED"), "00741200": one("CS", "MEDIUM"), "00741204": one("LO", "Read CT"),
        "00741202": one("LO", list), "00404005": one("DT", "20261127083000"), "00404041": one("CS", "READY"),
        "0020000D": one("UI", STUDY_AT_WORK),
        "00100010": { "vr": "PN", "Value": [{ "Alphabetic": name }] },
    })
}

pub fn state(word: &str, transaction: &str) -> Json {
    json!({ "00741000": one("CS", word), "00081195": one("UI", transaction) })
}

fn performed() -> Json {
    let code = json!({ "vr": "SQ", "Value": [{ "00080100": one("SH", "X"), "00080102": one("SH", "99T") }] });
    let item =
        json!({ "00404028": code, "00404050": one("DT", "2026"), "00404051": one("DT", "2026"), "00404019": code });
    json!({ "00741216": { "vr": "SQ", "Value": [item] } })
}

pub async fn send(hub: &Hub, method: &str, path: &str, body: &Json) -> Told {
    let request = Request::builder().method(method).uri(format!("/dicomweb{path}")).header("host", "hub.example");
    let request = match body {
        Json::Null => request.body(Body::empty()),
        body => request.header("content-type", JSON).body(body.to_string().into()),
    };
    hub.ask(&reader(), request.unwrap()).await
}

pub async fn made(hub: &Hub, uid: &str, list: &str) {
    let told = send(hub, "POST", &format!("/workitems?workitem={uid}"), &step(list, "WANG^FANG")).await;
    assert_eq!(told.status, 201, "{:?}", told.body);
}

/// What is warned of, without whose warning it is.
fn warning(told: &Told) -> &str {
    told.header("warning").split('"').nth(1).unwrap_or_default()
}

#[tokio::test]
async fn a_step_is_made_and_read() {
    let hub = Hub::new().await;
    let told = send(&hub, "POST", "/workitems?2.25.1", &step("CT", "WANG^FANG")).await;
    assert_eq!((told.status, told.body.len()), (201, 0));
    let place = "http://hub.example/dicomweb/workitems/2.25.1";
    assert_eq!((told.header("location"), told.header("content-location")), (place, place));
    assert_eq!(warning(&told), "The Workitem was created with modifications.");
    assert_eq!(send(&hub, "POST", "/workitems?2.25.1", &step("CT", "WANG^FANG")).await.status, 409);

    let told = hub.get("/workitems/2.25.1", JSON).await;
    assert_eq!((told.status, told.content_type.as_str()), (200, JSON));
    assert_eq!(
        (told.json().as_array().unwrap().len(), &told.json()[0]["00741000"]["Value"][0]),
        (1, &"SCHEDULED".into())
    );
    assert_eq!(told.header("cache-control"), "no-store, private");
    let told = hub.get("/workitems/2.25.1", "application/dicom+xml").await;
    assert!(String::from_utf8_lossy(&told.body).contains("<NativeDicomModel"));
}

#[tokio::test]
async fn a_step_is_taken_on_changed_and_done() {
    let hub = Hub::new().await;
    made(&hub, "2.25.1", "CT").await;
    let comment = json!({ "00400400": one("LT", "bring priors") });
    let put = async |path: &str, body: &Json| send(&hub, "PUT", path, body).await;
    let post = async |path: &str, body: &Json| send(&hub, "POST", path, body).await;
    assert_eq!(post("/workitems/2.25.1", &comment).await.status, 200);
    assert_eq!(put("/workitems/2.25.1/state", &state("IN PROGRESS", "2.25.7")).await.status, 200);
    for (path, words) in [
        ("/workitems/2.25.1", "The Transaction UID is missing."),
        ("/workitems/2.25.1?transaction=2.25.8", "The Transaction UID is incorrect."),
    ] {
        let told = post(path, &comment).await;
        assert_eq!((told.status, warning(&told)), (400, words));
        assert_eq!(told.content_type, "application/problem+json");
    }
    assert_eq!(post("/workitems/2.25.1?2.25.7", &comment).await.status, 200);
    let early = put("/workitems/2.25.1/state", &state("COMPLETED", "2.25.7")).await;
    let inconsistent = "The submitted request is inconsistent with the state of the UPS Instance.";
    assert_eq!((early.status, warning(&early)), (409, inconsistent));
    assert_eq!(post("/workitems/2.25.1?transaction=2.25.7", &performed()).await.status, 200);
    let done = async || put("/workitems/2.25.1/state", &state("COMPLETED", "2.25.7")).await;
    assert_eq!(warning(&done().await), "");
    let again = done().await;
    assert_eq!((again.status, warning(&again)), (200, "The UPS is already in the requested state of COMPLETED."));
    let late = post("/workitems/2.25.1?transaction=2.25.7", &comment).await;
    let words = "The submitted request is inconsistent with the current state of the Workitem.";
    assert_eq!((late.status, warning(&late)), (409, words));
    let late = post("/workitems/2.25.1/cancelrequest", &Json::Null).await;
    assert_eq!((late.status, warning(&late)), (409, "The UPS is already COMPLETED."));
    assert!(hub.get("/workitems/2.25.1", JSON).await.json()[0]["00081195"].is_null());
}

#[tokio::test]
async fn what_cannot_be_says_so() {
    let hub = Hub::new().await;
    made(&hub, "2.25.1", "CT").await;
    let xml = Request::post("/dicomweb/workitems").header("content-type", "text/xml").body("<a/>".into()).unwrap();
    assert_eq!(hub.ask(&reader(), xml).await.status, 415);
    for (method, path, body, status) in [
        ("POST", "/workitems", json!({}), 400),
        ("POST", "/workitems", Json::Null, 400),
        ("POST", "/workitems?workitem=no%20uid", step("CT", "A"), 400),
        ("POST", "/workitems", json!({ "00400400": { "vr": "LT", "Value": ["x".repeat(300_000)] } }), 413),
        ("GET", "/workitems/2.25.9", Json::Null, 404),
        ("POST", "/workitems/2.25.9", json!({ "00400400": one("LT", "x") }), 404),
        ("PUT", "/workitems/2.25.9/state", state("IN PROGRESS", "2.25.7"), 404),
        ("PUT", "/workitems/2.25.1/state", state("DONE", "2.25.7"), 400),
        ("POST", "/workitems/2.25.9/cancelrequest", Json::Null, 404),
        ("POST", "/workitems/2.25.1/cancelrequest?requester=SEVENTEEN_LETTERS", Json::Null, 400),
        ("POST", "/workitems/2.25.9/subscribers/RIS", Json::Null, 404),
        ("POST", "/workitems/2.25.1/subscribers/SEVENTEEN_LETTERS", Json::Null, 400),
        ("POST", "/workitems/2.25.1/subscribers/RIS?deletionlock=perhaps", Json::Null, 400),
        ("POST", "/workitems/2.25.1/subscribers/RIS?WorklistLabel=CT", Json::Null, 400),
        ("DELETE", "/workitems/2.25.1/subscribers/RIS", Json::Null, 404),
        ("POST", "/workitems/2.25.1/subscribers/RIS/suspend", Json::Null, 400),
        ("POST", "/workitems/1.2.840.10008.5.1.4.34.5/subscribers/RIS/suspend", Json::Null, 404),
        ("POST", "/workitems/1.2.840.10008.5.1.4.34.5.1/subscribers/RIS", Json::Null, 400),
        ("POST", "/workitems/1.2.840.10008.5.1.4.34.5.1/subscribers/RIS?filter=Nonsense%3D1", Json::Null, 400),
        ("GET", "/subscribers/RIS", Json::Null, 400),
        ("PUT", "/workitems/2.25.1", Json::Null, 405),
    ] {
        let told = send(&hub, method, path, &body).await;
        assert_eq!(told.status, status, "{method} {path} {:?}", told.body);
        assert_eq!(told.content_type, "application/problem+json", "{method} {path}");
    }
}

#[tokio::test]
async fn who_may_not_is_told_before_anything_is_read() {
    let hub = Hub::new().await;
    for role in [Role::Operator, Role::Auditor] {
        let who = Principal::User { name: "somebody".into(), role };
        let request = Request::get("/dicomweb/workitems").body(Body::empty()).unwrap();
        assert_eq!(hub.ask(&who, request).await.status, 403);
    }
    for method in ["GET", "POST"] {
        let request = Request::builder().method(method).uri("/dicomweb/workitems").body("{".into()).unwrap();
        assert_eq!(hub.ask(&Principal::Anonymous, request).await.status, 401);
    }
}

#[tokio::test]
async fn steps_are_found_by_their_keys() {
    let hub = Hub::new().await;
    for number in 1..=7 {
        made(&hub, &format!("2.25.{number}"), if number < 4 { "CT" } else { "MR" }).await;
    }
    let told = send(&hub, "POST", "/workitems?2.25.8", &step("CT", "LI^NA=李^娜")).await;
    assert_eq!(told.status, 201);
    assert_eq!(send(&hub, "PUT", "/workitems/2.25.2/state", &state("IN PROGRESS", "2.25.7")).await.status, 200);
    let found = async |query: &str| {
        let told = hub.get(&format!("/workitems?{query}"), JSON).await;
        assert_eq!((told.status, told.content_type.as_str()), (200, JSON), "{query}");
        let number = |item: &Json| item["00080018"]["Value"][0].as_str().unwrap()[5..].parse::<u32>().unwrap();
        (told.json().as_array().unwrap().iter().map(number).collect::<Vec<_>>(), warning(&told).to_owned())
    };
    for (query, expected) in [
        ("", vec![1, 2, 3, 4, 5, 6, 7, 8]),
        ("WorklistLabel=CT", vec![1, 2, 3, 8]),
        ("00741202=CT&00741000=SCHEDULED", vec![1, 3, 8]),
        ("ProcedureStepState=IN%20PROGRESS,COMPLETED", vec![2]),
        ("PatientName=li*&fuzzymatching=false", vec![8]),
        ("PatientName=%E6%9D%8E*", vec![8]),
        ("StudyInstanceUID=1.2.3&SOPInstanceUID=2.25.4,2.25.5", vec![4, 5]),
        ("ScheduledProcedureStepStartDateTime=20260101-20261231", vec![1, 2, 3, 4, 5, 6, 7, 8]),
        ("ScheduledProcedureStepStartDateTime=20270101-", vec![]),
        ("offset=6", vec![7, 8]),
        ("ReferencedRequestSequence.AccessionNumber=A1", vec![]),
    ] {
        assert_eq!(found(query).await, (expected, String::new()), "{query}");
    }
}

#[tokio::test]
async fn what_was_cut_or_ignored_is_told() {
    let hub = Hub::new().await;
    for number in 1..=7 {
        made(&hub, &format!("2.25.{number}"), if number < 4 { "CT" } else { "MR" }).await;
    }
    let count = async |query: &str| {
        let told = hub.get(&format!("/workitems?{query}"), JSON).await;
        (told.json().as_array().unwrap().len(), warning(&told).contains("Additional results can be requested"))
    };
    assert_eq!(count("limit=3").await, (3, true));
    assert_eq!(count("limit=3&offset=4").await, (3, false));
    assert_eq!(count("Modality=CT&limit=1").await.0, 1);
    assert!(warning(&hub.get("/workitems?Modality=CT", JSON).await).contains("Modality"));
    assert_eq!(hub.get("/workitems?limit=x", JSON).await.status, 400);
    let xml = "multipart/related; type=\"application/dicom+xml\"";
    let told = hub.get("/workitems?WorklistLabel=MR", xml).await;
    assert!(told.content_type.starts_with("multipart/related; type=\"application/dicom+xml\""));
    assert_eq!(String::from_utf8_lossy(&told.body).matches("<NativeDicomModel").count(), 4);
    assert_eq!(hub.get("/workitems?WorklistLabel=US", xml).await.status, 204);
    assert_eq!(hub.get("/workitems", "text/html").await.status, 406);
}

#[tokio::test]
async fn many_steps_are_one_answer() {
    let hub = Hub::new().await;
    for number in 1..=1203 {
        made(&hub, &format!("2.25.{number}"), if number % 400 == 3 { "RARE" } else { "OFTEN" }).await;
    }
    let count =
        async |query: &str| hub.get(&format!("/workitems?{query}"), JSON).await.json().as_array().unwrap().len();
    assert_eq!(count("").await, 1203);
    assert_eq!(count("limit=1100&offset=50").await, 1100);
    assert_eq!(count("WorklistLabel=RARE").await, 4);
    let told = hub.get("/workitems?WorklistLabel=RARE&limit=3", JSON).await;
    assert!(told.json().as_array().unwrap().len() == 3 && !warning(&told).is_empty());
    let told = hub.get("/workitems?WorklistLabel=RARE&limit=4", JSON).await;
    assert!(told.json().as_array().unwrap().len() == 4 && warning(&told).is_empty());
}
