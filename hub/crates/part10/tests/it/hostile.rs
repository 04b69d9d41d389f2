//! Bytes that mean harm: no panic, no more memory than allowed, a quick answer.

use crate::build::*;
use crate::cases;
use imaging_domain::{DataSet, ErrorKind, Tag, Value};
use part10::{Error, FrameIndex, Framing, Header, Keep, Limits, Scanner, Warning, scan};
use proptest::prelude::*;
use std::io;

const BOTH: [Keep; 2] = [Keep::Index, EVERYTHING];

#[test]
fn nesting_100_000_deep_is_refused() {
    let one = [claiming(0x0040_A730, "SQ", u32::MAX, &[]), raw(0xFFFE_E000, u32::MAX, &[])].concat();
    let bytes = [identified(), one.repeat(100_000)].concat();
    for keep in BOTH {
        let error = scan(&bytes, data_set(EXPLICIT), keep, Limits::default()).expect_err("too deep");
        assert!(matches!(error, Error::Limit("nesting depth")), "{error}");
        assert_eq!(error.kind(), ErrorKind::TooLarge);
    }
}

#[test]
fn nesting_64_deep_is_read() {
    let mut bytes = element(0x0008_0050, "SH", b"A1");
    for _ in 0..64 {
        bytes = open(0x0040_A730, "SQ", &open_item(&bytes));
    }
    let header = scanned(&[identified(), bytes].concat());
    let mut level = &header.attributes;
    for _ in 0..64 {
        level = &level.items(Tag(0x0040, 0xA730))[0];
    }
    assert_eq!(level.text(Tag(0x0008, 0x0050)), Some("A1"));
}

/// A claimed length costs nothing: the scanner's answer comes from the bytes that came.
#[test]
fn length_bombs_are_only_truncated() {
    for vr in ["OB", "OW", "UT", "UC", "UN", "OV", "SQ", "UR"] {
        for length in [0x7FFF_FFFE_u32, 0xFFFF_FFFE] {
            for tag in [0x0009_1001, 0x0040_A160, 0x7FE0_0010] {
                let bytes = [identified(), claiming(tag, vr, length, b"abcd")].concat();
                for keep in [Keep::Index, EVERYTHING, Keep::Everything { max_inline_bytes: usize::MAX }] {
                    let header = scan(&bytes, data_set(EXPLICIT), keep, Limits::default()).expect("readable");
                    assert!(header.is_truncated(), "{vr} {length:x} {tag:x}");
                }
            }
        }
    }
}

/// Found by fuzzing presentation states: what followed was counted from beyond the end of the item.
#[test]
fn fragments_beyond_their_item_end_it() {
    let lookup = claiming(0x0028_3006, "OW", u32::MAX, &raw(0xFFFE_E000, 40, &[0; 4]));
    let sequence = element(0x0028_3010, "SQ", &item(&lookup));
    let after = element(0x0040_1001, "SH", b"ID");
    let bytes = [identified(), sequence, vec![0; 36], after].concat();
    let header = scanned(&bytes);
    assert!(header.warnings.contains(&Warning::Overrun(Tag(0x0040, 0x1001))), "{:?}", header.warnings);
}

#[test]
fn each_limit_is_named() {
    let many = [identified(), element(0x0009_1001, "LO", b"x").repeat(1000)].concat();
    let items = [identified(), open(0x0008_1140, "SQ", &item(&[]).repeat(1000))].concat();
    let text = [identified(), element(0x0040_A160, "UT", &vec![b'\\'; 5000])].concat();
    let values = [identified(), element(0x0010_1000, "LO", &vec![b'\\'; 5000])].concat();
    let small = Limits { elements: 100, kept_bytes: 2000, ..Limits::default() };
    for (bytes, expected) in
        [(&many, "elements"), (&items, "kept bytes"), (&values, "kept bytes"), (&text, "kept bytes")]
    {
        let limits = if expected == "elements" { Limits { kept_bytes: 1 << 30, ..small } } else { small };
        let error = scan(bytes, data_set(EXPLICIT), EVERYTHING, limits).expect_err("over the limit");
        assert!(matches!(error, Error::Limit(what) if what == expected), "{error}");
    }
    let short = Limits { text_value_bytes: 10, ..Limits::default() };
    let header = scan(&text, data_set(EXPLICIT), EVERYTHING, short).expect("readable");
    let value = header.attributes.get(Tag(0x0040, 0xA160)).map(|element| element.value.clone());
    assert!(matches!(value, Some(Value::Bulk { length: 5000, .. })));
}

