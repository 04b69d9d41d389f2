//! A data set written anew without who it is about.

use crate::build::{EXPLICIT, IMPLICIT, claiming, data_set, element, implicit, item, open, open_item, raw};
use imaging_domain::{DataSet, Tag, VR, tags, transfer_syntax};
use part10::{Changes, Deidentification, Header, Keep, Limits, Pixels, Rewriter, scan};
use sha2::{Digest, Sha256};

const ALL: Keep = Keep::Everything { max_inline_bytes: 4 << 20 };

/// A UID that stands for another.
pub fn pseudonym(uid: &str) -> String {
    let digest = Sha256::digest(uid);
    format!("2.25.{}", u64::from_le_bytes(digest[..8].try_into().expect("eight bytes")))
}

/// A data set de-identified, fed in pieces.
pub fn deidentified(syntax: &str, bytes: &[u8], pixels: Pixels, piece: usize) -> Result<Vec<u8>, part10::Error> {
    let changes = Changes { pixels, ..Changes::default() }.deidentified(Deidentification::new(pseudonym));
    let mut rewriter = Rewriter::new(syntax, changes, Limits::default());
    let mut out = vec![];
    for bytes in bytes.chunks(piece) {
        rewriter.feed(bytes, &mut out)?;
    }
    rewriter.finish(&mut out);
    Ok(out)
}

/// The same however it is cut, read again.
fn read(syntax: &str, bytes: &[u8]) -> (Vec<u8>, Header) {
    let whole = deidentified(syntax, bytes, Pixels::AsTheyAre, 1000).expect("written");
    for piece in [1, 7] {
        assert!(deidentified(syntax, bytes, Pixels::AsTheyAre, piece).expect("written") == whole, "pieces of {piece}");
    }
    let header = scan(&whole, data_set(EXPLICIT), ALL, Limits::default()).expect("read");
    assert_eq!(header.warnings, []);
    (whole, header)
}

