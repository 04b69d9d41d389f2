//! Any bytes, as a file in whatever syntax it claims: attributes are changed without a panic, the same however the bytes are
//! cut, and what is read afterwards says so.

#![no_main]

use imaging_domain::{Tag, tags};
use libfuzzer_sys::fuzz_target;
use part10::{Coercion, Framing, Gatherer, Header, Keep, Limits, Modification, Scanner, Splicer, Watched, scan};
use std::sync::Arc;

const LIMITS: Limits =
    Limits { depth: 64, elements: 100_000, text_value_bytes: 4096, kept_bytes: 1 << 20, inflated_bytes: 8 << 20 };

fuzz_target!(|data: &[u8]| {
    let set = [(tags::PATIENT_ID, "COERCED".to_owned()), (Tag(0x4008, 0x0300), "said".to_owned())].into();
    let coercion = Coercion { set, removed: [tags::PATIENT_NAME, Tag(0x0008, 0x1140)].into() };
    let watched = Watched { kept: [tags::PATIENT_ID].into(), placed: coercion.placed() };
    let mut scanner = Scanner::new(Framing::File, Keep::Index, LIMITS).watching(Arc::new(watched));
    if scanner.feed(data).is_err() {
        return;
    }
    let Ok(header) = scanner.finish() else { return };
    let source = &data[header.data_set_offset as usize..];
    let chunk = 1 + data.last().map_or(0, |byte| usize::from(byte % 13));
    let Some(whole) = coerced(&header, source, &coercion, usize::MAX) else { return };
    assert!(coerced(&header, source, &coercion, chunk).as_ref() == Some(&whole), "chunks of {chunk} differ");
    if !header.warnings.is_empty() {
        return;
    }
    let framing = Framing::DataSet { transfer_syntax: header.transfer_syntax.clone() };
    let Ok(again) = scan(&whole, framing, Keep::Index, Limits::default()) else { return };
    assert_eq!(again.attributes.text(tags::PATIENT_ID), Some("COERCED"));
    assert!(again.attributes.get(tags::PATIENT_NAME).is_none());
    let length = |header: &Header| header.pixel_data.map(|pixels| pixels.length);
    assert_eq!(length(&header), length(&again), "the pixels are as long as they were");
});

fn coerced(header: &Header, source: &[u8], coercion: &Coercion, size: usize) -> Option<Vec<u8>> {
    let text = String::new;
    let said = Modification { at: text(), system: text(), source: text(), reason: "COERCE" };
    let wanted = coercion.originals(header.places.as_ref()?).ok()?;
    let mut gatherer = Gatherer::new(&header.transfer_syntax, wanted, LIMITS);
    for chunk in source.chunks(size) {
        gatherer.feed(chunk).ok()?;
    }
    let splices = coercion.splices(header, &gatherer.finish(), &said).ok()?;
    let (mut splicer, mut out) = (Splicer::new(&header.transfer_syntax, splices, LIMITS), vec![]);
    for chunk in source.chunks(size) {
        splicer.feed(chunk, &mut out).ok()?;
    }
    splicer.finish(&mut out).ok()?;
    Some(out)
}
