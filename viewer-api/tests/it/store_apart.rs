//! STOW-RS of metadata with bulk data apart: files are put together, and no address is ever asked.

use crate::hub::Hub;
use serde_json::{Value as Json, json};

const JSON: &str = "multipart/related; type=\"application/dicom+json\"; boundary=b";
const XML: &str = "multipart/related; type=\"application/dicom+xml\"; boundary=b";

fn part(headers: &[&str], body: &[u8]) -> Vec<u8> {
    [b"\r\n--b\r\n".as_slice(), headers.join("\r\n").as_bytes(), b"\r\n\r\n", body].concat()
}

fn body(parts: &[Vec<u8>]) -> Vec<u8> {
    [parts.concat(), b"\r\n--b--\r\n".to_vec()].concat()
}

fn metadata(model: &Json) -> Vec<u8> {
    part(&["Content-Type: application/dicom+json"], model.to_string().as_bytes())
}

/// A grey image of 2 by 2 whose pixels are elsewhere.
fn image(instance: &str, pixels: &str) -> Json {
    json!({
        "00080016": {"vr": "UI", "Value": ["1.2.840.10008.5.1.4.1.1.7"]},
        "00080018": {"vr": "UI", "Value": [instance]},
        "00080060": {"vr": "CS", "Value": ["OT"]},
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": "WANG^X", "Ideographic": "王^小明"}]},
        "0020000D": {"vr": "UI", "Value": ["1.2"]},
        "0020000E": {"vr": "UI", "Value": ["1.3"]},
        "00280002": {"vr": "US", "Value": [1]},
        "00280004": {"vr": "CS", "Value": ["MONOCHROME2"]},
        "00280010": {"vr": "US", "Value": [2]},
        "00280011": {"vr": "US", "Value": [2]},
        "00280100": {"vr": "US", "Value": [8]},
        "00280101": {"vr": "US", "Value": [8]},
        "00280102": {"vr": "US", "Value": [7]},
        "00280103": {"vr": "US", "Value": [0]},
        "7FE00010": {"vr": "OB", "BulkDataURI": pixels}
    })
}

#[tokio::test]
async fn an_instance_is_put_together_and_shown() {
    let hub = Hub::new().await;
    let parts = [
        metadata(&json!([image("1.4", "http://elsewhere.example/pixels"), image("1.5", "cid:two")])),
        part(
            &["Content-Type: application/octet-stream", "Content-Location: http://elsewhere.example/pixels"],
            &[0, 80, 160, 255],
        ),
        part(&["Content-Type: application/octet-stream", "Content-ID: <two>"], &[1, 2, 3, 4]),
    ];
    let told = hub.post("/studies/1.2", JSON, body(&parts)).await;
    assert_eq!((told.status, told.stored().len()), (200, 2), "{:?}", told.body);
    let found = hub.get("/studies?PatientName=王*", "application/dicom+json").await.json();
    assert_eq!(found[0]["00100010"]["Value"][0]["Ideographic"], "王^小明");
    let frame = "/studies/1.2/series/1.3/instances/1.4/frames/1";
    assert_eq!(hub.get(frame, "application/octet-stream").await.body, [0, 80, 160, 255].as_slice());
    assert_eq!(hub.get(&format!("{frame}/rendered"), "image/png").await.status, 200);
}

#[tokio::test]
async fn compressed_frames_stay_as_they_came() {
    let hub = Hub::new().await;
    let mut two = image("1.4", "pixels");
    two["00280008"] = json!({"vr": "IS", "Value": ["2"]});
    let head = ["Content-Type: image/jp2; transfer-syntax=1.2.840.10008.1.2.4.90", "Content-Location: pixels"];
    let parts = [metadata(&json!([two])), part(&head, b"first!"), part(&head, b"second")];
    assert_eq!(hub.post("/studies", JSON, body(&parts)).await.status, 200);
    let given = hub.get("/studies/1.2/series/1.3/instances/1.4/frames/2", "image/jp2").await;
    assert_eq!((given.status, &given.body[..]), (200, b"second".as_slice()));
    assert_eq!(given.content_type, "image/jp2; transfer-syntax=1.2.840.10008.1.2.4.90");
}

