//! A data set written again says the same.

use crate::build::{EXPLICIT, IMPLICIT, claiming, data_set, element, identified, implicit, item, open, open_item, raw};
use crate::cases;
use imaging_domain::{DataSet, Tag, VR, Value, tags, transfer_syntax};
use part10::{Changes, Framing, Header, Keep, Limits, MAX_DEFLATED_PIECE, Pixels, Rewriter, Warning, scan};

const ALL: Keep = Keep::Everything { max_inline_bytes: 4 << 20 };

/// A data set written again, fed in pieces.
fn rewritten(syntax: &str, bytes: &[u8], piece: usize) -> Vec<u8> {
    let mut rewriter = Rewriter::new(syntax, Changes::default(), Limits::default());
    let mut out = vec![];
    for bytes in bytes.chunks(piece) {
        rewriter.feed(bytes, &mut out).expect("rewritten");
    }
    rewriter.finish(&mut out);
    out
}

fn explicit(bytes: &[u8]) -> Header {
    scan(bytes, data_set(EXPLICIT), ALL, Limits::default()).expect("explicit")
}

/// What differs between two data sets beside where values lie.
fn difference(a: &DataSet, b: &DataSet) -> Option<String> {
    let tags = |set: &DataSet| set.iter().map(|(tag, element)| (tag, element.vr)).collect::<Vec<_>>();
    if tags(a) != tags(b) {
        return Some(format!("elements {:?} and {:?}", tags(a), tags(b)));
    }
    a.iter().zip(b.iter()).find_map(|((tag, a), (_, b))| {
        let same = match (&a.value, &b.value) {
            (Value::Sequence(a), Value::Sequence(b)) if a.len() == b.len() => {
                return a.iter().zip(b).find_map(|(a, b)| difference(a, b));
            }
            (Value::Float(a), Value::Float(b)) => a.iter().map(|f| f.to_bits()).eq(b.iter().map(|f| f.to_bits())),
            (Value::Bulk { length: a, .. }, Value::Bulk { length: b, .. }) => a.next_multiple_of(2) == *b,
            (Value::Bytes(a), Value::Bytes(b)) => b.starts_with(a) && b.len() <= a.len() + 1,
            (a, b) => a == b,
        };
        (!same).then(|| format!("value of {tag}"))
    })
}