fn has(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn text(set: &DataSet, number: u32) -> Option<&str> {
    set.get(tag(number)).map(|_| set.text(tag(number)).unwrap_or_default())
}

fn tag(number: u32) -> Tag {
    Tag((number >> 16) as u16, number as u16)
}

/// A data set of somebody.
fn somebody() -> Vec<u8> {
    [
        element(0x0008_0016, "UI", b"1.2.840.10008.5.1.4.1.1.2\0"),
        element(0x0008_0018, "UI", b"1.3.4\0"),
        element(0x0008_0020, "DA", b"20240131"),
        element(0x0008_0023, "DA", b"20240131"),
        element(0x0008_0060, "CS", b"CT"),
        element(0x0008_0070, "LO", b"MAKER "),
        element(0x0008_0080, "LO", b"SECRET HOSPITAL "),
        element(0x0008_1030, "LO", b"SECRET STUDY"),
        element(0x0010_0010, "PN", b"SECRET^NAME "),
        element(0x0010_0040, "CS", b"F "),
        element(0x0010_1010, "AS", b"041Y"),
        element(0x0012_0062, "CS", b"NO"),
        element(0x0018_1000, "LO", b"SECRET12"),
        element(0x0020_000D, "UI", b"1.3.5\0"),
        element(0x0020_0052, "UI", b"1.3.6\\1.3.5\0"),
        element(0x0028_0010, "US", &[1, 0]),
    ]
    .concat()
}

#[test]
fn each_attribute_has_the_fate_of_the_table() {
    let (bytes, header) = read(EXPLICIT, &somebody());
    let set = &header.attributes;
    for (number, expected) in [
        (0x0008_0016, Some("1.2.840.10008.5.1.4.1.1.2")),
        (0x0008_0018, Some(&*pseudonym("1.3.4"))),
        (0x0008_0020, Some("")),
        (0x0008_0023, Some("19000101")),
        (0x0008_0060, Some("CT")),
        (0x0008_0070, Some("MAKER")),
        (0x0008_0080, Some("ANONYMIZED")),
        (0x0008_1030, None),
        (0x0010_0010, Some("")),
        (0x0010_0040, Some("")),
        (0x0010_1010, None),
        (0x0012_0062, Some("YES")),
        (0x0012_0063, Some("PS3.15 Basic Application Confidentiality Profile")),
        (0x0018_1000, Some("ANONYMIZED")),
        (0x0020_000D, Some(&*pseudonym("1.3.5"))),
        (0x0028_0303, Some("REMOVED")),
    ] {
        assert_eq!(text(set, number), expected, "{number:08X}");
    }
    assert_eq!(set.texts(tag(0x0020_0052)), [pseudonym("1.3.6"), pseudonym("1.3.5")]);
    assert_eq!(set.int(tags::ROWS), Some(1));
    assert_eq!(text(&set.items(tags::DEIDENTIFICATION_METHOD_CODE_SEQUENCE)[0], 0x0008_0100), Some("113100"));
    assert!(!has(&bytes, "SECRET") && !has(&bytes, "1.3."));
}

/// A data set with what nobody knows.
fn unknown() -> Vec<u8> {
    [
        element(0x0008_0008, "CS", b"ORIGINAL\\SECRET^NAME\\ax_1"),
        element(0x0008_0018, "UI", b"1.3.4\0"),
        element(0x0009_0010, "LO", b"SECRET PRIVATE"),
        element(0x0009_1001, "SQ", &item(&element(0x0008_0060, "CS", b"SECRET"))),
        open(0x0009_1002, "SQ", &open_item(&element(0x0008_0060, "CS", b"SECRET"))),
        element(0x0018_0006, "LO", b"SECRET, unknown tag "),
        element(0x0018_0022, "CS", b"NOT^CODE"),
        element(0x0018_0050, "DS", b"5mm SECRET"),
        element(0x0018_0080, "LO", b"SECRET: no number "),
        element(0x0018_0085, "SH", b"1H"),
        element(0x0020_0013, "IS", b"12"),
        element(0x0020_4000, "LT", b"SECRET comment"),
        element(0x0028_1055, "LO", b"SECRET window "),
        element(0x0028_2000, "OB", b"SECRET profile"),
        element(0x0029_1010, "UN", b"SECRET"),
        element(0x5000_3000, "OW", b"SECRET"),
        element(0x6000_3000, "OW", b"SECRET"),
        element(0x6002_4000, "LT", b"SECRET"),
        element(0x7FE0_0010, "OB", b"pixels"),
        element(0xFFFC_FFFC, "OB", b"SECRET"),
    ]
    .concat()
}

#[test]
fn what_nobody_knows_goes() {
    let (bytes, header) = read(EXPLICIT, &unknown());
    assert!(!has(&bytes, "SECRET") && !has(&bytes, "NOT^CODE"));
    let set = &header.attributes;
    let left: Vec<String> =
        set.iter().map(|(tag, _)| tag.to_string()).filter(|tag| !tag.starts_with("(0012")).collect();
    let numbers = [
        0x0008_0008,
        0x0008_0018,
        0x0018_0022,
        0x0018_0050,
        0x0018_0085,
        0x0020_0013,
        0x0028_0303,
        0x0028_1055,
        0x7FE0_0010,
    ];
    assert_eq!(left, numbers.map(|number| tag(number).to_string()));
    assert_eq!(set.texts(tags::IMAGE_TYPE), ["ORIGINAL", "", "ax_1"]);
    assert_eq!((text(set, 0x0018_0050), text(set, 0x0018_0085)), (Some(""), Some("1H")));
    assert!(bytes.ends_with(b"pixels"));
}

#[test]
fn items_are_treated_as_the_outermost_data_set_at_any_depth() {
    let code = [element(0x0008_0100, "SH", b"T-A0100 "), element(0x0008_0104, "LO", b"Brain ")].concat();
    let inner = [
        element(0x0008_1150, "UI", b"1.2.840.10008.5.1.4.1.1.2\0"),
        element(0x0008_1155, "UI", b"1.3.4\0"),
        element(0x0010_0010, "PN", b"SECRET"),
        element(0x0011_0010, "LO", b"SECRET"),
        open(0x0008_2112, "SQ", &item(&element(0x0008_0080, "LO", b"SECRET"))),
        element(0x0040_A170, "SQ", &open_item(&code)),
        element(0x7FE0_0010, "OW", b"SECRET"),
    ]
    .concat();
    let fragments = [item(&[]), item(b"SECRET")].concat();
    let icon = open(0x7FE0_0010, "OB", &fragments);
    let source = [
        element(0x0008_1140, "SQ", &item(&inner)),
        open(0x0008_1110, "SQ", &open_item(&element(0x0008_1155, "UI", b"1.3.4\0"))),
        open(0x0008_2112, "SQ", &[item(&inner), open_item(&inner)].concat()),
        open(0x0032_1064, "SQ", &open_item(&element(0x0008_0104, "LO", b"SECRET"))),
        open(0x0040_0555, "SQ", &open_item(&element(0x0008_0104, "LO", b"SECRET"))),
        open(0x0040_A730, "SQ", &open_item(&element(0x0008_0104, "LO", b"SECRET"))),
        open(0x0088_0200, "SQ", &open_item(&icon)),
    ];
    let (bytes, header) = read(EXPLICIT, &source.concat());
    assert!(!has(&bytes, "SECRET") && !has(&bytes, "1.3.4"));
    let set = &header.attributes;
    let items = [set.items(tag(0x0008_1140)), set.items(tag(0x0008_2112))].concat();
    assert_eq!(items.len(), 3);
    for item in &items {
        assert_eq!(text(item, 0x0008_1155), Some(&*pseudonym("1.3.4")));
        assert_eq!(text(item, 0x0008_1150), Some("1.2.840.10008.5.1.4.1.1.2"));
        assert_eq!(text(&item.items(tag(0x0040_A170))[0], 0x0008_0104), Some("Brain"));
        assert_eq!(text(&item.items(tag(0x0008_2112))[0], 0x0008_0080), Some("ANONYMIZED"));
    }
    for (number, left) in [(0x0008_1110, false), (0x0032_1064, false), (0x0040_A730, true), (0x0088_0200, false)] {
        assert_eq!((set.get(tag(number)).is_some(), set.items(tag(number)).len()), (left, 0), "{number:08X}");
    }
}

#[test]
fn other_encodings_hide_nothing() {
    let hidden = implicit(0x0010_0010, b"SECRET");
    let source = [
        implicit(0x0008_0016, b"1.2.840.10008.5.1.4.1.1.2\0"),
        implicit(0x0008_0018, b"1.3.4\0"),
        implicit(0x0008_1140, &item(&hidden)),
        raw(0x0008_2112, u32::MAX, &[open_item(&hidden), raw(0xFFFE_E0DD, 0, &[])].concat()),
        raw(0x0009_1001, u32::MAX, &[open_item(&hidden), raw(0xFFFE_E0DD, 0, &[])].concat()),
        implicit(0x0010_0020, b"SECRET"),
        implicit(0x0028_0010, &[1, 0]),
    ];
    let (bytes, header) = read(IMPLICIT, &source.concat());
    assert!(!has(&bytes, "SECRET"));
    assert_eq!(text(&header.attributes, 0x0008_0018), Some(&*pseudonym("1.3.4")));
    let big = [
        &[0, 8, 0, 0x18][..],
        b"UI\0\x06",
        b"1.3.4\0",
        &[0, 0x10, 0, 0x10],
        b"PN\0\x06SECRET",
        &[0, 0x28, 0, 0x10],
        b"US\0\x02\x01\x02",
    ]
    .concat();
    let (bytes, header) = read(transfer_syntax::EXPLICIT_BIG, &big);
    assert!(!has(&bytes, "SECRET"));
    assert_eq!(header.attributes.int(tags::ROWS), Some(0x102));
    // of unknown VR in the file, known to the dictionary
    let unknown = [
        element(0x0008_1140, "UN", &item(&hidden)),
        claiming(0x0008_2112, "UN", u32::MAX, &[open_item(&hidden), raw(0xFFFE_E0DD, 0, &[])].concat()),
        element(0x0010_0010, "UN", b"SECRET"),
        element(0x0010_0020, "SQ", &item(&element(0x0010_0010, "PN", b"SECRET"))),
        element(0x0020_000D, "LO", b"SECRET"),
    ];
    let (bytes, header) = read(EXPLICIT, &unknown.concat());
    assert!(!has(&bytes, "SECRET"));
    assert!(header.attributes.get(tags::PATIENT_NAME).is_some_and(|element| element.vr == VR::PN));
}

#[test]
fn fragments_of_pixels_stay_as_they_are() {
    let fragments = [item(&[0, 0, 0, 0]), item(b"frame one!"), item(b"frame2")].concat();
    let pixels = open(0x7FE0_0010, "OB", &fragments);
    let source = [
        element(0x0010_0010, "PN", b"SECRET"),
        pixels.clone(),
        element(0xFFFA_FFFA, "SQ", &item(&element(0x0008_0104, "LO", b"SECRET"))),
    ]
    .concat();
    for piece in [1, 5, 1000] {
        let out = deidentified(EXPLICIT, &source, Pixels::Fragments, piece).expect("written");
        assert!(!has(&out, "SECRET") && out.ends_with(&pixels), "{piece}");
    }
    assert!(deidentified(EXPLICIT, &source, Pixels::AsTheyAre, 1000).is_err(), "no native syntax has fragments");
}

#[test]
fn what_is_broken_gives_nothing_away() {
    let secret = claiming(0x0010_0010, "PN", 200, b"SECRET");
    let source = [element(0x0008_0018, "UI", b"1.3.4\0"), claiming(0x0008_1140, "SQ", u32::MAX, &open_item(&secret))];
    for cut in 0..source.concat().len() {
        let out = deidentified(EXPLICIT, &source.concat()[..cut], Pixels::AsTheyAre, 3).expect("written");
        assert!(!has(&out, "SEC") && !has(&out, "1.3.4"), "{cut}");
    }
    // a delimiter is forgotten in what is left out, and an item ends too early
    let forgotten = [
        claiming(0x0009_1001, "SQ", u32::MAX, &raw(0xFFFE_E000, u32::MAX, &element(0x0010_0010, "PN", b"SECRET"))),
        raw(0xFFFE_E0DD, 0, &[]),
        element(0x0010_0020, "LO", b"SECRET"),
        claiming(0x0010_2180, "SH", 60_000, b"SECRET"),
    ];
    let out = deidentified(EXPLICIT, &forgotten.concat(), Pixels::AsTheyAre, 3).expect("written");
    assert!(!has(&out, "SEC"));
}
