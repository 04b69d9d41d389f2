//! Whatever somebody calls a zip file: every entry comes out whole or is refused, never a panic, and never much more than the file
//! has.

#![no_main]

use libfuzzer_sys::fuzz_target;
use media::Zip;
use std::io::Write;

fuzz_target!(|input: &[u8]| {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(input).expect("written");
    let Ok(mut zip) = Zip::open(file) else { return };
    let (mut buffer, mut given) = (vec![0; 64 << 10], 0);
    while let Ok(Some(entry)) = zip.next_entry() {
        let Ok(mut content) = zip.content(&entry) else { continue };
        while let Ok(read @ 1..) = zip.read(&mut content, &mut buffer) {
            given += read;
        }
    }
    assert!(given <= (64 << 20) + 100 * input.len().max(1) + buffer.len());
});
