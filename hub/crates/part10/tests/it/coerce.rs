//! Coercion: what is asked for is changed, what was there is kept, and no other byte is touched.

use crate::build::{EXPLICIT, IMPLICIT, data_set, element, identified, implicit, item, open, open_item};
use crate::cases;
use imaging_domain::{DataSet, Tag, Value, tags};
use part10::{
    Coercion, CoercionError, Framing, Gatherer, Header, Keep, Limits, Modification, ORIGINAL_ATTRIBUTES_SEQUENCE,
    Scanner, Splicer, Watched, scan,
};
use std::sync::Arc;

const DEFLATED: &str = "1.2.840.10008.1.2.1.99";
const BIG: &str = "1.2.840.10008.1.2.2";
const MODIFIED: Tag = Tag(0x0400, 0x0550);

fn coercion(set: &[(Tag, &str)], removed: &[Tag]) -> Coercion {
    let set = set.iter().map(|(tag, value)| (*tag, (*value).to_owned())).collect();
    Coercion { set, removed: removed.iter().copied().collect() }
}

fn modification() -> Modification {
    let (at, system, source) = ("20260102030405.000000", "GATE", "CT1");
    Modification { at: at.to_owned(), system: system.to_owned(), source: source.to_owned(), reason: "COERCE" }
}

fn watched(bytes: &[u8], framing: Framing, coercion: &Coercion) -> Header {
    let watched = Watched { placed: coercion.placed(), ..Watched::default() };
    let mut scanner = Scanner::new(framing, Keep::Index, Limits::default()).watching(Arc::new(watched));
    bytes.chunks(7).for_each(|piece| scanner.feed(piece).expect("taken"));
    scanner.finish().expect("read")
}

/// The data set, coerced in pieces of this size.
fn coerced_by(bytes: &[u8], header: &Header, coercion: &Coercion, piece: usize) -> Result<Vec<u8>, CoercionError> {
    let (syntax, limits) = (&header.transfer_syntax, Limits::default());
    let wanted = coercion.originals(header.places.as_ref().expect("places"))?;
    let mut gatherer = Gatherer::new(syntax, wanted, limits);
    bytes.chunks(piece).for_each(|piece| gatherer.feed(piece).expect("taken"));
    assert!(gatherer.is_done());
    let splices = coercion.splices(header, &gatherer.finish(), &modification())?;
    let (mut splicer, mut out) = (Splicer::new(syntax, splices, limits), vec![]);
    bytes.chunks(piece).for_each(|piece| splicer.feed(piece, &mut out).expect("taken"));
    splicer.finish(&mut out).expect("written");
    Ok(out)
}

fn coerced(bytes: &[u8], syntax: &str, coercion: &Coercion) -> Result<Vec<u8>, CoercionError> {
    let header = watched(bytes, data_set(syntax), coercion);
    let whole = coerced_by(bytes, &header, coercion, usize::MAX)?;
    for piece in [1, 2, 13] {
        assert_eq!(coerced_by(bytes, &header, coercion, piece)?, whole);
    }
    Ok(whole)
}

fn read(bytes: &[u8], syntax: &str) -> DataSet {
    let keep = Keep::Everything { max_inline_bytes: 64 };
    let header = scan(bytes, data_set(syntax), keep, Limits::default()).expect("it works");
    assert!(header.warnings.is_empty(), "{:?}", header.warnings);
    header.attributes
}

fn items(attributes: &DataSet, tag: Tag) -> &[DataSet] {
    match attributes.get(tag).map(|element| &element.value) {
        Some(Value::Sequence(items)) => items,
        _ => &[],
    }
}