#[test]
fn a_deflate_bomb_is_refused() {
    let zeros = [identified(), claiming(0x7FE0_0010, "OB", 0x7FFF_FFFE, &[])].concat();
    let mut encoder = flate2::write::DeflateEncoder::new(vec![], flate2::Compression::best());
    io::Write::write_all(&mut encoder, &zeros).expect("memory");
    for _ in 0..80 {
        io::Write::write_all(&mut encoder, &vec![0; 1 << 20]).expect("memory");
    }
    let bytes = encoder.finish().expect("memory");
    let deflated = || data_set("1.2.840.10008.1.2.1.99");
    let error = scan(&bytes, deflated(), Keep::Index, Limits::default()).expect_err("a bomb");
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    let limits = Limits { inflated_bytes: 1 << 20, ..Limits::default() };
    let error = scan(&bytes, deflated(), Keep::Index, limits).expect_err("a bomb");
    assert!(matches!(error, Error::Limit("inflated bytes")), "{error}");
    let mut sink = [0; 4096];
    let mut reader = part10::Inflate::new(bytes.as_slice(), limits);
    let error = loop {
        match io::Read::read(&mut reader, &mut sink) {
            Ok(0) => panic!("the bomb was read to its end"),
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
}

fn hold(bytes: &[u8], framing: &Framing, size: usize) {
    let limits = Limits { elements: 10_000, kept_bytes: 64 << 10, ..Limits::default() };
    for keep in BOTH {
        let whole = scan(bytes, framing.clone(), keep, limits);
        for read in [in_chunks, passing_over] {
            let chunked = read(bytes, framing, keep, limits, size);
            match (&whole, &chunked) {
                (Ok(a), Ok(b)) => assert!(same(a, b), "chunks of {size}"),
                (a, b) => assert_eq!(a.is_ok(), b.is_ok(), "chunks of {size}"),
            }
        }
        if let Ok(header) = whole {
            let mut zeros = |_: u64, buffer: &mut [u8]| {
                buffer.fill(0);
                Ok(())
            };
            let _ = FrameIndex::build(&header, &mut zeros);
        }
    }
}

fn in_chunks(bytes: &[u8], framing: &Framing, keep: Keep, limits: Limits, size: usize) -> Result<Header, Error> {
    let mut scanner = Scanner::new(framing.clone(), keep, limits);
    for chunk in bytes.chunks(size) {
        scanner.feed(chunk)?;
    }
    scanner.finish()
}

/// In chunks of what is looked at.
fn passing_over(bytes: &[u8], framing: &Framing, keep: Keep, limits: Limits, size: usize) -> Result<Header, Error> {
    let mut scanner = Scanner::new(framing.clone(), keep, limits);
    let mut rest = bytes;
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(size.min(rest.len()));
        scanner.feed(chunk)?;
        rest = &after[scanner.pass_over(after.len() as u64)? as usize..];
    }
    scanner.finish()
}

fn framings() -> impl Strategy<Value = Framing> {
    let uids =
        ["1.2.840.10008.1.2", EXPLICIT, "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.50"];
    prop_oneof![Just(Framing::File), prop::sample::select(uids.to_vec()).prop_map(data_set)]
}

/// A data set with a bit of everything, to be damaged.
fn sample() -> Vec<u8> {
    let inner = element(0x0008_1155, "UI", b"1.2\0");
    let nested = open(0x0008_1140, "SQ", &[item(&inner), open_item(&inner)].concat());
    let parts = [
        element(0x0008_0005, "CS", b"\\ISO 2022 IR 87"),
        identified(),
        element(0x0008_1140, "SQ", &open_item(&nested)),
        open(0x0009_1001, "UN", &open_item(&implicit(0x0008_1155, b"1.2\0"))),
        element(0x0010_0010, "PN", b"Y^T=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B"),
        element(0x0028_0010, "US", &[2, 0]),
        element(0x0028_0011, "US", &[2, 0]),
        element(0x0028_0100, "US", &[8, 0]),
        open(0x7FE0_0010, "OB", &[item(&[0; 4]), item(&[0xFF, 0xD8]), item(&[1; 40])].concat()),
    ];
    parts.concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..600),
        framing in framings(),
        size in 1usize..40,
    ) {
        hold(&bytes, &framing, size);
    }

    #[test]
    fn damaged_data_sets_never_panic(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        framing in framings(),
        size in 1usize..40,
    ) {
        let mut bytes = sample();
        if framing == Framing::File {
            bytes = [part10::file_meta("1.2", "1.2.3.4", EXPLICIT), bytes].concat();
        }
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        hold(&bytes, &framing, size);
    }
}

