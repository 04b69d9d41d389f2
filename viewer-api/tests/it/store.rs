//! STOW-RS of whole files: what is answered, what is there afterwards, and who may.

use crate::hub::{Hub, limits, machine, site};
use archive::HoldingLimits;
use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use imaging_domain::{Principal, Role};

const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
const SR: &str = "1.2.840.10008.5.1.4.1.1.88.33";
const EXPLICIT: &str = "1.2.840.10008.1.2.1";
pub const PARTS: &str = "multipart/related; type=\"application/dicom\"; boundary=b";

pub fn element(tag: u32, vr: &str, value: &[u8]) -> Vec<u8> {
    let pad = if value.len() % 2 == 1 { vec![if vr == "UI" { 0 } else { b' ' }] } else { vec![] };
    let tag = [((tag >> 16) as u16).to_le_bytes(), (tag as u16).to_le_bytes()].concat();
    let length = ((value.len() + pad.len()) as u16).to_le_bytes();
    [tag.as_slice(), vr.as_bytes(), &length, value, &pad].concat()
}

/// A file of an instance of a class in a study; `text` makes it differ.
pub fn file(class: &str, study: &str, instance: &str, text: &str) -> Vec<u8> {
    [
        part10::file_meta(class, instance, EXPLICIT),
        element(0x0008_0016, "UI", class.as_bytes()),
        element(0x0008_0018, "UI", instance.as_bytes()),
        element(0x0008_0060, "CS", b"OT"),
        element(0x0008_103E, "LO", text.as_bytes()),
        element(0x0020_000D, "UI", study.as_bytes()),
        element(0x0020_000E, "UI", b"1.3"),
    ]
    .concat()
}

/// Files as the parts of a body.
pub fn parts(files: &[Vec<u8>]) -> Vec<u8> {
    let part = |file: &Vec<u8>| [b"\r\n--b\r\nContent-Type: application/dicom\r\n\r\n", file.as_slice()].concat();
    [files.iter().flat_map(part).collect(), b"\r\n--b--".to_vec()].concat()
}

#[tokio::test]
async fn what_is_stored_is_found_and_given_back_as_it_was() {
    let hub = Hub::new().await;
    let files: Vec<_> = (1..=40).map(|number| file(CT, "1.2", &format!("1.4.{number}"), "x")).collect();
    let told = hub.post("/studies", PARTS, parts(&files)).await;
    assert_eq!((told.status, told.content_type.as_str()), (200, "application/dicom+json"));
    assert_eq!(told.stored().len(), 40);
    assert_eq!(told.stored()[2], ("1.4.3".into(), None), "the order of the parts");
    let json = told.json();
    assert_eq!(json["00081190"]["Value"][0], "http://hub.example/dicomweb/studies/1.2");
    let url = "http://hub.example/dicomweb/studies/1.2/series/1.3/instances/1.4.1";
    assert_eq!(json["00081199"]["Value"][0]["00081190"]["Value"][0], url);
    assert_eq!((json.get("00081198"), json.get("0008119A")), (None, None));
    assert_eq!(hub.instances().await.len(), 40);
    let given = hub.get("/studies/1.2/series/1.3/instances/1.4.7", "application/dicom").await;
    assert_eq!((given.status, &given.body[..]), (200, &files[6][..]));
    let metadata = hub.get("/studies/1.2/metadata", "application/dicom+json").await;
    assert_eq!(metadata.json().as_array().unwrap().len(), 40);
}

#[tokio::test]
async fn bodies_of_every_form_are_taken() {
    let hub = Hub::new().await;
    let one = file(CT, "1.2", "1.4", "x");
    let chunks: Vec<_> = parts(std::slice::from_ref(&one)).chunks(7).map(Bytes::copy_from_slice).collect();
    let chunked = Body::from_stream(stream::iter(chunks.into_iter().map(Ok::<_, std::io::Error>)));
    for (name, content_type, body) in [
        ("chunked", "multipart/related; boundary=\"b\"; type=application/dicom", chunked),
        ("no type", "multipart/related; boundary=b", parts(std::slice::from_ref(&one)).into()),
        ("bare", "application/dicom", one.clone().into()),
    ] {
        let told = hub.post("/studies/1.2", content_type, body).await;
        assert_eq!((told.status, told.stored()), (200, vec![("1.4".to_owned(), None)]), "{name}");
    }
    let headers = [("content-type", PARTS), ("accept", "application/dicom+xml")];
    let told = hub.post_as(&machine(), "/studies", &headers, parts(&[one])).await;
    assert_eq!((told.status, told.content_type.as_str()), (200, "application/dicom+xml"));
    assert!(String::from_utf8_lossy(&told.body).contains("<Value number=\"1\">1.4</Value>"));
}