/// The previous values that the last item of Original Attributes Sequence keeps.
fn originals(attributes: &DataSet) -> &DataSet {
    let item = items(attributes, ORIGINAL_ATTRIBUTES_SEQUENCE).last().expect("it works");
    assert_eq!(item.text(Tag(0x0400, 0x0562)), Some("20260102030405.000000"));
    assert_eq!(item.text(Tag(0x0400, 0x0563)), Some("GATE"));
    assert_eq!(item.text(Tag(0x0400, 0x0564)), Some("CT1"));
    assert_eq!(item.text(Tag(0x0400, 0x0565)), Some("COERCE"));
    assert_eq!(items(item, MODIFIED).len(), 1);
    &items(item, MODIFIED)[0]
}

#[test]
fn values_are_set_and_removed_and_what_they_were_is_kept() {
    let before = [identified(), element(0x0008_0060, "CS", b"OT"), element(0x0010_0020, "LO", b"A1")].concat();
    let after = [element(0x0020_0011, "IS", b"7 "), element(0x7FE0_0010, "OW", b"pixels")].concat();
    let bytes = [before.clone(), after.clone()].concat();
    let change = coercion(&[(tags::PATIENT_ID, "B22"), (tags::INSTITUTION_NAME, "St. Anne")], &[tags::MODALITY]);
    let out = coerced(&bytes, EXPLICIT, &change).expect("it works");
    assert!(out.ends_with(&element(0x7FE0_0010, "OW", b"pixels")));
    let found = read(&out, EXPLICIT);
    assert_eq!(found.text(tags::PATIENT_ID), Some("B22"));
    assert_eq!(found.text(tags::INSTITUTION_NAME), Some("St. Anne"));
    assert!(found.get(tags::MODALITY).is_none());
    let was = originals(&found);
    assert_eq!((was.text(tags::MODALITY), was.text(tags::PATIENT_ID)), (Some("OT"), Some("A1")));
    assert_eq!(was.iter().count(), 2, "what was not there has no previous value");
}

#[test]
fn a_private_element_is_kept_with_whose_it_is() {
    let private =
        [element(0x0011_0010, "LO", b"ME"), element(0x0011_0011, "LO", b"HE"), element(0x0011_1001, "LO", b"x ")];
    let bytes = [identified(), private.concat()].concat();
    let out = coerced(&bytes, EXPLICIT, &coercion(&[], &[Tag(0x11, 0x1001), Tag(0x11, 0x1101)])).expect("it works");
    let found = read(&out, EXPLICIT);
    assert_eq!((found.text(Tag(0x11, 0x10)), found.get(Tag(0x11, 0x1001)).is_none()), (Some("ME"), true));
    let was = originals(&found);
    assert_eq!((was.text(Tag(0x11, 0x10)), was.text(Tag(0x11, 0x1001))), (Some("ME"), Some("x")));
    assert_eq!(was.iter().count(), 2, "the other block has nothing that was removed");
}

#[test]
fn what_is_so_already_is_left_alone() {
    let bytes = [identified(), element(0x0010_0020, "LO", b"A1")].concat();
    let change = coercion(&[(tags::PATIENT_ID, "A1")], &[tags::MODALITY]);
    assert_eq!(coerced(&bytes, EXPLICIT, &change).expect("it works"), bytes);
}

#[test]
fn earlier_items_stay_and_one_is_appended() {
    let earlier = [element(0x0400_0563, "LO", b"OTHER "), element(0x0400_0565, "CS", b"COERCE")].concat();
    let measured = element(0x0400_0561, "SQ", &item(&earlier));
    let delimited = open(0x0400_0561, "SQ", &open_item(&earlier));
    for sequence in [measured, delimited, element(0x0400_0561, "SQ", b"")] {
        let count = usize::from(sequence.len() > 12);
        let bytes = [identified(), element(0x0010_0020, "LO", b"A1"), sequence, element(0x4008_4000, "ST", b"end ")];
        // one whose tag is greater comes after it
        let change = coercion(&[(tags::PATIENT_ID, "B2"), (Tag(0x4008, 0x0300), "said")], &[]);
        let found = read(&coerced(&bytes.concat(), EXPLICIT, &change).expect("it works"), EXPLICIT);
        assert_eq!(items(&found, ORIGINAL_ATTRIBUTES_SEQUENCE).len(), count + 1);
        assert_eq!(originals(&found).text(tags::PATIENT_ID), Some("A1"));
        assert_eq!(found.text(Tag(0x4008, 0x4000)), Some("end"));
    }
}

