//! Retrieval in the forms that clients ask for.

use super::{JPEG_2000, ask, ask_as, chunks};
use archive::{BulkData, BulkPart, Choose, PartPlace, Version};
use futures_util::{StreamExt, stream};
use imaging_domain::{Instance, Principal};

/// Problem details of a range of nothing.
const BEYOND: &str =
    r#"{"detail":"range is beyond the end","status":416,"title":"Range Not Satisfiable","type":"about:blank"}"#;

#[tokio::test]
async fn who_names_no_transfer_syntax_gets_explicit_little_endian() {
    let explicit = "1.2.840.10008.1.2.1";
    let path = "/studies/1.2/series/1.3/instances/1.4";
    for (accept, form) in [
        ("application/dicom", "Native else Stored"),
        ("application/dicom; transfer-syntax=1.2.840.10008.1.2.1", "Native else Nothing"),
        ("application/dicom; transfer-syntax=1.2.840.10008.1.2.4.80", "JpegLs else Nothing"),
        ("application/dicom; transfer-syntax=1.2.840.10008.1.2.4.90", "Stored else Nothing"),
        ("*/*", "Native else Stored"),
    ] {
        let (told, asked) = ask_as(Some(Principal::Hub), path, &[("accept", accept)]).await;
        assert_eq!((told.status.as_u16(), &asked[..]), (200, &[form.to_owned()][..]), "{accept}");
    }
    let told = ask(path, &[("accept", "application/dicom"), ("range", "bytes=0-1")]).await;
    assert_eq!(told.header("content-type"), format!("application/dicom; transfer-syntax={explicit}"));
    assert_eq!((told.status.as_u16(), told.headers.contains_key("content-length")), (200, false));
    let told = ask("/studies/1.2", &[]).await;
    let head = format!("\r\nContent-Type: application/dicom; transfer-syntax={explicit}\r\n\r\n");
    assert_eq!(told.body.unwrap().matches(&head).count(), 2);
    let told = ask(&format!("{path}/frames/1,2"), &[]).await;
    let head = format!("\r\nContent-Type: application/octet-stream; transfer-syntax={explicit}\r\n\r\n");
    assert_eq!(told.body.unwrap().matches(&head).count(), 2);
}

#[tokio::test]
async fn bulk_data_and_pixel_data_of_a_scope_are_parts_with_addresses() {
    let at = "Content-Location: https://hub.example:8443/dicomweb/studies/1.2/series/1.3/instances/1.4";
    let octets = "\r\nContent-Type: application/octet-stream";
    for (path, accept, expected) in [
        (
            "/studies/1.2/bulkdata",
            "*/*",
            vec![
                format!("{octets}\r\n{at}/bulkdata/2-6\r\n\r\n234567\r\n--"),
                format!("{octets}; transfer-syntax=1.2.840.10008.1.2.1\r\n{at}/bulkdata/7FE00010\r\n\r\npixels\r\n--"),
            ],
        ),
        (
            "/studies/1.2/series/1.3/pixeldata",
            "multipart/related; type=\"image/jp2\"",
            vec![format!(
                "\r\nContent-Type: image/jp2; transfer-syntax={JPEG_2000}\r\n{at}/frames/1\r\n\r\nframe1\r\n--"
            )],
        ),
        (
            "/studies/1.2/series/1.3/instances/1.4/pixeldata",
            "multipart/related; type=application/octet-stream; transfer-syntax=*",
            vec![format!("{octets}; transfer-syntax={JPEG_2000}\r\n{at}/frames/1\r\n\r\nframe1\r\n--")],
        ),
    ] {
        let told = ask(path, &[("accept", accept)]).await;
        let body = told.body.as_deref().unwrap();
        assert_eq!((told.status.as_u16(), body.matches("Content-Location").count()), (200, expected.len()), "{path}");
        assert!(expected.iter().all(|part| body.contains(part)), "{path}: {body}");
        let again = ask(path, &[("accept", accept), ("if-none-match", told.header("etag"))]).await;
        assert_eq!(again.status.as_u16(), 304);
    }
    for resource in ["bulkdata", "pixeldata"] {
        let refused = ask(&format!("/studies/1.2/{resource}"), &[("accept", "text/html")]).await;
        assert_eq!(refused.status.as_u16(), 406);
    }
}

