//! Data sets that break a rule and can be read nevertheless, and the file meta information we write.

use crate::build::*;
use imaging_domain::{Tag, VR, Value, tags};
use part10::{Framing, Keep, Limits, Scanner, Warning, file_meta, scan};

const AFTER: u32 = 0x0010_0020;

/// Whatever came before, Patient ID after it is read, and the warning tells.
#[test]
fn what_is_wrong_is_read_over_and_told() {
    let inner = element(0x0008_1155, "UI", b"1.2\0");
    let cases: &[(&str, Vec<u8>, Option<Warning>)] = &[
        ("items of all lengths", open(0x0008_1140, "SQ", &[item(&inner), open_item(&inner)].concat()), None),
        ("explicit sequence", element(0x0008_1140, "SQ", &[item(&inner), open_item(&inner)].concat()), None),
        (
            "item longer than its sequence",
            element(0x0008_1140, "SQ", &raw(0xFFFE_E000, 4000, &inner)),
            Some(Warning::Overrun(Tag(0x0008, 0x1140))),
        ),
        (
            "element longer than its item",
            element(0x0008_1140, "SQ", &item(&claiming(0x0008_1155, "UI", 4000, b"1.2\0"))),
            Some(Warning::Overrun(Tag(0x0008, 0x1155))),
        ),
        (
            "header cut by its item",
            element(0x0008_1140, "SQ", &item(&inner[..5])),
            Some(Warning::Overrun(Tag(0x0008, 0x1140))),
        ),
        (
            "item delimiter forgotten",
            open(0x0008_1140, "SQ", &raw(0xFFFE_E000, u32::MAX, &inner)),
            Some(Warning::Delimiter),
        ),
        ("item delimiter outside", raw(0xFFFE_E00D, 0, &[]), Some(Warning::Delimiter)),
        ("sequence delimiter outside", raw(0xFFFE_E0DD, 0, &[]), Some(Warning::Delimiter)),
        ("item outside", raw(0xFFFE_E000, 0, &[]), Some(Warning::Delimiter)),
        (
            "sequence without items",
            element(0x0008_1140, "SQ", &inner),
            Some(Warning::BrokenSequence(Tag(0x0008, 0x1140))),
        ),
        ("file meta in the data set", element(0x0002_0010, "UI", b"1.2\0"), Some(Warning::MisplacedGroup)),
        ("out of order", element(0x0008_0005, "CS", b"ISO_IR 6"), Some(Warning::OutOfOrder)),
        ("no VR", raw(0x0008_0050, 2, b"A1"), Some(Warning::UnknownVr(Tag(0x0008, 0x0050)))),
        ("unknown VR", element(0x0008_0050, "ZZ", b"A1"), Some(Warning::UnknownVr(Tag(0x0008, 0x0050)))),
        ("UN sequence", open(0x0009_1001, "UN", &open_item(&implicit(0x0008_1155, b"1.2\0"))), None),
        ("UN sequence written explicitly", open(0x0009_1001, "UN", &open_item(&inner)), None),
        ("icon with its own pixels", icon(), None),
        ("odd length", element(0x0008_0050, "SH", b"A12"), None),
        ("number cut", element(0x0028_0010, "US", &[1, 0, 2]), Some(Warning::ValueLength(Tag(0x0028, 0x0010)))),
    ];
    for (name, bytes, warning) in cases {
        let header = scanned(&[identified(), bytes.clone(), element(AFTER, "LO", b"P1")].concat());
        assert_eq!(header.attributes.text(tags::PATIENT_ID), Some("P1"), "{name}: {:?}", header.warnings);
        if let Some(warning) = warning {
            assert!(header.warnings.contains(warning), "{name}: {:?}", header.warnings);
        }
        assert!(!header.is_truncated(), "{name}");
        assert_eq!(header.pixel_data, None, "{name}");
    }
}

fn icon() -> Vec<u8> {
    let pixels = open(0x7FE0_0010, "OB", &[item(&[]), item(&[1, 2])].concat());
    open(0x0088_0200, "SQ", &open_item(&pixels))
}

#[test]
fn items_keep_their_elements() {
    let inner = implicit(0x0008_1155, b"1.2\0");
    let header =
        scanned(&[identified(), open(0x0009_1001, "UN", &[open_item(&inner), item(&inner)].concat())].concat());
    let items = header.attributes.items(Tag(0x0009, 0x1001));
    let uids: Vec<_> = items.iter().map(|item| item.text(tags::REFERENCED_SOP_INSTANCE_UID)).collect();
    assert_eq!(uids, [Some("1.2"), Some("1.2")]);
}