#[test]
fn group_lengths_go_and_elements_that_stand_twice_become_one() {
    let bytes = [
        identified(),
        element(0x0010_0000, "UL", &[0; 4]),
        element(0x0010_0020, "LO", b"A1"),
        element(0x0010_0020, "LO", b"A2"),
        element(0x0020_0000, "UL", &[9; 4]),
    ];
    let change = coercion(&[(tags::PATIENT_ID, "B2")], &[]);
    let out = coerced(&bytes.concat(), EXPLICIT, &change).expect("it works");
    let found = read(&out, EXPLICIT);
    assert_eq!(found.text(tags::PATIENT_ID), Some("B2"));
    assert_eq!(originals(&found).text(tags::PATIENT_ID), Some("A2"), "the last one counts");
    let group = |tag: &[u8]| out.windows(4).filter(|bytes| *bytes == tag).count();
    assert_eq!((group(b"\x10\0\0\0"), group(b"\x20\0\0\0")), (0, 1));
}

#[test]
fn values_are_written_in_the_data_sets_character_set_or_not_at_all() {
    let name = |label: &[u8], bytes: &[u8]| {
        [element(0x0008_0005, "CS", label), identified(), element(0x0010_0010, "PN", bytes)].concat()
    };
    let change = coercion(&[(tags::PATIENT_NAME, "Wang^XiaoDong=王^小东")], &[]);
    let gbk = name(b"GB18030 ", b"Li^Ming");
    let gbk = [gbk, vec![b' ']].concat();
    let mut gbk = gbk;
    // "Li^Ming " has an even length
    let at = gbk.len() - 10;
    gbk[at..at + 2].copy_from_slice(&8_u16.to_le_bytes());
    let found = read(&coerced(&gbk, EXPLICIT, &change).expect("it works"), EXPLICIT);
    assert_eq!(found.text(tags::PATIENT_NAME), Some("Wang^XiaoDong=王^小东"));
    assert_eq!(originals(&found).text(tags::PATIENT_NAME), Some("Li^Ming"));
    let latin = name(b"ISO_IR 100", b"M\xFCller");
    assert_eq!(coerced(&latin, EXPLICIT, &change), Err(CoercionError::CharacterSet(tags::PATIENT_NAME)));
    let ascii = coercion(&[(tags::PATIENT_ID, "B2")], &[tags::PATIENT_NAME]);
    let found = read(&coerced(&latin, EXPLICIT, &ascii).expect("it works"), EXPLICIT);
    assert_eq!(originals(&found).text(tags::PATIENT_NAME), Some("Müller"), "the item has the same character set");
}

#[test]
fn what_cannot_be_coerced_is_not() {
    let change = coercion(&[(tags::PATIENT_ID, "B2")], &[]);
    let cut = [identified(), element(0x0010_0020, "LO", b"A1"), element(0x0020_0010, "SH", b"1234")].concat();
    assert_eq!(coerced(&cut[..cut.len() - 2], EXPLICIT, &change), Err(CoercionError::Damaged));
    let often = [identified(), element(0x0010_0020, "LO", b"A1").repeat(9)].concat();
    assert_eq!(coerced(&often, EXPLICIT, &change), Err(CoercionError::Damaged));
    let unknown = [identified(), element(0x0010_0020, "LO", b"A1"), element(0x0400_0561, "UN", b"1234")].concat();
    assert_eq!(coerced(&unknown, EXPLICIT, &change), Err(CoercionError::OriginalAttributes));
    let bytes = [identified(), element(0x0010_0020, "LO", b"A1")].concat();
    let long = coercion(&[(tags::PATIENT_ID, &"B".repeat(65_536))], &[]);
    assert_eq!(coerced(&bytes, EXPLICIT, &long), Err(CoercionError::Value(tags::PATIENT_ID)));
}