#[tokio::test]
async fn metadata_as_xml_is_a_part_for_each_instance() {
    let told = ask("/studies/1.2/metadata", &[("accept", "multipart/related; type=\"application/dicom+xml\"")]).await;
    assert!(told.header("content-type").starts_with("multipart/related; type=\"application/dicom+xml\"; boundary="));
    let body = told.body.as_deref().unwrap();
    assert_eq!(body.matches("\r\nContent-Type: application/dicom+xml\r\n\r\n<?xml").count(), 2);
    let uri = "https://hub.example:8443/dicomweb/studies/1.2/series/1.3/instances/1.5/bulkdata/5-7";
    assert!(body.contains(&format!("<BulkData uri=\"{uri}\"/>")), "{body}");
    let again = ask("/studies/1.2/metadata", &[("accept", "*/*"), ("if-none-match", told.header("etag"))]).await;
    assert_eq!(again.status.as_u16(), 200, "JSON is another representation");
}

#[tokio::test]
async fn old_viewers_ask_by_query_string() {
    let ids = "/wado?requestType=WADO&studyUID=1.2&seriesUID=1.3&objectUID=1.4";
    let who = || Some(Principal::Hub);
    let (told, asked) = ask_as(who(), &format!("{ids}&contentType=application/dicom&region=0,0,1,1"), &[]).await;
    assert_eq!(told.header("content-type"), "application/dicom; transfer-syntax=1.2.840.10008.1.2.1");
    assert_eq!((told.status.as_u16(), &asked[..]), (200, &["Native else Stored".to_owned()][..]));
    assert!(told.headers.contains_key("warning"));
    let nameless = format!("{ids}&contentType=application/dicom&anonymize=yes");
    let (told, asked) = ask_as(who(), &nameless, &[]).await;
    assert_eq!((told.status.as_u16(), &asked[..]), (200, &["Native else Stored, nameless".to_owned()][..]));
    let (told, asked) = ask_as(who(), &format!("{nameless}&transferSyntax=1.2.840.10008.1.2.1"), &[]).await;
    assert_eq!((told.status.as_u16(), &asked[..]), (200, &["Native else Nothing, nameless".to_owned()][..]));
    let picture =
        format!("{ids}&contentType=image/png&frameNumber=2&rows=100&columns=200&windowCenter=40&windowWidth=400");
    let (told, asked) = ask_as(who(), &picture, &[("accept", "text/html")]).await;
    assert_eq!((told.status.as_u16(), told.header("content-type")), (200, "image/png"));
    assert!(asked[0].starts_with("Some(2) Settings { fit: Some((200, 100))"), "{asked:?}");
    let part = format!("{ids}&region=0.5,0,1,1&annotation=patient&presentationSeriesUID=1.5&presentationUID=1.6");
    let (told, asked) = ask_as(who(), &part, &[]).await;
    assert_eq!((told.status.as_u16(), told.headers.contains_key("warning")), (200, false));
    for said in ["unit: Whole, left: 0.5", "patient: true", "technique: false", "1.6"] {
        assert!(asked[0].contains(said), "{said}: {asked:?}");
    }
    for (path, status) in [
        (ids.to_owned(), 200),
        (format!("{ids}&contentType=video/mpeg"), 406),
        (format!("{ids}&anonymize=yes"), 400),
        (format!("{ids}&contentType=application/dicom&anonymize=true"), 400),
        (format!("{ids}&contentType=application/dicom&anonymise=yes"), 400),
        ("/studies/1.2/series/1.3/instances/1.4?Anonymize=yes".to_owned(), 400),
        ("/studies/1.2/rendered?anonymise=yes".to_owned(), 400),
        (format!("{ids}&contentType=application/dicom&transferSyntax=1.2.840.10008.1.2.4.201"), 406),
        ("/wado?requestType=WADO&studyUID=1.2".to_owned(), 400),
        (ids.replace("1.2", "1.7"), 404),
    ] {
        assert_eq!(ask(&path, &[]).await.status.as_u16(), status, "{path}");
    }
    assert_eq!(ask_as(None, ids, &[]).await.0.status.as_u16(), 401);
}

#[tokio::test]
async fn nothing_is_read_for_whoever_has_the_parts_already() {
    for unread in ["/studies/1.8/bulkdata", "/studies/1.8/pixeldata"] {
        assert_eq!(ask(unread, &[("if-none-match", "*")]).await.status.as_u16(), 304);
        assert_eq!(ask(unread, &[]).await.status.as_u16(), 503);
    }
}

