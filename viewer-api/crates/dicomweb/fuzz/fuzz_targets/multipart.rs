//! Multipart bodies: no panic, the same parts however the body is cut, and no part but between two delimiters.
#![no_main]

use dicomweb::{PartEvent, PartReader, StoreBody};
use libfuzzer_sys::fuzz_target;

/// Whole parts and whether the body was closed, or that it was refused.
fn read(boundary: &str, body: &[u8], piece: usize) -> Option<(Vec<Vec<u8>>, bool)> {
    let mut reader = PartReader::new(boundary);
    let (mut whole, mut open) = (vec![], None::<Vec<u8>>);
    for bytes in body.chunks(piece) {
        reader.feed(bytes).ok()?;
        while let Some(event) = reader.next_event() {
            match event {
                PartEvent::Begin(_) => assert!(open.replace(vec![]).is_none()),
                PartEvent::Data(bytes) => open.as_mut().expect("data in a part").extend_from_slice(&bytes),
                PartEvent::End => whole.push(open.take().expect("an end of a part")),
                PartEvent::Closed => assert!(open.is_none()),
            }
        }
    }
    Some((whole, reader.is_closed()))
}

fuzz_target!(|body: &[u8]| {
    if let Ok(text) = std::str::from_utf8(body) {
        let _ = StoreBody::parse(Some(text));
    }
    let at_once = read("b", body, usize::MAX);
    for piece in [1, 3] {
        assert_eq!(read("b", body, piece), at_once);
    }
    if let Some((whole, _)) = at_once {
        assert!(whole.iter().map(Vec::len).sum::<usize>() <= body.len());
    }
});