#[test]
fn values_become_what_their_vr_says() {
    let bytes = [
        identified(),
        element(0x0018_9219, "SS", &(-3i16).to_le_bytes()),
        element(0x0018_6018, "UL", &7u32.to_le_bytes()),
        element(0x0018_9073, "FD", &1.5f64.to_le_bytes()),
        element(0x0028_0009, "AT", &[0x54, 0, 0, 1]),
        element(0x0028_1050, "DS", b" 40 \\80"),
        element(0x0028_1201, "OW", &[1, 2]),
        element(0x0028_1202, "OW", &[9; 65]),
        element(0x0028_2000, "OB", &[1, 2]),
        element(0x0066_0016, "OF", &[0; 8]),
        element(0x0009_0010, "LO", b"ACME"),
        element(0x0040_A160, "UT", b" kept \\ "),
        element(0x0040_A168, "SQ", b""),
        element(0x0028_0106, "US", b""),
    ]
    .concat();
    let attributes = scanned(&bytes).attributes;
    let value = |group, element| attributes.get(Tag(group, element)).map(|e| e.value.clone());
    let text = |values: &[&str]| Some(Value::Text(values.iter().map(|v| (*v).to_owned()).collect()));
    assert!(value(0x0018, 0x9219) == Some(Value::Int(vec![-3])));
    assert!(value(0x0018, 0x6018) == Some(Value::Int(vec![7])));
    assert!(value(0x0018, 0x9073) == Some(Value::Float(vec![1.5])));
    assert!(value(0x0028, 0x0009) == Some(Value::Tags(vec![Tag(0x0054, 0x0100)])));
    assert!(value(0x0028, 0x1050) == text(&["40", "80"]));
    assert!(value(0x0028, 0x1201) == Some(Value::Bytes(vec![1, 2])));
    assert!(matches!(value(0x0028, 0x1202), Some(Value::Bulk { length: 65, .. })));
    assert!(matches!(value(0x0028, 0x2000), Some(Value::Bulk { length: 2, .. })), "viewers look for it by its address");
    assert!(matches!(value(0x0066, 0x0016), Some(Value::Bulk { length: 8, .. })));
    assert!(value(0x0009, 0x0010) == text(&["ACME"]));
    assert!(value(0x0040, 0xA160) == text(&[" kept \\"]));
    assert!(attributes.get(Tag(0x0040, 0xA168)).is_some_and(|element| element.vr == VR::SQ && element.is_empty()));
    assert!(value(0x0028, 0x0106) == text(&[]));
}

#[test]
fn us_or_ss_follows_pixel_representation() {
    for (signed, expected) in [(0u16, 0xFFFF), (1, -1)] {
        let bytes = [
            implicit(0x0008_0018, b"1.2\0"),
            implicit(0x0028_0103, &signed.to_le_bytes()),
            implicit(0x0028_0120, &[0xFF, 0xFF]),
        ];
        let header = scan(&bytes.concat(), data_set(IMPLICIT), EVERYTHING, Limits::default()).expect("readable");
        assert_eq!(header.attributes.int(tags::PIXEL_PADDING_VALUE), Some(expected));
    }
}

#[test]
fn wrong_transfer_syntax_is_noticed() {
    let explicit = [identified(), element(AFTER, "LO", b"P1")].concat();
    let written = [implicit(0x0008_0018, b"1.2.3.4\0"), implicit(AFTER, b"P1")].concat();
    for (bytes, declared, effective) in [(&explicit, IMPLICIT, EXPLICIT), (&written, EXPLICIT, IMPLICIT)] {
        let header = scan(bytes, data_set(declared), EVERYTHING, Limits::default()).expect("readable");
        assert_eq!(header.transfer_syntax, effective);
        assert_eq!(header.declared_transfer_syntax.as_deref(), Some(declared));
        assert!(header.warnings.contains(&Warning::WrongTransferSyntax));
        assert_eq!(header.attributes.text(tags::PATIENT_ID), Some("P1"));
    }
}

