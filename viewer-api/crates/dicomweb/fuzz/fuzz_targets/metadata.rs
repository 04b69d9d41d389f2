//! Metadata that comes apart from its bulk data: no panic, and what is written of it is a data set that a reader reads to
//! its end. Arrays that are cut into their objects: the same however they come. And requests for storage commitment: what is
//! committed names the instances that were asked about.
#![no_main]

use dicomweb::{
    Bulk, Described, Elements, Segment, asked_about, commitment_response, data_set_in_json, data_set_in_xml, described_in_json,
    described_in_xml, encode,
};
use imaging_domain::json;
use libfuzzer_sys::fuzz_target;
use part10::{Framing, Keep, Limits, Warning, scan};

fn written(described: &Described) {
    let bulk: Vec<Bulk> = described
        .uris
        .iter()
        .map(|uri| Bulk { spans: vec![0..uri.len() as u64], transfer_syntax: None, is_image: false })
        .collect();
    let Ok(encoded) = encode(described, &bulk) else { return };
    let bytes: Vec<u8> = encoded
        .segments
        .into_iter()
        .flat_map(|segment| match segment {
            Segment::Bytes(bytes) => bytes,
            Segment::Bulk(span) => vec![b'x'; (span.end - span.start) as usize],
        })
        .collect();
    let framing = Framing::DataSet { transfer_syntax: encoded.transfer_syntax };
    let header = scan(&bytes, framing, Keep::Everything { max_inline_bytes: 64 }, Limits::default());
    if let Ok(header) = header {
        assert!(!header.warnings.contains(&Warning::Truncated));
        assert!(!header.warnings.contains(&Warning::OutOfOrder));
    }
}

/// The objects, when it is an array of them.
fn cut(text: &[u8], piece: usize) -> Option<Vec<Vec<u8>>> {
    let mut elements = Elements::default();
    let cut: Option<Vec<_>> = text.chunks(piece).map(|bytes| elements.feed(bytes).ok()).collect();
    cut.filter(|_| elements.is_ended()).map(|cut| cut.concat())
}

fuzz_target!(|text: &[u8]| {
    let whole = cut(text, text.len().max(1));
    assert_eq!(whole, cut(text, 1));
    if let Ok(objects) = serde_json::from_slice::<Vec<serde_json::Map<String, serde_json::Value>>>(text) {
        assert_eq!(whole.map(|whole| whole.len()), Some(objects.len()));
    }
    if let Ok(all) = described_in_json(text) {
        all.iter().flatten().for_each(written);
    }
    if let Ok(described) = described_in_xml(text) {
        written(&described);
    }
    for request in [data_set_in_json(text), data_set_in_xml(text)].into_iter().flatten() {
        let again = json::to_json(&request, &|_, _| None).to_string();
        assert!(data_set_in_json(again.as_bytes()).is_ok(), "what was read is a data set when it is written");
        let Ok(mut asked) = asked_about(&request) else { continue };
        let found: Vec<_> = asked.iter().map(|one| (one.clone(), None)).collect();
        let answer = json::to_json(&commitment_response(&found), &|_, _| None).to_string();
        let again = data_set_in_json(answer.as_bytes()).and_then(|again| asked_about(&again));
        let mut again = again.expect("an answer is a request for the same");
        // instances of a study stand together in it
        (asked.sort(), again.sort());
        assert_eq!(again, asked);
    }
});
