//! A study as a zip.

use crate::{
    hub::Hub,
    store::{PARTS, file, parts},
};

const CT: &str = "1.2.840.10008.5.1.4.1.1.2";

/// Whether the bytes hold an entry of this name with these bytes, uncompressed.
fn holds(zip: &[u8], name: &str, bytes: &[u8]) -> bool {
    let local = |at: usize| zip[at..].starts_with(b"PK\x03\x04") && zip[at + 30..].starts_with(name.as_bytes());
    let begin = (0..zip.len().saturating_sub(30)).find(|at| local(*at)).map(|at| {
        let length = |at: usize| usize::from(u16::from_le_bytes([zip[at], zip[at + 1]]));
        at + 30 + length(at + 26) + length(at + 28)
    });
    begin.is_some_and(|begin| zip[begin..].starts_with(bytes))
}

#[tokio::test]
async fn a_study_is_a_file_set_with_its_directory() {
    let hub = Hub::new().await;
    let files: Vec<_> = (1..=3).map(|number| file(CT, "1.2", &format!("1.4.{number}"), "x")).collect();
    assert_eq!(hub.post("/studies", PARTS, parts(&files)).await.status, 200);
    for path in ["/studies/1.2", "/studies/1.2/series/1.3"] {
        let told = hub.get(path, "application/zip").await;
        assert_eq!((told.status, told.content_type.as_str()), (200, "application/zip"));
        for (number, file) in files.iter().enumerate() {
            assert!(holds(&told.body, &format!("DICOM/ST000000/SE000000/IM{number:06}"), file), "{number}");
        }
        assert!(holds(&told.body, "DICOMDIR", &[0; 128]));
        let end = told.body.windows(4).rposition(|bytes| bytes == b"PK\x05\x06").unwrap();
        let entries = u16::from_le_bytes([told.body[end + 10], told.body[end + 11]]);
        assert!(entries == 4 || entries == u16::MAX, "{entries}");
    }
    let instance = hub.get("/studies/1.2/series/1.3/instances/1.4.1", "application/zip").await;
    assert_eq!(instance.status, 406);
    let syntax = hub.get("/studies/1.2", "application/zip; transfer-syntax=1.2.840.10008.1.2.4.90").await;
    assert_eq!(syntax.status, 406);
}
