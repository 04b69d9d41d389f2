//! Query strings of searches, subscriptions and rendered resources: no panic, and what comes out keeps the limits.
#![no_main]

use imaging_domain::Level;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for level in [Level::Study, Level::Series, Level::Instance] {
        if let Ok((query, warnings)) = dicomweb::parse_search(level, text) {
            assert!(query.page.limit >= 1);
            for warning in warnings {
                assert!(warning.header_value("hub").bytes().all(|b| (b' '..=b'~').contains(&b)));
            }
        }
    }
    if let Ok((query, _)) = dicomweb::parse_worklist_search(text) {
        assert!(query.keys.iter().all(|key| key.attribute.level == Level::Study));
    }
    // a filter that was taken is one when it is read again
    if let Ok(subscription) = dicomweb::parse_subscription(text) {
        let (query, warnings) = dicomweb::parse_worklist_search(&subscription.filter).expect("it was read");
        assert!(warnings.is_empty() && query.keys.is_empty() == subscription.filter.is_empty());
    }
    if let Some((first, last)) = imaging_domain::moments(text) {
        assert!(first <= last);
    }
    let _ = dicomweb::workitem_parameter(text);
    let _ = dicomweb::transaction_parameter(text);
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
