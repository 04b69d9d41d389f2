use super::*;
use proptest::prelude::*;

const JPEG_2000: &str = "1.2.840.10008.1.2.4.90";
const EXPLICIT: &str = transfer_syntax::EXPLICIT_LITTLE;

fn accept(header: &str) -> Accept {
    Accept::parse(Some(header), None)
}

/// Whoever takes JSON, and who does not, of everything that comes as JSON when it is all the same.
const TAKES_JSON: [(&str, bool); 11] = [
    ("", true),
    ("*/*", true),
    ("*", true),
    ("application/json", true),
    ("application/dicom+json, application/json", true),
    (
        "application/dicom+json, multipart/related; type=application/octet-stream; transfer-syntax=*; transfer-syntax=*",
        true,
    ),
    ("application/dicom+json; charset=utf-8", true),
    ("text/html, */*;q=0.1", true),
    ("application/dicom+json;q=0", false),
    ("text/html", false),
    ("nonsense", true),
];

#[test]
fn json_is_given_to_whoever_takes_it() {
    for (header, takes) in TAKES_JSON {
        assert_eq!(accept(header).search_answer().ok(), takes.then_some(SearchAnswer::Json), "{header}");
        assert_eq!(accept(header).metadata().ok(), takes.then_some(MetadataType::Json), "{header}");
        assert_eq!(accept(header).store_answer().ok(), takes.then_some(StoreAnswer::Json), "{header}");
    }
}

const BOTH: [Packaging; 2] = [Packaging::Multipart, Packaging::Single];
const PARTS: [Packaging; 1] = [Packaging::Multipart];
const JPEG_LS: &str = "1.2.840.10008.1.2.4.80";
const MPEG_4: &str = "1.2.840.10008.1.2.4.102";

/// What is stored in this syntax; moving pictures cannot be decoded.
fn stored(uid: &str) -> Stored<'_> {
    Stored { uid, decodes: uid != MPEG_4, has_pixels: true }
}

#[test]
fn files_come_as_parts_unless_one_is_asked_for() {
    for (header, file, files) in [
        ("", Some(Packaging::Multipart), true),
        ("*/*", Some(Packaging::Multipart), true),
        ("multipart/related;type=\"application/dicom\";transfer-syntax=*", Some(Packaging::Multipart), true),
        ("multipart/related; type=application/dicom", Some(Packaging::Multipart), true),
        ("multipart/related", Some(Packaging::Multipart), true),
        ("application/dicom", Some(Packaging::Single), false),
        ("application/dicom, multipart/related; type=\"application/dicom\";q=0.5", Some(Packaging::Single), true),
        ("application/dicom; transfer-syntax=*", Some(Packaging::Single), false),
        ("multipart/related; type=\"application/dicom+xml\"", None, false),
        ("application/zip", None, false),
    ] {
        let found = accept(header).file(&stored(JPEG_2000), &BOTH).ok().map(|found| found.packaging);
        assert_eq!(found, file, "{header}");
        assert_eq!(accept(header).some_files(&BOTH).is_ok(), file.is_some(), "{header}");
        assert_eq!(accept(header).file(&stored(JPEG_2000), &PARTS).is_ok(), files, "{header}");
        assert_eq!(accept(header).some_files(&PARTS).is_ok(), files, "{header}");
    }
}