/// Compressed pixel data in the form that is chosen.
pub(super) fn pixels(instance: &Instance, choose: &Choose) -> Result<BulkData, archive::Error> {
    let form = choose(instance)?.form;
    let transfer_syntax = Some(form.transfer_syntax(JPEG_2000).to_owned());
    let (place, text) = match form {
        archive::Form::Native => (PartPlace::Pixels, "pixels"),
        _ => (PartPlace::Frame(1), "frame1"),
    };
    let part = BulkPart { instance: instance.clone(), place, transfer_syntax, body: chunks([text]) };
    Ok(BulkData::Pixels { version: Version::default(), parts: stream::iter([Ok(part)]).boxed() })
}

#[tokio::test]
async fn compressed_pixel_data_and_documents_are_given_as_what_they_are() {
    let at = "/studies/1.2/series/1.3/instances/1.4/bulkdata";
    let native = "; transfer-syntax=1.2.840.10008.1.2.1";
    for (tag, accept, content_type, body) in [
        ("7FE00010", "*/*", format!("application/octet-stream{native}"), "pixels"),
        ("00420011", "*/*", "application/octet-stream".to_owned(), "%PDF"),
        ("00420011", "application/pdf", "application/pdf".to_owned(), "%PDF"),
    ] {
        let told = ask(&format!("{at}/{tag}"), &[("accept", accept)]).await;
        assert_eq!((told.status.as_u16(), told.header("content-type")), (200, content_type.as_str()), "{tag} {accept}");
        assert_eq!(told.body.unwrap(), body, "{tag} {accept}");
        let again = ask(&format!("{at}/{tag}"), &[("accept", accept), ("if-none-match", "*")]).await;
        assert_eq!(again.status.as_u16(), 304);
    }
    let told = ask(&format!("{at}/7FE00010"), &[("accept", "multipart/related; type=\"image/jp2\"")]).await;
    let head = "Content-Type: image/jp2; transfer-syntax=1.2.840.10008.1.2.4.90\r\nContent-Location: ";
    assert!(told.body.unwrap().contains(head));
    for (tag, accept) in [("7FE00010", "image/gif"), ("7FE00010", "image/jp2"), ("00420011", "text/xml")] {
        assert_eq!(ask(&format!("{at}/{tag}"), &[("accept", accept)]).await.status.as_u16(), 406);
    }
}

#[tokio::test]
async fn bulk_data_whole_and_in_ranges() {
    let path = "/studies/1.2/series/1.3/instances/1.4/bulkdata/2-6";
    for (range, status, body, content_range) in [
        ("", 200, "234567", ""),
        ("bytes=0-1", 206, "23", "bytes 0-1/6"),
        ("bytes=4-", 206, "67", "bytes 4-5/6"),
        ("bytes=-2", 206, "67", "bytes 4-5/6"),
        ("bytes=0-65535", 206, "234567", "bytes 0-5/6"),
        ("bytes=6-7", 416, BEYOND, "bytes */6"),
        ("bytes=0-1,3-4", 200, "234567", ""),
        ("items=0-1", 200, "234567", ""),
    ] {
        let told = ask(path, &[("range", range)]).await;
        assert_eq!(
            (told.status.as_u16(), told.body.as_deref(), told.header("content-range")),
            (status, Ok(body), content_range),
            "{range}"
        );
    }
    let told = ask(path, &[("accept", "multipart/related; type=\"application/octet-stream\"")]).await;
    assert!(told.body.unwrap().contains("Content-Type: application/octet-stream\r\n\r\n234567\r\n--"));
    let again = ask(path, &[("if-none-match", ask(path, &[]).await.header("etag"))]).await;
    assert_eq!(again.status.as_u16(), 304);
    let values = "/studies/1.2/series/1.3/instances/1.4/bulkdata";
    for (value, status) in [("00480105/0/00282000", 200), ("00420010", 404), ("00480105/x/00282000", 400)] {
        assert_eq!(ask(&format!("{values}/{value}"), &[]).await.status.as_u16(), status, "{value}");
    }
}

