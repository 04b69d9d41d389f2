//! Structured reports: no panic, and nothing of a report becomes markup.
#![no_main]

use dicomweb::{report_html, report_text};
use libfuzzer_sys::fuzz_target;
use part10::{Framing, Keep, Limits, scan};

fuzz_target!(|bytes: &[u8]| {
    let framing = Framing::DataSet { transfer_syntax: "1.2.840.10008.1.2.1".into() };
    let Ok(header) = scan(bytes, framing, Keep::Everything { max_inline_bytes: 4096 }, Limits::default()) else { return };
    let html = report_html(&header.attributes);
    let body = html.split_once("<body>").map_or("", |(_, body)| body);
    for tag in body.split('<').skip(1) {
        let name = tag.split([' ', '>']).next().unwrap_or_default().trim_start_matches('/');
        assert!(["h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "th", "td", "p", "b", "body", "html"].contains(&name));
    }
    let _ = report_text(&header.attributes);
});