#[tokio::test]
async fn the_native_model_is_taken_too() {
    let hub = Hub::new().await;
    let xml = |instance: &str| {
        let attribute = |tag: &str, vr: &str, value: &str| {
            format!("<DicomAttribute tag=\"{tag}\" vr=\"{vr}\"><Value number=\"1\">{value}</Value></DicomAttribute>")
        };
        let texts = [
            attribute("00080016", "UI", "1.2.840.10008.5.1.4.1.1.66"),
            attribute("00080018", "UI", instance),
            attribute("0020000D", "UI", "1.2"),
            attribute("0020000E", "UI", "1.3"),
        ];
        let bulk = "<DicomAttribute tag=\"00420011\" vr=\"OB\"><BulkData uri=\"raw\"/></DicomAttribute>";
        part(
            &["Content-Type: application/dicom+xml"],
            format!("<NativeDicomModel>{}{bulk}</NativeDicomModel>", texts.concat()).as_bytes(),
        )
    };
    let raw = part(&["Content-Type: application/pdf", "Content-Location: raw"], &[7; 300_001]);
    let told = hub.post("/studies", XML, body(&[xml("1.4"), xml("1.5"), raw])).await;
    assert_eq!((told.status, hub.instances().await), (200, vec!["1.4".to_owned(), "1.5".to_owned()]));
    let metadata = hub.get("/studies/1.2/series/1.3/instances/1.5/metadata", "application/dicom+json").await.json();
    let uri = metadata[0]["00420011"]["BulkDataURI"].as_str().unwrap().to_owned();
    let bulk = hub.get(uri.strip_prefix("http://hub.example/dicomweb").unwrap(), "application/octet-stream").await;
    assert_eq!((bulk.body.len(), bulk.body[300_000], bulk.body[300_001]), (300_002, 7, 0), "padded to an even length");
}

#[tokio::test]
async fn what_is_missing_or_wrong_fails_its_own_instance() {
    let hub = Hub::new().await;
    let mut wrong = image("1.6", "here");
    wrong["00280010"] = json!({"vr": "US", "Value": ["two"]});
    let mut elsewhere = image("1.7", "here");
    elsewhere["0020000D"] = json!({"vr": "UI", "Value": ["1.9"]});
    let jpeg = image("1.8", "jpeg");
    // nobody listens at that address, and nobody has to: it is not asked
    let foreign = image("1.5", "http://127.0.0.1:9/secret");
    let parts = [
        metadata(&json!([image("1.4", "here"), foreign, wrong, elsewhere, jpeg])),
        part(&["Content-Location: here"], &[1, 2, 3, 4]),
        part(&["Content-Type: image/jpeg", "Content-Location: jpeg"], &[0xFF, 0xD8]),
    ];
    let told = hub.post("/studies/1.2", JSON, body(&parts)).await;
    assert_eq!(told.status, 202);
    assert_eq!(told.stored(), [("1.4".to_owned(), None)]);
    let failed = [("1.5", 0xC000), ("1.7", 0xA900), ("1.8", 0xC122)].map(|(uid, code)| (uid.to_owned(), Some(code)));
    assert_eq!(told.failed(), failed);
    assert_eq!(told.others(), [(String::new(), Some(0xC000))]);
    assert_eq!(hub.held_files(), 1, "bulk data stayed");
    for (text, expected) in [("[", 400), ("[]", 400), ("{}", 409)] {
        let told =
            hub.post("/studies", JSON, body(&[part(&["Content-Type: application/dicom+json"], text.as_bytes())])).await;
        assert_eq!(told.status, expected, "{text}");
    }
    let whole = body(&[metadata(&json!([image("1.9", "here")])), part(&["Content-Location: here"], &[1, 2, 3, 4])]);
    for cut in 0..whole.len() - 4 {
        let told = hub.post("/studies", JSON, whole[..cut].to_vec()).await;
        assert_eq!(told.status, 400, "cut at {cut}");
    }
    assert_eq!((hub.instances().await.len(), hub.held_files()), (1, 1));
}