#[tokio::test]
async fn each_instance_has_its_own_outcome() {
    let hub = Hub::new().await;
    assert_eq!(hub.post("/studies", PARTS, parts(&[file(CT, "1.2", "1.4", "first")])).await.status, 200);
    let mixed = [
        file(CT, "1.2", "1.4", "first"),
        file(CT, "1.2", "1.4", "other"),
        file(CT, "1.9", "1.5", "x"),
        b"no dicom at all".repeat(20),
        file("1.2.840.10008.1.3.10", "1.2", "1.6", "x"),
        file(CT, "1.2", "1.7", "x"),
    ];
    let told = hub.post("/studies/1.2", PARTS, parts(&mixed)).await;
    assert_eq!(told.status, 202);
    let stored = [("1.4", None), ("1.4", Some(0xB000)), ("1.7", None)].map(|(uid, code)| (uid.to_owned(), code));
    assert_eq!(told.stored(), stored);
    let failed = [("1.5", Some(0xA900)), ("1.6", Some(0x0122))].map(|(uid, code)| (uid.to_owned(), code));
    assert_eq!(told.failed(), failed);
    assert_eq!(told.others(), [(String::new(), Some(0xC000))]);
    assert_eq!(hub.instances().await, ["1.4", "1.7"]);
    let kept = hub.get("/studies/1.2/series/1.3/instances/1.4", "application/dicom").await;
    assert_eq!(kept.body, file(CT, "1.2", "1.4", "first"), "the first bytes stay");

    let told = hub.post("/studies/1.8", PARTS, parts(&mixed[..2])).await;
    assert_eq!((told.status, told.stored().len(), told.failed().len()), (409, 0, 2));
}

#[tokio::test]
async fn who_stores_other_bytes_than_another_site_has_under_the_uid_is_told() {
    let hub = Hub::new().await;
    let (first, other) = (file(CT, "1.2", "1.4", "first"), file(CT, "1.2", "1.4", "other"));
    assert_eq!(hub.post("/studies", PARTS, parts(std::slice::from_ref(&first))).await.status, 200);
    let elsewhere = Principal::SiteMachine { site: site("other"), name: "ct".into() };
    let headers = [("content-type", PARTS), ("accept", "application/dicom+json")];
    for again in 0..2 {
        let told = hub.post_as(&elsewhere, "/studies", &headers, parts(std::slice::from_ref(&other))).await;
        assert_eq!((told.status, told.stored()), (202, vec![("1.4".to_owned(), Some(0xB000))]), "{again}");
    }
    assert_eq!(hub.held_files(), 2, "both are kept");
    let given = hub.get("/studies/1.2/series/1.3/instances/1.4", "application/dicom").await;
    assert_eq!(given.body, first);
}

#[tokio::test]
async fn a_body_that_breaks_off_at_any_byte_leaves_no_part_of_an_instance() {
    let hub = Hub::new().await;
    let (first, second) = (file(CT, "1.2", "1.4", "x"), file(CT, "1.2", "1.5", "x"));
    let body = parts(&[first.clone(), second]);
    let end_of_first = body.windows(first.len()).position(|window| window == first).unwrap() + first.len();
    // in order, so that the first is there from the cut on that leaves it whole
    for cut in 0..body.len() - 2 {
        // ended as if it were whole, and broken off as by a client that went away
        let told = hub.post("/studies", PARTS, body[..cut].to_vec()).await;
        assert!(matches!(told.status, 202 | 400 | 409), "cut at {cut}: {}", told.status);
        let gone = stream::iter([Ok(Bytes::copy_from_slice(&body[..cut])), Err(std::io::Error::other("gone"))]);
        assert_eq!(hub.post("/studies", PARTS, Body::from_stream(gone)).await.status, 400);
        let there = hub.instances().await;
        assert!(there.is_empty() || (there == ["1.4"] && cut >= end_of_first), "cut at {cut}: {there:?}");
        if !there.is_empty() {
            let given = hub.get("/studies/1.2/series/1.3/instances/1.4", "application/dicom").await;
            assert_eq!(given.body, first, "cut at {cut}");
        }
        assert_eq!(hub.held_files(), there.len(), "cut at {cut}: bytes stayed");
    }
    assert_eq!(hub.instances().await, ["1.4"]);
    let bare = stream::iter([Ok(Bytes::from(file(CT, "1.2", "1.6", "x"))), Err(std::io::Error::other("gone"))]);
    assert_eq!(hub.post("/studies", "application/dicom", Body::from_stream(bare)).await.status, 400);
    assert_eq!((hub.instances().await.len(), hub.held_files()), (1, 1));
}