/// Real files cut at every kind of place and with bytes overwritten.
#[test]
fn damaged_real_files_never_panic() {
    let Some(folder) = cases::folder() else { return };
    let names = ["curated/charset/chrH32.dcm", "curated/broken/UN_sequence.dcm", "curated/broken/nested_priv_SQ.dcm"];
    for name in names {
        let whole = cases::read(&folder.join(name));
        for at in 0..whole.len() {
            hold(&whole[..at], &Framing::File, 5);
            let mut damaged = whole.clone();
            damaged[at] ^= 0xFF;
            hold(&damaged, &Framing::File, 64);
        }
    }
}

/// Whether two headers are the same, not-a-number counting as itself.
fn same(a: &Header, b: &Header) -> bool {
    same_attributes(&a.attributes, &b.attributes)
        && (&a.transfer_syntax, &a.declared_transfer_syntax) == (&b.transfer_syntax, &b.declared_transfer_syntax)
        && (a.data_set_offset, a.pixel_data, &a.warnings) == (b.data_set_offset, b.pixel_data, &b.warnings)
}

fn same_attributes(a: &DataSet, b: &DataSet) -> bool {
    let same_value = |a: &Value, b: &Value| match (a, b) {
        (Value::Float(a), Value::Float(b)) => a.iter().map(|f| f.to_bits()).eq(b.iter().map(|f| f.to_bits())),
        (Value::Sequence(a), Value::Sequence(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_attributes(a, b))
        }
        (a, b) => a == b,
    };
    a.len() == b.len()
        && a.iter().zip(b.iter()).all(|((t, a), (u, b))| t == u && a.vr == b.vr && same_value(&a.value, &b.value))
}

/// Found by fuzzing: file meta information that ends where its group length says and begins once more was taken for
/// the data set, which behind our own file meta information would have been read as something else.
#[test]
fn file_meta_where_the_data_set_should_begin_is_refused() {
    let deflated = "1.2.840.10008.1.2.1.99";
    let mut file = part10::file_meta("1.2", "1.2.3.4", deflated);
    file.extend(part10::file_meta("1.2", "1.2.3.4", deflated).split_off(132));
    let bare = [element(0x0002_0010, "UI", b"1.2\0"), identified()].concat();
    for (bytes, framing) in [(file, Framing::File), (bare, data_set(EXPLICIT))] {
        let error = scan(&bytes, framing, Keep::Index, Limits::default()).expect_err("ambiguous");
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }
}