#[test]
fn transfer_syntaxes_of_files_are_what_was_asked() {
    let implicit = transfer_syntax::IMPLICIT_LITTLE;
    for (parameters, of, expected) in [
        ("", JPEG_2000, Some((EXPLICIT, false))),
        ("", implicit, Some((EXPLICIT, false))),
        ("", EXPLICIT, Some((EXPLICIT, false))),
        // nobody decodes it, so whoever names nothing gets it as it is
        ("", MPEG_4, Some((MPEG_4, false))),
        ("; transfer-syntax=*", JPEG_2000, Some((JPEG_2000, false))),
        ("; transfer-syntax=*; transfer-syntax=*", JPEG_2000, Some((JPEG_2000, false))),
        // never implicit or big endian, unless it is named, as one archive does to another
        ("; transfer-syntax=*", implicit, Some((EXPLICIT, false))),
        ("; transfer-syntax=*", transfer_syntax::EXPLICIT_BIG, Some((EXPLICIT, false))),
        ("; transfer-syntax=1.2.840.10008.1.2", implicit, Some((implicit, true))),
        ("; transfer-syntax=1.2.840.10008.1.2", EXPLICIT, None),
        ("; transfer-syntax=1.2.840.10008.1.2.1", JPEG_2000, Some((EXPLICIT, true))),
        ("; transfer-syntax=1.2.840.10008.1.2.1", MPEG_4, None),
        ("; transfer-syntax=1.2.840.10008.1.2.4.80", EXPLICIT, Some((JPEG_LS, true))),
        ("; transfer-syntax=1.2.840.10008.1.2.4.80", MPEG_4, None),
        ("; transfer-syntax=1.2.840.10008.1.2.4.201", EXPLICIT, None),
        ("; transfer-syntax=1.2.3.4", JPEG_2000, None),
        ("; transfer-syntax=1.2.3.4", "1.2.3.4", Some(("1.2.3.4", true))),
    ] {
        let accept = accept(&format!("application/dicom{parameters}"));
        let found = accept.file(&stored(of), &BOTH).ok().map(|found| (found.transfer_syntax, found.is_named));
        assert_eq!(found, expected, "{parameters} of {of}");
        assert!(accept.some_files(&BOTH).is_ok(), "a syntax nobody knows may still be the stored one");
    }
    let report = Stored { uid: EXPLICIT, decodes: false, has_pixels: false };
    assert!(accept("application/dicom; transfer-syntax=1.2.840.10008.1.2.4.80").file(&report, &BOTH).is_err());
}

#[test]
fn a_refused_transfer_syntax_refuses_nothing_before_the_stored_one_is_known() {
    let other =
        accept("multipart/related;type=\"application/dicom\";transfer-syntax=1.2.3.4;q=0, */*;transfer-syntax=*");
    assert!(other.some_files(&PARTS).is_ok() && other.file(&stored(JPEG_2000), &PARTS).is_ok());
    let unknown = Stored { uid: "1.2.3.4", decodes: false, has_pixels: true };
    assert!(other.file(&unknown, &PARTS).is_err());
}

#[test]
fn a_zip_is_for_whoever_names_it() {
    for (header, expected) in [
        ("application/zip", true),
        ("application/zip; transfer-syntax=*", true),
        ("application/zip, multipart/related; type=\"application/dicom\";q=0.5", true),
        ("multipart/related; type=\"application/dicom\", application/zip;q=0.9", false),
        ("*/*", false),
        ("", false),
        ("application/zip;q=0, */*", false),
    ] {
        assert_eq!(accept(header).is_zip(), expected, "{header}");
    }
    let of = |header: &str| accept(header).zipped(&stored(JPEG_2000)).map(|found| found.transfer_syntax).ok();
    assert_eq!(of("application/zip"), Some(EXPLICIT));
    assert_eq!(of("application/zip; transfer-syntax=*"), Some(JPEG_2000));
}

