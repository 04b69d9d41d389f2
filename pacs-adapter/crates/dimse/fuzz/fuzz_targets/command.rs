//! Whatever a peer sends inside of P-DATA: read or refused, never a panic; what was read is written and read alike.

#![no_main]

use bytes::Bytes;
use dimse::{Assembler, Command, Pdvs};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(command) = Command::decode(input) {
        assert_eq!(Command::decode(&command.encode()), Ok(command));
    }
    let mut assembler = Assembler::new([1, 3]);
    for pdv in Pdvs::new(Bytes::copy_from_slice(input)) {
        let Ok(pdv) = pdv else { break };
        if assembler.push(pdv).is_err() {
            break;
        }
    }
});
