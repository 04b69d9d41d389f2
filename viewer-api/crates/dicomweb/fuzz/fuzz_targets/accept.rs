//! Accept headers: no panic, and what fits once the transfer syntax is known fitted before.
#![no_main]

use dicomweb::Accept;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let accept = Accept::parse(Some(text), None);
    let _ = (accept.dicom_json(), accept.picture(), accept.bulk_data());
    for stored in ["1.2.840.10008.1.2", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.202"] {
        assert!(accept.frames(stored, 1).is_err() || accept.some_frames(1).is_ok());
        assert!(accept.file(Some(stored)).is_err() || accept.file(None).is_ok());
        assert!(accept.files(Some(stored)).is_err() || accept.files(None).is_ok());
    }
});