#[test]
fn frames_come_as_their_reader_asks() {
    use Packaging::{Multipart, Single};
    let parts = |media_type, uid| Some((Multipart, media_type, uid));
    for (header, count, of, expected) in [
        // Cornerstone3D and Slim
        ("multipart/related; type=application/octet-stream; transfer-syntax=*", 3, JPEG_2000, parts(OCTETS, JPEG_2000)),
        ("*/*", 1, JPEG_2000, parts(OCTETS, EXPLICIT)),
        ("*/*; transfer-syntax=*", 1, JPEG_2000, parts("image/jp2", JPEG_2000)),
        ("*/*", 1, MPEG_4, parts("video/mp4", MPEG_4)),
        ("", 1, transfer_syntax::IMPLICIT_LITTLE, parts(OCTETS, EXPLICIT)),
        ("multipart/related; type=\"application/octet-stream\"", 2, JPEG_2000, parts(OCTETS, EXPLICIT)),
        ("multipart/related; type=\"image/jp2\"", 2, JPEG_2000, parts("image/jp2", JPEG_2000)),
        ("multipart/related; type=\"image/*\"", 2, JPEG_2000, parts("image/jp2", JPEG_2000)),
        ("multipart/related; type=\"image/*\"", 2, EXPLICIT, parts("image/jls", JPEG_LS)),
        ("multipart/related; type=\"image/jls\"", 2, JPEG_2000, parts("image/jls", JPEG_LS)),
        ("multipart/related; type=\"image/jls\"", 2, MPEG_4, None),
        // wsidicom probes which syntaxes there are, and needs the refusal
        ("multipart/related; type=\"image/jp2\"; transfer-syntax=1.2.840.10008.1.2.4.91", 1, JPEG_2000, None),
        (
            "multipart/related; type=\"image/jp2\"; transfer-syntax=1.2.840.10008.1.2.4.90",
            1,
            JPEG_2000,
            parts("image/jp2", JPEG_2000),
        ),
        ("image/jp2", 1, JPEG_2000, Some((Single, "image/jp2", JPEG_2000))),
        ("image/jp2", 2, JPEG_2000, None),
        ("application/octet-stream", 1, EXPLICIT, Some((Single, OCTETS, EXPLICIT))),
        (
            "multipart/related; type=application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1",
            1,
            transfer_syntax::EXPLICIT_BIG,
            parts(OCTETS, EXPLICIT),
        ),
        (
            "multipart/related; type=image/jphc; transfer-syntax=1.2.840.10008.1.2.4.202, multipart/related; type=application/octet-stream;transfer-syntax=*;q=0.5",
            1,
            JPEG_2000,
            parts(OCTETS, JPEG_2000),
        ),
        ("text/html", 1, EXPLICIT, None),
    ] {
        let found = accept(header).frames(&stored(of), count);
        assert_eq!(found.ok().map(|r| (r.packaging, r.media_type, r.transfer_syntax)), expected, "{header}");
        if expected.is_some() {
            assert!(accept(header).some_frames(count).is_ok(), "{header}");
        }
    }
    assert!(accept("text/html").some_frames(1).is_err());
}

#[test]
fn metadata_come_as_json_or_as_parts_of_xml() {
    for (header, expected) in [
        ("", Some(MetadataType::Json)),
        ("multipart/related; type=\"application/dicom+xml\"", Some(MetadataType::XmlParts)),
        ("multipart/related; type=application/dicom+xml, application/dicom+json;q=0.5", Some(MetadataType::XmlParts)),
        ("application/dicom+json, multipart/related; type=application/octet-stream", Some(MetadataType::Json)),
        ("application/dicom+xml", None),
        ("text/html", None),
    ] {
        assert_eq!(accept(header).metadata().ok(), expected, "{header}");
    }
}

#[test]
fn the_parameter_stands_in_place_of_the_header() {
    let parameter = crate::accept_parameter("accept=multipart/related;type=image/jpeg;transfer-syntax=*").unwrap();
    let accept = Accept::parse(Some("*/*"), parameter.as_deref());
    assert!(accept.frames(&stored(JPEG_2000), 1).is_err());
    let parameter = crate::accept_parameter("limit=1&accept=application/dicom+json").unwrap();
    assert_eq!(parameter.as_deref(), Some("application/dicom+json"));
    assert_eq!(crate::accept_parameter("accept=image%2Fpng&accept=").unwrap().as_deref(), Some("image/png"));
    assert_eq!(crate::accept_parameter("").unwrap(), None);
}