#[tokio::test]
async fn frames_of_clients() {
    let path = "/studies/1.2/series/1.3/instances/1.4/frames";
    let cornerstone = "multipart/related; type=application/octet-stream; transfer-syntax=*";
    let told = ask(&format!("{path}/3,1"), &[("accept", cornerstone)]).await;
    let boundary = told.header("content-type").split_once("; boundary=").unwrap().1;
    let head = format!("--{boundary}\r\nContent-Type: application/octet-stream; transfer-syntax={JPEG_2000}\r\n\r\n");
    assert_eq!(told.body.as_ref().unwrap(), &format!("{head}frame3\r\n{head}frame1\r\n--{boundary}--\r\n"));

    let told = ask(&format!("{path}/1?accept=multipart/related;type=image/jp2"), &[("accept", "text/html")]).await;
    let body = told.body.as_ref().unwrap();
    assert!(body.contains(&format!("Content-Type: image/jp2; transfer-syntax={JPEG_2000}\r\n\r\nframe1\r\n--")));
    assert_eq!(told.header("content-length"), body.len().to_string());

    let told = ask(&format!("{path}/2"), &[("accept", "image/jp2")]).await;
    assert_eq!(told.header("content-type"), format!("image/jp2; transfer-syntax={JPEG_2000}"));
    assert_eq!(told.body.as_deref(), Ok("frame2"));
    // streaming decoders ask so
    let streaming = [("accept", "image/jp2; transfer-syntax=*"), ("range", "bytes=0-65535")];
    let part = ask(&format!("{path}/2"), &streaming).await;
    assert_eq!((part.status.as_u16(), part.header("content-range")), (206, "bytes 0-5/6"));
    let beyond = ask(&format!("{path}/2"), &[("accept", "image/jp2"), ("range", "bytes=6-")]).await;
    assert_eq!((beyond.status.as_u16(), beyond.header("content-range")), (416, "bytes */6"));
    for list in ["2", "2,3"] {
        let told = ask(&format!("{path}/{list}"), &[("accept", cornerstone)]).await;
        let again = [("accept", cornerstone), ("if-none-match", told.header("etag"))];
        assert_eq!(ask(&format!("{path}/{list}"), &again).await.status.as_u16(), 304, "{list}");
    }
    // the same frames in the same form are the same bytes, so that ranges of them fit together
    let whole = ask(&format!("{path}/1"), &[("accept", cornerstone)]).await.body.unwrap();
    let range = ask(&format!("{path}/1"), &[("accept", cornerstone), ("range", "bytes=10-")]).await;
    assert_eq!(range.body.unwrap(), whole[10..]);
}

#[tokio::test]
async fn a_study_is_parts_and_an_instance_may_be_the_body() {
    let weasis = "multipart/related;type=\"application/dicom\";transfer-syntax=*";
    let told = ask("/studies/1.2", &[("accept", weasis)]).await;
    let (root, boundary) = told.header("content-type").split_once("; boundary=").unwrap();
    assert_eq!(root, "multipart/related; type=\"application/dicom\"");
    let head = format!("--{boundary}\r\nContent-Type: application/dicom; transfer-syntax={JPEG_2000}\r\n\r\n");
    assert_eq!(told.body.as_ref().unwrap(), &format!("{head}DICM-one\r\n{head}DICM-two\r\n--{boundary}--\r\n"));

    let path = "/studies/1.2/series/1.3/instances/1.4";
    let (any, stored) =
        ("application/dicom; transfer-syntax=*", format!("application/dicom; transfer-syntax={JPEG_2000}"));
    let told = ask(path, &[("accept", any)]).await;
    assert_eq!((told.header("content-type"), told.header("content-length")), (&*stored, "8"));
    assert_eq!(told.body.as_deref(), Ok("DICM-one"));
    let again = ask(path, &[("accept", any), ("if-none-match", told.header("etag"))]).await;
    assert_eq!((again.status.as_u16(), again.body.as_deref()), (304, Ok("")));
    let parts = ask("/studies/1.2", &[("accept", weasis)]).await;
    let again = ask("/studies/1.2", &[("accept", weasis), ("if-none-match", parts.header("etag"))]).await;
    assert_eq!((again.status.as_u16(), again.body.as_deref()), (304, Ok("")));
    for (range, condition, status, body, content_range) in [
        ("bytes=0-3", "", 206, "DICM", "bytes 0-3/8"),
        ("bytes=5-", told.header("etag"), 206, "one", "bytes 5-7/8"),
        ("bytes=5-", "\"another\"", 200, "DICM-one", ""),
        ("bytes=8-", "", 416, BEYOND, "bytes */8"),
    ] {
        let mut headers = vec![("accept", any), ("range", range)];
        headers.extend((!condition.is_empty()).then_some(("if-range", condition)));
        let told = ask(path, &headers).await;
        assert_eq!(
            (told.status.as_u16(), told.body.as_deref(), told.header("content-range")),
            (status, Ok(body), content_range),
            "{range}"
        );
    }
}