#[test]
fn implicit_stays_implicit() {
    let bytes = [implicit(0x0008_0018, b"1.2.3.4\0"), implicit(0x0010_0020, b"A1"), implicit(0x7FE0_0010, b"pixels")];
    let out = coerced(&bytes.concat(), IMPLICIT, &coercion(&[(tags::PATIENT_ID, "B2")], &[])).expect("it works");
    assert!(out.ends_with(&bytes[2]));
    assert_eq!(originals(&read(&out, IMPLICIT)).text(tags::PATIENT_ID), Some("A1"));
    let again = coerced(&out, IMPLICIT, &coercion(&[(tags::PATIENT_ID, "C3")], &[])).expect("it works");
    let found = read(&again, IMPLICIT);
    assert_eq!(items(&found, ORIGINAL_ATTRIBUTES_SEQUENCE).len(), 2);
    assert_eq!(originals(&found).text(tags::PATIENT_ID), Some("B2"));
}

/// Every real file: after the coercion it reads as before, but for what was changed, and its pixel data is the same bytes.
#[test]
fn real_files_of_every_transfer_syntax_are_coerced() {
    let Some(folder) = cases::folder() else { return };
    let change = coercion(&[(tags::PATIENT_ID, "COERCED"), (tags::STUDY_ID, "S 1")], &[tags::PATIENT_NAME]);
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    for path in files(&folder) {
        let bytes = cases::read(&path);
        let keep = Keep::Everything { max_inline_bytes: 1 << 10 };
        let Ok(before) = scan(&bytes, Framing::File, keep, Limits::default()) else { continue };
        let header = watched(&bytes, Framing::File, &change);
        let data = &bytes[header.data_set_offset as usize..];
        let out = match coerced_by(data, &header, &change, 64 << 10) {
            Ok(out) => out,
            Err(CoercionError::Damaged) if header.is_truncated() => continue,
            Err(error) => panic!("{}: {error}", path.display()),
        };
        let after = scan(&out, data_set(&header.transfer_syntax), keep, Limits::default()).expect("it works");
        assert_eq!(after.attributes.text(tags::PATIENT_ID), Some("COERCED"), "{}", path.display());
        assert!(after.attributes.get(tags::PATIENT_NAME).is_none());
        let changed = [tags::PATIENT_ID, tags::PATIENT_NAME, tags::STUDY_ID];
        if changed.iter().all(|tag| before.attributes.get(*tag).is_none()) {
            assert!(after.attributes.get(ORIGINAL_ATTRIBUTES_SEQUENCE).is_none());
            continue;
        }
        let was = originals(&after.attributes);
        for tag in [tags::PATIENT_ID, tags::PATIENT_NAME] {
            assert_eq!(was.text(tag), before.attributes.text(tag), "{} {tag}", path.display());
        }
        let pixels = |data: &[u8], header: &Header| {
            header
                .pixel_data
                .map(|it| inflated(data, header)[it.offset as usize..(it.offset + it.length) as usize].to_vec())
        };
        assert!(pixels(data, &before) == pixels(&out, &after), "{}: pixels", path.display());
        *seen.entry(header.transfer_syntax).or_default() += 1;
    }
    for syntax in [EXPLICIT, IMPLICIT, BIG, DEFLATED, "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.5"] {
        assert!(seen.contains_key(syntax), "no file in {syntax}: {seen:?}");
    }
}

fn inflated(data: &[u8], header: &Header) -> Vec<u8> {
    let mut out = vec![];
    let mut inflating = part10::Inflating::new(&header.transfer_syntax, Limits::default());
    let mut sink = |bytes: &[u8]| {
        out.extend_from_slice(bytes);
        Ok(())
    };
    inflating.feed(data, &mut sink).expect("it works");
    out
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).expect("it works") {
        let path = entry.expect("it works").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.metadata().is_ok_and(|about| about.len() < 32 << 20) {
            found.push(path);
        }
    }
    found
}
