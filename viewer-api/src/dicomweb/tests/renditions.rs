//! Rendered resources and thumbnails as clients ask for them.

use super::*;

/// What instances of series 1.3 can be shown as, by the end of their UIDs.
pub(super) fn rendition(scope: &Scope) -> Result<Rendition, archive::Error> {
    Ok(match scope.instance.as_ref().map_or("", |instance| instance.as_str()) {
        "1.4.1" => Rendition::Report,
        "1.4.2" => Rendition::Document("application/pdf"),
        "1.4.3" => Rendition::Moving("video/mp4", 30),
        "1.4.4" => Rendition::PresentationState,
        "1.4.6" => Rendition::Document("text/xml"),
        "1.4.5" => return Err(archive::Error::Rendering(rendering::Error::Corrupt("stream ends early"))),
        _ => Rendition::Image(3),
    })
}

pub(super) fn document(scope: &Scope) -> Result<Document, archive::Error> {
    let (Rendition::Document(media_type) | Rendition::Moving(media_type, _)) = rendition(scope)? else {
        return Err(archive::Error::Unsupported("no document"));
    };
    let body = |from: u64, length: u64| chunks([&"0123456789"[from as usize..(from + length) as usize]]);
    Ok(Document { media_type, length: 10, version: "v".into(), body: Box::new(body) })
}

pub(super) fn report() -> DataSet {
    let mut report = DataSet::new();
    report.put_text(tags::PATIENT_NAME, VR::PN, "<b>TEST</b>^ONE");
    report
}

#[tokio::test]
async fn pictures_of_clients() {
    let instance = "/studies/1.2/series/1.3/instances/1.4";
    let who = || Some(Principal::Hub);
    let slim = format!("{instance}/rendered?viewport=512,300&iccprofile=yes");
    let (told, asked) = ask_as(who(), &slim, &[("accept", "image/png")]).await;
    assert_eq!((told.status.as_u16(), told.header("content-type")), (200, "image/png"));
    assert!(!told.headers.contains_key("warning"));
    assert!(asked[0].starts_with("None Settings { fit: Some((512, 300)), region: None,"), "{asked:?}");
    assert!(asked[0].contains("colours: OwnProfile") && asked[0].ends_with("format: Png }"), "{asked:?}");

    let window = format!("{instance}/frames/2/rendered?window=40,400,linear&quality=50");
    let (_, asked) = ask_as(who(), &window, &[]).await;
    assert!(asked[0].starts_with("Some(2) Settings { fit: None, region: None, window: Some(Window { center: 40.0"));
    assert!(asked[0].ends_with("Jpeg(50) }"));

    let weasis = "/studies/1.2/series/1.3/thumbnail?viewport=256%2C256";
    let (told, asked) = ask_as(who(), weasis, &[("accept", "image/jpeg")]).await;
    assert_eq!(told.header("cache-control"), "private, max-age=300");
    assert!(asked[0].contains("Some((256, 256))"));
    let again = ask("/studies/1.2/thumbnail", &[("if-none-match", told.header("etag"))]).await;
    assert_eq!(again.status.as_u16(), 304);
}

#[tokio::test]
async fn renditions_of_every_kind() {
    let instance = "/studies/1.2/series/1.3/instances/1.4";
    let gif = format!("{instance}/frames/1,3/rendered");
    let (told, asked) = ask_as(Some(Principal::Hub), &gif, &[("accept", "image/*")]).await;
    assert_eq!((told.status.as_u16(), told.header("content-type")), (200, "image/gif"));
    assert!(asked[0].starts_with("Some(1) Settings"), "{asked:?}");
    for (last, accept, content_type) in [
        (".1", "*/*", "text/html; charset=utf-8"),
        (".1", "text/html;q=0.5, text/plain", "text/plain; charset=utf-8"),
        (".1", "text/*", "text/html; charset=utf-8"),
        (".2", "*/*", "application/pdf"),
        (".3", "video/*", "video/mp4"),
        (".4", "image/png", "image/png"),
        ("", "image/gif", "image/gif"),
        ("", "image/webp, image/*;q=0.1", "image/jpeg"),
        ("", "", "image/jpeg"),
    ] {
        let path = format!("{instance}{last}/rendered");
        let told = ask(&path, &[("accept", accept)]).await;
        assert_eq!((told.status.as_u16(), told.header("content-type")), (200, content_type), "{path} {accept}");
        assert_eq!(told.header("cache-control"), "private, no-cache");
        let again = ask(&path, &[("accept", accept), ("if-none-match", told.header("etag"))]).await;
        assert_eq!((again.status.as_u16(), again.header("etag")), (304, told.header("etag")), "{path} {accept}");
    }
    let report = ask(&format!("{instance}.1/rendered"), &[]).await;
    assert!(report.body.clone().unwrap().contains("&lt;b&gt;TEST&lt;/b&gt;"));
    for last in [".1", ".6"] {
        let text = ask(&format!("{instance}{last}/rendered"), &[]).await;
        assert!(text.header("content-security-policy").contains("sandbox"), "{last}");
    }
    for (frame, status) in [(".1/frames/1", 404), (".2/frames/7", 404), (".3/frames/30", 200), (".3/frames/31", 404)] {
        let of_frame = ask(&format!("{instance}{frame}/rendered"), &[]).await;
        assert_eq!(of_frame.status.as_u16(), status, "{frame}");
    }
    let part = ask(&format!("{instance}.3/rendered"), &[("range", "bytes=2-4")]).await;
    assert_eq!((part.status.as_u16(), part.header("content-range")), (206, "bytes 2-4/10"));
    assert_eq!(part.body.as_deref(), Ok("234"));
}

#[tokio::test]
async fn what_cannot_be_shown_says_why() {
    let instance = "/studies/1.2/series/1.3/instances/1.4";
    for (path, accept, expected) in [
        (&*format!("{instance}/rendered"), "image/gif;q=0, image/webp", 406),
        (&format!("{instance}.1/rendered"), "image/jpeg", 406),
        (&format!("{instance}.2/rendered"), "text/html", 406),
        (&format!("{instance}.3/rendered"), "image/jpeg, video/mpeg", 406),
        (&format!("{instance}.4/rendered?window=1,2"), "*/*", 400),
        (&format!("{instance}.4/rendered?viewport=9,9,1,1,5,5"), "*/*", 400),
        (&format!("{instance}.5/rendered"), "*/*", 406),
        (&format!("{instance}/frames/1,2/rendered"), "image/jpeg", 406),
        ("/studies/1.9/series/1.3/thumbnail", "image/jpeg", 503),
        ("/studies/1.9/rendered", "image/jpeg", 503),
    ] {
        let told = ask(path, &[("accept", accept)]).await;
        assert_eq!(told.status.as_u16(), expected, "{path} {accept}");
        assert_eq!(told.header("content-type"), "application/problem+json", "{path}");
        let problem = told.json();
        assert_eq!(problem["status"], expected, "{path}");
        assert!(problem["detail"].is_string() && problem["error"].is_null(), "{path}");
        // viewers that hear 404, 405 or 501 once give up thumbnails for good
        assert_eq!(told.headers.contains_key("retry-after"), expected == 503, "{path}");
    }
    let broken = ask(&format!("{instance}.5/rendered"), &[]).await;
    assert_eq!(broken.json()["detail"], "wrong pixel data: stream ends early");
}