#[tokio::test]
async fn requests_that_mean_nothing_say_so() {
    let hub = Hub::with(limits(), 1000, 0).await;
    let one = parts(&[file(CT, "1.2", "1.4", "x")]);
    for (content_type, body, expected) in [
        ("image/jpeg", one.clone(), 415),
        ("multipart/form-data; boundary=b", one.clone(), 415),
        ("multipart/related; type=\"text/html\"; boundary=b", one.clone(), 415),
        ("multipart/related; type=\"application/dicom\"", one.clone(), 400),
        (PARTS, b"".to_vec(), 400),
        (PARTS, b"nothing of the kind".to_vec(), 400),
        (PARTS, b"--b--".to_vec(), 400),
        ("application/dicom", b"".to_vec(), 400),
        (PARTS, vec![b'x'; 1001], 413),
        ("application/dicom", vec![b'x'; 500], 409),
    ] {
        let told = hub.post("/studies", content_type, body).await;
        assert_eq!(told.status, expected, "{content_type}");
    }
    let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[0; 512])));
    assert_eq!(hub.post("/studies", PARTS, Body::from_stream(endless)).await.status, 413);
    let coded = [("content-type", PARTS), ("content-encoding", "gzip")];
    assert_eq!(hub.post_as(&machine(), "/studies", &coded, one.clone()).await.status, 415);
    let picture = [("content-type", PARTS), ("accept", "image/png")];
    assert_eq!(hub.post_as(&machine(), "/studies", &picture, one.clone()).await.status, 406);
    assert_eq!(hub.post("/studies/1..%2F2", PARTS, one).await.status, 400);
    assert_eq!((hub.instances().await.len(), hub.held_files()), (0, 0));
}

#[tokio::test]
async fn who_may_store_what() {
    let user = |role| Principal::User { name: "somebody".into(), role };
    let both = parts(&[file(CT, "1.2", "1.4", "x"), file(SR, "1.2", "1.5", "x")]);
    for (who, status, stored) in [
        (machine(), 200, 2),
        (Principal::Site(site("centre")), 200, 2),
        (user(Role::Technician), 200, 2),
        (user(Role::Radiologist), 202, 1),
        (user(Role::Auditor), 403, 0),
        (user(Role::Operator), 403, 0),
        (Principal::SiteMachine { site: site("elsewhere"), name: "ct".into() }, 403, 0),
        (Principal::Site(site("hospital-01")), 403, 0),
        (Principal::Machine("reader".into()), 403, 0),
        (Principal::Hub, 403, 0),
        (Principal::Anonymous, 401, 0),
    ] {
        let hub = Hub::new().await;
        let told = hub.post_as(&who, "/studies", &[("content-type", PARTS)], both.clone()).await;
        assert_eq!((told.status, hub.instances().await.len()), (status, stored), "{who}");
        if status == 202 {
            assert_eq!(told.failed(), [("1.4".to_owned(), Some(0x0124))]);
        }
    }
    let nowhere = Hub::with(HoldingLimits { users_store_to: None, ..limits() }, 0, 0).await;
    let told = nowhere.post_as(&user(Role::Technician), "/studies", &[("content-type", PARTS)], both).await;
    assert_eq!(told.status, 403);
}

#[tokio::test]
async fn what_cannot_be_stored_now_is_asked_for_again() {
    let one = parts(&[file(CT, "1.2", "1.4", "x")]);
    let full = Hub::with(limits(), 0, u64::MAX).await;
    let told = full.post("/studies", PARTS, one.clone()).await;
    assert_eq!((told.status, told.retry_after), (503, true));
    assert_eq!(told.failed(), [("1.4".to_owned(), Some(0xA700))]);

    let busy = Hub::with(HoldingLimits { at_once: 0, ..limits() }, 0, 0).await;
    let told = busy.post("/studies", PARTS, one.clone()).await;
    assert_eq!((told.status, told.retry_after), (503, true));

    let small = Hub::with(HoldingLimits { max_instance_bytes: 200, ..limits() }, 0, 0).await;
    assert_eq!(small.post("/studies", PARTS, one).await.status, 409);
    assert_eq!((small.instances().await.len(), small.held_files()), (0, 0));
}
