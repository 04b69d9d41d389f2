//! Accept headers: no panic, and what fits once the transfer syntax is known fitted before.
#![no_main]

use dicomweb::{Accept, Packaging, Stored};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let accept = Accept::parse(Some(text), None);
    let _ = (accept.search_answer(), accept.store_answer(), accept.metadata(), accept.picture(), accept.bulk_data(Some("video/mp4")), accept.is_zip());
    for uid in ["1.2.840.10008.1.2", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.102"] {
        let stored = Stored { uid, decodes: !uid.ends_with("102"), has_pixels: true };
        assert!(accept.frames(&stored, 1).is_err() || accept.some_frames(1).is_ok());
        for packagings in [&[Packaging::Multipart][..], &[Packaging::Multipart, Packaging::Single]] {
            assert!(accept.file(&stored, packagings).is_err() || accept.some_files(packagings).is_ok());
        }
    }
});
