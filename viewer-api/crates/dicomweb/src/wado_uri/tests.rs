use super::{content::UNASKED, *};

const IDS: &str = "requestType=WADO&studyUID=1.2&seriesUID=1.3&objectUID=1.4";

fn content(more: &str) -> Result<WadoContent, Error> {
    parse_wado_uri(&format!("{IDS}&{more}")).map(|read| read.content)
}

#[test]
fn files_are_asked_for_as_in_an_accept_header() {
    for (more, expected) in [
        ("contentType=application/dicom", Some("application/dicom")),
        (
            "contentType=application%2Fdicom&transferSyntax=1.2.840.10008.1.2.1",
            Some("application/dicom; transfer-syntax=1.2.840.10008.1.2.1"),
        ),
        ("contentType=application/dicom&transferSyntax=*,%20image/png", None),
    ] {
        let found = content(more).ok().map(|content| match content {
            WadoContent::File { accept, identity: WadoIdentity::Kept } => accept,
            WadoContent::File { .. } => panic!("nobody asked for that"),
            WadoContent::Picture { .. } => panic!("a picture"),
        });
        assert_eq!(found.as_deref(), expected, "{more}");
    }
}

#[test]
fn files_are_asked_for_without_who_they_are_about() {
    for (more, expected) in [
        ("", WadoIdentity::Kept),
        ("&anonymize=no", WadoIdentity::Kept),
        ("&anonymize=yes", WadoIdentity::Removed),
        ("&Anonymize=yes", WadoIdentity::Removed),
        ("&anonymize=yes&anonymize=no", WadoIdentity::Removed),
    ] {
        let file = WadoContent::File { accept: "application/dicom".into(), identity: expected };
        assert_eq!(content(&format!("contentType=application/dicom{more}")), Ok(file), "{more}");
    }
}

#[test]
fn pictures_are_asked_for_as_rendered_resources() {
    for (more, accept, frame, query) in [
        ("", UNASKED, None, ""),
        ("contentType=text/html", "text/html", None, ""),
        ("contentType=image/png,image/jpeg", "image/png,image/jpeg", None, ""),
        (
            "contentType=image/jpeg&frameNumber=3&rows=512&columns=256&windowCenter=40&windowWidth=400.5&imageQuality=70",
            "image/jpeg",
            Some(3),
            "viewport=256,512&window=40,400.5,linear&quality=70",
        ),
        ("rows=100", UNASKED, None, "viewport=8192,100"),
        (
            "region=0,0,0.5,1&annotation=patient&presentationSeriesUID=1.5&presentationUID=1.6%26quality%3D1",
            UNASKED,
            None,
            "region=0%2C0%2C0%2E5%2C1&annotation=patient&presentationSeriesUID=1%2E5&presentationUID=1%2E6%26quality%3D1",
        ),
    ] {
        let expected = WadoContent::Picture { accept: accept.into(), frame, query: query.into() };
        assert_eq!(content(more), Ok(expected), "{more}");
    }
}

#[test]
fn what_is_not_given_is_refused() {
    for (query, expected) in [
        (format!("{IDS}&contentType=image/webp"), "no acceptable"),
        (format!("{IDS}&anonymize=yes"), "invalid anonymize"),
        (format!("{IDS}&anonymize=yes&contentType=image/jpeg,application/dicom"), "invalid anonymize"),
        (format!("{IDS}&anonymize=true&contentType=application/dicom"), "invalid anonymize"),
        (format!("{IDS}&anonymize=&contentType=application/dicom"), "invalid anonymize"),
        (format!("{IDS}&frameNumber=0"), "invalid frameNumber"),
        (format!("{IDS}&windowCenter=1"), "invalid window"),
        (format!("{IDS}&rows=1%26accept=x"), "invalid rendering parameter"),
        ("requestType=WADO&studyUID=1.2&seriesUID=1.3".into(), "invalid"),
        (IDS.replace("WADO", "X"), "invalid requestType"),
        (String::new(), "invalid requestType"),
    ] {
        let error = parse_wado_uri(&query).expect_err(&query).to_string();
        assert!(error.starts_with(expected), "{query}: {error}");
    }
    let warned = parse_wado_uri(&format!("{IDS}&region=0,0,1,1&foo=1&charset=utf-8")).expect("read").warnings;
    assert_eq!(warned, [Warning::UnknownParameter]);
}
