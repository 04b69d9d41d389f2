//! QIDO-RS over real parts, from stored bytes to what clients read.

use crate::{
    hub::Hub,
    store::{PARTS, element, file, parts},
};
use serde_json::Value as Json;

const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
const SM: &str = "1.2.840.10008.5.1.4.1.1.77.1.6";
const EXPLICIT: &str = "1.2.840.10008.1.2.1";

/// A study of one instance: number, name, date, time, modality, class.
type Row<'a> = (u32, &'a str, &'a str, &'a str, &'a str, &'a str);

fn study((number, name, date, time, modality, class): Row<'_>) -> Vec<u8> {
    let uid = |below: &str| format!("1.2.{number}{below}");
    [
        part10::file_meta(class, &uid(".1.1"), EXPLICIT),
        element(0x0008_0005, "CS", b"ISO_IR 192"),
        element(0x0008_0016, "UI", class.as_bytes()),
        element(0x0008_0018, "UI", uid(".1.1").as_bytes()),
        element(0x0008_0020, "DA", date.as_bytes()),
        element(0x0008_0030, "TM", time.as_bytes()),
        element(0x0008_0060, "CS", modality.as_bytes()),
        element(0x0010_0010, "PN", name.as_bytes()),
        element(0x0010_0020, "LO", format!("P{number}").as_bytes()),
        element(0x0020_000D, "UI", uid("").as_bytes()),
        element(0x0020_000E, "UI", uid(".1").as_bytes()),
    ]
    .concat()
}

async fn hub() -> Hub {
    let hub = Hub::new().await;
    let rows = [
        (1, "WANG^XIAOMING=王^小明", "20240101", "0900", "CT", CT),
        (2, "王^小明", "20240102", "0800", "SM", SM),
        (3, "Xiaoming Wang", "20240102", "1200", "CT", CT),
        (4, "Müller^Jörg", "20240103", "1000", "MR", CT),
        (5, "", "", "", "MR", CT),
    ];
    let told = hub.post("/studies", PARTS, parts(&rows.map(study))).await;
    assert_eq!(told.status, 200);
    hub
}

/// Last numbers of the studies that a search finds, in order.
async fn found(hub: &Hub, path: &str) -> Vec<u32> {
    let told = hub.get(path, "application/dicom+json, application/json").await;
    assert_eq!((told.status, told.content_type.as_str()), (200, "application/dicom+json"), "{path}");
    let number = |row: &Json| row["0020000D"]["Value"][0].as_str().unwrap()[4..].parse().unwrap();
    told.json().as_array().unwrap().iter().map(number).collect()
}

#[tokio::test]
async fn requests_of_clients_find_what_they_mean() {
    let hub = hub().await;
    let cases: [(&str, &[u32]); 19] = [
        (
            "/studies?limit=101&offset=0&fuzzymatching=false&includefield=00081030,00080060&PatientName=*xiaoming*",
            &[3, 1],
        ),
        ("/studies?limit=101&offset=0&fuzzymatching=true&PatientName=*wang*", &[3, 2, 1]),
        ("/studies?fuzzymatching=true&PatientName=xiaoming%20wang", &[3, 2, 1]),
        ("/studies?fuzzymatching=true&PatientName=%E7%8E%8B%E5%B0%8F%E6%98%8E", &[3, 2, 1]),
        ("/studies?PatientName=*%E5%B0%8F%E6%98%8E*", &[2, 1]),
        ("/studies?fuzzymatching=true&PatientName=muller", &[4]),
        ("/studies?PatientName=%22%22&emptyvaluematching=true", &[5]),
        ("/studies?StudyInstanceUID=1.2.1%5C1.2.4", &[4, 1]),
        ("/studies?StudyInstanceUID=1.2.1,1.2.5&&=&", &[1, 5]),
        ("/studies?StudyDate=20240101-20240102&StudyTime=0930-1159", &[2]),
        ("/studies?00100020=P?&ModalitiesInStudy=MR", &[4, 5]),
        ("/studies?&includefield=&00080061=SM", &[2]),
        ("/studies?limit=2&offset=1", &[3, 2]),
        ("/series?Modality=SM&StudyInstanceUID=1.2.2", &[2]),
        ("/studies/1.2.4/series?Modality=MR", &[4]),
        (
            "/instances?SOPClassUID=1.2.840.10008.5.1.4.1.1.77.1.6&SeriesInstanceUID=1.2.2.1&SeriesInstanceUID=1.2.1.1",
            &[2],
        ),
        ("/studies/1.2.1/instances", &[1]),
        ("/studies/1.2.1/series/1.2.1.1/instances?limit=1", &[1]),
        ("/instances?accept=application/json&charset=utf-8&PatientID=P9", &[]),
    ];
    for (path, expected) in cases {
        assert_eq!(found(&hub, path).await, expected, "{path}");
    }
}

#[tokio::test]
async fn answers_carry_what_was_asked_in_the_model_that_was_asked() {
    let hub = hub().await;
    let wsidicom = "/instances?SeriesInstanceUID=1.2.2.1&includefield=AvailableTransferSyntaxUID";
    assert_eq!(hub.get(wsidicom, "*/*").await.json()[0]["00083002"]["Value"][0], EXPLICIT);
    let all = hub.get("/studies?includefield=all&PatientID=P1", "*/*").await.json();
    assert_eq!(all[0]["00100010"]["Value"][0]["Ideographic"], "王^小明");
    let xml = hub.get("/studies?PatientID=P1", "multipart/related; type=\"application/dicom+xml\"").await;
    let text = String::from_utf8(xml.body.to_vec()).unwrap();
    assert!(
        text.contains("<Ideographic><FamilyName>王</FamilyName><GivenName>小明</GivenName></Ideographic>"),
        "{text}"
    );
}

#[tokio::test]
async fn more_than_the_index_gives_at_once_comes_whole() {
    let hub = Hub::new().await;
    let files: Vec<_> = (1..=1050).map(|number| file(CT, "1.2", &format!("1.4.{number}"), "x")).collect();
    assert_eq!(hub.post("/studies", PARTS, parts(&files)).await.status, 200);
    assert_eq!(hub.instances().await.len(), 1050);
    let told = hub.get("/studies/1.2/instances?limit=1040&offset=5", "*/*").await;
    assert_eq!(told.json().as_array().unwrap().len(), 1040);
}