#[test]
fn pixel_data_is_where_it_says() {
    let before = [identified(), element(AFTER, "LO", b"P1")].concat();
    let native = scanned(&[before.clone(), element(0x7FE0_0010, "OW", &[0; 20])].concat()).pixel_data.expect("pixels");
    assert_eq!((native.offset, native.length, native.encapsulated), (before.len() as u64 + 12, 20, false));
    let cut = scanned(&[before.clone(), claiming(0x7FE0_0010, "OW", 0x7FFF_FFFF, &[0; 20])].concat());
    assert_eq!(cut.pixel_data.expect("pixels").length, 20);
    assert!(cut.is_truncated());
    let items = [item(&[]), item(&[1, 2, 3, 4])].concat();
    let whole = scanned(&[before.clone(), open(0x7FE0_0010, "OB", &items)].concat());
    let pixels = whole.pixel_data.expect("pixels");
    assert_eq!((pixels.offset, pixels.length, pixels.encapsulated), (before.len() as u64 + 12, 20, true));
    let bulk = Value::Bulk { offset: pixels.offset, length: 20 };
    assert!(whole.attributes.get(tags::PIXEL_DATA).is_some_and(|element| element.value == bulk));
    let open_ended = scanned(&[before, claiming(0x7FE0_0010, "OB", u32::MAX, &items[..18])].concat());
    assert_eq!(open_ended.pixel_data.expect("pixels").length, 18);
    assert!(open_ended.is_truncated());
}

#[test]
fn identity_is_known_once_its_place_has_passed() {
    let after = [identified(), element(AFTER, "LO", b"P1")].concat();
    let mut file = file_meta("1.2.840.10008.5.1.4.1.1.7", "1.2.3.4", EXPLICIT);
    let offset = file.len();
    file.extend(&after);
    let mut scanner = Scanner::new(Framing::File, Keep::Index, Limits::default());
    let mut known_after = None;
    for (at, byte) in file.iter().enumerate() {
        scanner.feed(&[*byte]).expect("readable");
        if known_after.is_none() && scanner.identity().is_some() {
            known_after = Some(at + 1);
        }
    }
    assert_eq!(known_after, Some(offset + identified().len() + 8));
    let identity = scanner.identity().expect("known");
    assert_eq!(identity.sop_instance, "1.2.3.4");
    assert_eq!(identity.sop_class.as_deref(), Some("1.2.840.10008.5.1.4.1.1.7"));
    assert_eq!((identity.transfer_syntax.as_str(), identity.data_set_offset), (EXPLICIT, offset as u64));
}

#[test]
fn identity_falls_back_to_the_file_meta_information() {
    let mut file = file_meta("1.2", "1.2.9", EXPLICIT);
    file.extend(element(AFTER, "LO", b"a longer id"));
    let mut scanner = Scanner::new(Framing::File, Keep::Index, Limits::default());
    scanner.feed(&file).expect("readable");
    assert_eq!(scanner.identity().map(|identity| identity.sop_instance).as_deref(), Some("1.2.9"));
}

#[test]
fn our_file_meta_is_the_same_every_time_and_right() {
    let meta = file_meta("1.2.840.10008.5.1.4.1.1.7", "1.2.3", EXPLICIT);
    assert_eq!(meta, file_meta("1.2.840.10008.5.1.4.1.1.7", "1.2.3", EXPLICIT));
    assert_eq!(&meta[128..132], b"DICM");
    let group_length = u32::from_le_bytes(meta[140..144].try_into().expect("four"));
    assert_eq!(group_length as usize, meta.len() - 144);
    let header = scan(&[meta, identified()].concat(), Framing::File, Keep::Index, Limits::default()).expect("readable");
    assert_eq!(header.warnings, []);
    assert_eq!(header.declared_transfer_syntax.as_deref(), Some(EXPLICIT));
}

#[test]
fn padding_after_the_data_set_is_told() {
    for padding in [&[0; 3][..], &[0; 8], &[0; 2000]] {
        let header = scanned(&[&identified(), padding].concat());
        assert!(header.warnings.contains(&Warning::TrailingBytes), "{}", padding.len());
        assert!(!header.is_truncated());
    }
}

#[test]
fn pixels_are_passed_over_without_being_read() {
    let pixels = element(0x7FE0_0010, "OW", &vec![7; 60_000]);
    let after = element(0xFFFC_FFFC, "OB", &[0; 4]);
    let bytes = [identified(), pixels, after].concat();
    let framing = Framing::DataSet { transfer_syntax: EXPLICIT.into() };
    let mut scanner = Scanner::new(framing.clone(), Keep::Index, Limits::default());
    scanner.feed(&bytes[..400]).expect("readable");
    let passed = scanner.pass_over(bytes.len() as u64 - 400).expect("readable") as usize;
    assert!(passed > 59_000, "{passed}");
    assert_eq!(scanner.pass_over(u64::MAX).expect("readable"), 0, "what comes behind is looked at");
    scanner.feed(&bytes[400 + passed..]).expect("readable");
    let header = scanner.finish().expect("readable");
    assert_eq!(header, scan(&bytes, framing, Keep::Index, Limits::default()).expect("readable"));
}
