//! Any bytes, as a file and as a bare data set: no panic, the same result however they are cut, frames inside the
//! pixel data, and the same attributes again behind our own file meta information.

#![no_main]

use imaging_domain::{DataSet, Value, transfer_syntax};
use libfuzzer_sys::fuzz_target;
use part10::{Error, FrameIndex, Framing, Header, Inflate, Keep, Limits, Scanner, file_meta, scan};
use std::io::{self, Read};

const LIMITS: Limits =
    Limits { depth: 64, elements: 100_000, text_value_bytes: 4096, kept_bytes: 1 << 20, inflated_bytes: 8 << 20 };

fuzz_target!(|data: &[u8]| {
    check(data, &Framing::File);
    if let Some((first, rest)) = data.split_first() {
        let syntaxes = [
            transfer_syntax::IMPLICIT_LITTLE,
            transfer_syntax::EXPLICIT_LITTLE,
            transfer_syntax::EXPLICIT_BIG,
            transfer_syntax::DEFLATED,
            "1.2.840.10008.1.2.4.50",
        ];
        let transfer_syntax = syntaxes[usize::from(*first) % syntaxes.len()].to_owned();
        check(rest, &Framing::DataSet { transfer_syntax });
    }
});

fn check(data: &[u8], framing: &Framing) {
    for keep in [Keep::Index, Keep::Everything { max_inline_bytes: 64 }] {
        let whole = scan(data, framing.clone(), keep, LIMITS);
        let chunk = 1 + data.last().map_or(0, |byte| usize::from(byte % 13));
        for read in [in_chunks, passing_over] {
            match (&whole, &read(data, framing, keep, chunk)) {
                (Ok(a), Ok(b)) => assert!(same(a, b), "chunks of {chunk} give another result"),
                (a, b) => assert_eq!(a.is_ok(), b.is_ok(), "chunks of {chunk} give another outcome"),
            }
        }
        if let Ok(header) = whole {
            check_frames(data, &header);
            if *framing == Framing::File {
                check_meta(data, &header, keep);
            }
        }
    }
}

fn in_chunks(data: &[u8], framing: &Framing, keep: Keep, size: usize) -> Result<Header, Error> {
    let mut scanner = Scanner::new(framing.clone(), keep, LIMITS);
    for chunk in data.chunks(size) {
        scanner.feed(chunk)?;
        let _ = scanner.identity();
    }
    scanner.finish()
}

/// In chunks of what is looked at.
fn passing_over(data: &[u8], framing: &Framing, keep: Keep, size: usize) -> Result<Header, Error> {
    let mut scanner = Scanner::new(framing.clone(), keep, LIMITS);
    let mut rest = data;
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(size.min(rest.len()));
        scanner.feed(chunk)?;
        rest = &after[scanner.pass_over(after.len() as u64)? as usize..];
    }
    scanner.finish()
}

fn check_frames(data: &[u8], header: &Header) {
    let Some(pixel_data) = header.pixel_data else { return };
    let data_set = data_set(data, header);
    let end = pixel_data.offset + pixel_data.length;
    let mut read = |at: u64, buffer: &mut [u8]| {
        let at = usize::try_from(at).map_err(io::Error::other)?;
        let end = at.checked_add(buffer.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(data_set.get(at..end).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    };
    let index = match FrameIndex::build(header, &mut read) {
        Ok(index) => index,
        Err(error) => {
            assert!(!matches!(error, Error::Read(_)), "asked for bytes that are not there");
            return;
        }
    };
    for frame in (0..index.len()).filter_map(|n| index.frame(n)) {
        for range in &frame.ranges {
            assert!(range.start <= range.end && range.start >= pixel_data.offset && range.end <= end);
        }
    }
}

fn data_set(data: &[u8], header: &Header) -> Vec<u8> {
    let from = &data[header.data_set_offset as usize..];
    if header.transfer_syntax != transfer_syntax::DEFLATED {
        return from.to_vec();
    }
    let mut inflated = vec![];
    let mut reader = Inflate::new(from, LIMITS);
    let mut buffer = [0; 4096];
    while let Ok(got @ 1..) = reader.read(&mut buffer) {
        inflated.extend_from_slice(&buffer[..got]);
    }
    inflated
}

fn check_meta(data: &[u8], header: &Header, keep: Keep) {
    let uid = &header.transfer_syntax;
    if uid.is_empty() || uid.len() > 64 || !uid.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return;
    }
    let mut file = file_meta("1.2.3", "1.2.4", uid);
    let offset = file.len() as u64;
    file.extend_from_slice(&data[header.data_set_offset as usize..]);
    let again = scan(&file, Framing::File, keep, LIMITS).expect("read once, read again");
    assert_eq!(again.data_set_offset, offset);
    assert_eq!(&again.transfer_syntax, uid);
    assert!(same_attributes(&again.attributes, &header.attributes) && again.pixel_data == header.pixel_data);
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
