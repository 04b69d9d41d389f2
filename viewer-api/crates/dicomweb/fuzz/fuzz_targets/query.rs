//! Query strings of searches and rendered resources: no panic, and what comes out keeps the limits.
#![no_main]

use imaging_domain::Level;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for level in [Level::Study, Level::Series, Level::Instance] {
        if let Ok((query, warnings)) = dicomweb::parse_search(level, text) {
            assert!(query.page.limit >= 1);
            assert!(query.keys.iter().all(|key| key.attribute.level <= level));
            for warning in warnings {
                assert!(warning.header_value("hub").bytes().all(|b| (b' '..=b'~').contains(&b)));
            }
        }
    }
    if let Ok((rendered, _)) = dicomweb::parse_rendered(text)
        && let Some(viewport) = rendered.viewport
    {
        let (columns, rows) = viewport.size.unwrap_or((1, 1));
        assert!((1..=dicomweb::MAX_VIEWPORT).contains(&columns) && (1..=dicomweb::MAX_VIEWPORT).contains(&rows));
    }
    let _ = dicomweb::parse_thumbnail(text);
    let _ = dicomweb::accept_parameter(text);
    let _ = dicomweb::parse_frames(text);
    let _ = dicomweb::span_of_uri(text);
});