#[test]
fn every_native_file_says_the_same_in_explicit_little_endian() {
    let Some(folder) = cases::folder() else { return };
    let manifest: serde_json::Value =
        serde_json::from_slice(&cases::read(&folder.join("manifest.json"))).expect("JSON");
    let (mut wrong, mut count) = (vec![], 0);
    for file in manifest["files"].as_array().expect("files") {
        let path = file["path"].as_str().expect("path");
        let bytes = cases::read(&folder.join(path));
        let Ok(header) = scan(&bytes, Framing::File, ALL, Limits::default()) else { continue };
        let encapsulated = header.pixel_data.is_some_and(|pixels| pixels.encapsulated);
        if transfer_syntax::of(&header.transfer_syntax).is_encapsulated() || encapsulated {
            continue;
        }
        count += 1;
        let source = &bytes[header.data_set_offset as usize..];
        let whole = rewritten(&header.transfer_syntax, source, MAX_DEFLATED_PIECE);
        if source.len() < 1 << 20 && rewritten(&header.transfer_syntax, source, 7) != whole {
            wrong.push(format!("{path}: another result in small pieces"));
        }
        let again = scan(&whole, data_set(EXPLICIT), ALL, Limits::default());
        match again.map_err(|error| error.to_string()) {
            Ok(again) if again.transfer_syntax != EXPLICIT => wrong.push(format!("{path}: {}", again.transfer_syntax)),
            Ok(again) => {
                // what was cut off does not come back
                let found = difference(&header.attributes, &again.attributes).filter(|_| !header.is_truncated());
                wrong.extend(found.map(|found| format!("{path}: {found} {:?}", header.warnings)));
                let broken = |warning: &&Warning| matches!(warning, Warning::Delimiter | Warning::ByteOrder);
                wrong.extend(again.warnings.iter().find(broken).map(|warning| format!("{path}: {warning}")));
            }
            Err(error) => wrong.push(format!("{path}: {error}")),
        }
    }
    assert!(wrong.is_empty() && count > 100, "{} of {count}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn implicit_sequences_and_long_texts_become_explicit() {
    let name = implicit(0x0008_0100, b"CODE");
    let long = vec![b'x'; 70_000];
    let source = [
        implicit(0x0008_0000, &[4, 0, 0, 0]),
        implicit(0x0008_0016, b"1.2\0"),
        implicit(0x0008_0018, b"1.3\0"),
        implicit(0x0008_1032, &item(&name)),
        raw(0x0008_1140, u32::MAX, &[open_item(&name), item(&name), raw(0xFFFE_E0DD, 0, &[])].concat()),
        implicit(0x0010_4000, &long),
        implicit(0x0009_1001, b"private"),
        implicit(0x0028_0103, &[1, 0]),
        implicit(0x0028_0106, &[0xFE, 0xFF]),
    ];
    let header = explicit(&rewritten(IMPLICIT, &source.concat(), 5));
    assert_eq!(header.warnings, [Warning::OutOfOrder], "the private one stands where it stood");
    let codes = |tag| header.attributes.items(tag).iter().map(|item| item.text(Tag(8, 0x100)).map(str::to_owned));
    assert!(codes(Tag(8, 0x1032)).chain(codes(Tag(8, 0x1140))).eq(vec![Some("CODE".to_owned()); 3]));
    // 70,000 bytes are too long for LT's 16 bits, so they stand as UN; whoever reads UN of a known tag reads its VR
    assert_eq!(header.attributes.text(Tag(0x10, 0x4000)).map(str::len), Some(long.len()));
    assert!(header.attributes.get(Tag(9, 0x1001)).is_some_and(|element| element.vr == VR::UN));
    assert_eq!(header.attributes.int(Tag(0x28, 0x106)), Some(-2), "signed, because the pixels are");
}

#[test]
fn big_endian_numbers_are_turned_across_any_cut() {
    let big = |tag: u32, vr: &str, value: &[u8]| {
        let mut out = [((tag >> 16) as u16).to_be_bytes(), (tag as u16).to_be_bytes()].concat();
        out.extend(vr.as_bytes());
        match vr {
            "OW" | "OB" => out.extend([&[0, 0][..], &(value.len() as u32).to_be_bytes()].concat()),
            _ => out.extend((value.len() as u16).to_be_bytes()),
        }
        out.extend(value);
        out
    };
    let source = [
        big(0x0008_0018, "UI", b"1.3\0"),
        big(0x0018_9073, "FD", &1.5f64.to_be_bytes()),
        big(0x0020_9057, "UL", &7u32.to_be_bytes()),
        big(0x0028_0009, "AT", &[0, 0x18, 0x10, 0x63]),
        big(0x0028_0010, "US", &[1, 2]),
        big(0x0028_0011, "US", &[1, 2, 3]),
        big(0x7FE0_0010, "OW", &[1, 2, 3, 4]),
    ]
    .concat();
    for piece in [1, 3, 1000] {
        let out = rewritten(transfer_syntax::EXPLICIT_BIG, &source, piece);
        let header = explicit(&out);
        assert_eq!(header.attributes.floats(Tag(0x18, 0x9073)), [1.5]);
        assert_eq!(header.attributes.int(Tag(0x20, 0x9057)), Some(7));
        assert!(value(&header, 9) == Some(&Value::Tags(vec![Tag(0x18, 0x1063)])));
        // half a number is left out
        assert!(value(&header, 0x11) == Some(&Value::Int(vec![0x102])));
        assert!(out.ends_with(&[2, 1, 4, 3]), "{piece}");
    }
}

fn value(header: &Header, element: u16) -> Option<&Value> {
    header.attributes.get(Tag(0x28, element)).map(|element| &element.value)
}

#[test]
fn pixels_and_attributes_are_written_otherwise() {
    let fragments = [item(&[]), item(&[9; 6])].concat();
    let icon = [element(0x0028_0010, "US", &[1, 0]), open(0x7FE0_0010, "OB", &fragments)].concat();
    let before = [
        identified(),
        element(0x0028_0004, "CS", b"YBR_RCT "),
        element(0x0028_0103, "US", &[0, 0]),
        open(0x0088_0200, "SQ", &open_item(&icon)),
        claiming(0x7FE0_0010, "OB", u32::MAX, &[]),
    ]
    .concat();
    let after = [raw(0xFFFE_E0DD, 0, &[]), element(0xFFFC_FFFC, "OB", &[0, 0])].concat();
    let mut changes = Changes { pixels: Pixels::Native { vr: VR::OW, length: 4 }, ..Changes::default() };
    changes.values.insert(tags::PHOTOMETRIC_INTERPRETATION, (VR::CS, b"RGB ".to_vec()));
    changes.values.insert(tags::PLANAR_CONFIGURATION, (VR::US, vec![0, 0]));
    changes.removed.insert(tags::PIXEL_REPRESENTATION);
    let mut rewriter = Rewriter::new(EXPLICIT, changes, Limits::default());
    let mut out = vec![];
    rewriter.feed(&before, &mut out).expect("before");
    out.extend([1, 2, 3, 4]);
    rewriter.pass_over(fragments.len() as u64).expect("over the fragments");
    rewriter.feed(&after, &mut out).expect("after");
    rewriter.finish(&mut out);
    let header = explicit(&out);
    assert_eq!(header.warnings, []);
    assert_eq!(header.attributes.text(tags::PHOTOMETRIC_INTERPRETATION), Some("RGB"));
    assert_eq!(header.attributes.int(tags::PLANAR_CONFIGURATION), Some(0));
    assert!(header.attributes.get(tags::PIXEL_REPRESENTATION).is_none());
    let pixels = header.pixel_data.expect("pixels");
    assert_eq!((pixels.length, pixels.encapsulated), (4, false));
    let icon = &header.attributes.items(tags::ICON_IMAGE_SEQUENCE)[0];
    assert!(icon.get(tags::PIXEL_DATA).is_none() && icon.get(tags::ROWS).is_some());
    assert!(header.attributes.get(Tag(0xFFFC, 0xFFFC)).is_some());
}

#[test]
fn a_value_that_breaks_off_is_followed_by_nothing() {
    let inside = claiming(0x0008_0100, "SH", 200, b"CUT");
    let source = [identified(), claiming(0x0008_1140, "SQ", u32::MAX, &raw(0xFFFE_E000, u32::MAX, &inside))].concat();
    let out = rewritten(EXPLICIT, &source, 1000);
    assert!(out.ends_with(b"CUT") && explicit(&out).is_truncated());
}