#[test]
fn pictures_and_bulk_data() {
    for (header, expected) in [
        ("", Some(PictureType::Jpeg)),
        ("image/png", Some(PictureType::Png)),
        ("image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", Some(PictureType::Jpeg)),
        ("image/jpeg;q=0.5, image/png", Some(PictureType::Png)),
        ("image/jpeg;q=0, */*", Some(PictureType::Png)),
        ("image/gif", None),
    ] {
        assert_eq!(accept(header).picture().ok(), expected, "{header}");
    }
    for (header, expected) in [
        ("*/*", Some(Packaging::Single)),
        ("multipart/related; type=\"application/octet-stream\"", Some(Packaging::Multipart)),
        ("multipart/related; type=application/octet-stream; transfer-syntax=*", Some(Packaging::Multipart)),
        ("application/octet-stream", Some(Packaging::Single)),
        ("text/html", None),
    ] {
        assert_eq!(accept(header).bulk_data(None).ok().map(|(packaging, _)| packaging), expected, "{header}");
    }
    for (header, own, expected) in [
        ("*/*", "application/pdf", Some("application/octet-stream")),
        ("application/pdf", "application/pdf", Some("application/pdf")),
        ("multipart/related; type=\"application/pdf\"", "application/pdf", Some("application/pdf")),
        ("text/xml", "application/pdf", None),
        ("*/*", "video/mp4", Some("video/mp4")),
        ("application/octet-stream", "video/mp4", Some("application/octet-stream")),
    ] {
        assert_eq!(accept(header).bulk_data(Some(own)).ok().map(|(_, own)| own), expected, "{header} of {own}");
    }
}

#[test]
fn compressed_pixel_data_as_one_value() {
    let native = |packaging| Some((packaging, "application/octet-stream", EXPLICIT));
    for (header, count, expected) in [
        ("*/*", 3, native(Packaging::Single)),
        ("application/octet-stream", 3, native(Packaging::Single)),
        ("application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1", 3, native(Packaging::Single)),
        ("multipart/related; type=\"application/octet-stream\"", 3, native(Packaging::Multipart)),
        ("multipart/related; type=\"image/jp2\"", 3, Some((Packaging::Multipart, "image/jp2", JPEG_2000))),
        ("image/jp2", 1, Some((Packaging::Single, "image/jp2", JPEG_2000))),
        ("image/jp2", 3, None),
        ("image/gif", 1, None),
    ] {
        let given = accept(header);
        let given = given.pixels(&stored(JPEG_2000), count).ok();
        let given = given.map(|form| (form.packaging, form.media_type, form.transfer_syntax));
        assert_eq!(given, expected, "{header}, {count} frames");
    }
}

proptest! {
    #[test]
    fn nothing_breaks_it(header in ".{0,200}", count in 0usize..3) {
        let accept = accept(&header);
        let _ = (accept.search_answer(), accept.metadata(), accept.store_answer(), accept.picture(), accept.file(&stored(JPEG_2000), &BOTH), accept.bulk_data(None));
        if accept.frames(&stored(JPEG_2000), count).is_ok() {
            prop_assert!(accept.some_frames(count).is_ok());
        }
    }
}

#[test]
fn searches_are_answered_in_json_or_in_parts_of_xml() {
    let parts = "multipart/related; type=\"application/dicom+xml\"";
    for (header, expected) in [
        ("", Some(SearchAnswer::Json)),
        ("*/*", Some(SearchAnswer::Json)),
        ("application/json", Some(SearchAnswer::Json)),
        (parts, Some(SearchAnswer::Xml)),
        ("multipart/related; type=application/dicom+xml, application/dicom+json;q=0.5", Some(SearchAnswer::Xml)),
        ("multipart/related; type=\"application/dicom+xml\";q=0.5, application/dicom+json", Some(SearchAnswer::Json)),
        ("application/dicom+xml", None),
        ("text/html", None),
    ] {
        assert_eq!(accept(header).search_answer().ok(), expected, "{header}");
    }
}
