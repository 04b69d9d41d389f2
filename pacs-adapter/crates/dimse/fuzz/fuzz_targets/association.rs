//! Whatever a peer sends before it has an association: a PDU that is read, answered by the rules and written, or refused; never a
//! panic.

#![no_main]

use bytes::Bytes;
use dicom_ul::pdu::{Pdu, read_pdu, write_pdu};
use dimse::{Policy, PrivateClasses};
use libfuzzer_sys::fuzz_target;

/// The listener's limit.
const MAX_ASSOCIATE: u32 = 256 * 1024;

fuzz_target!(|input: &[u8]| {
    let Ok(Some(pdu)) = read_pdu(Bytes::copy_from_slice(input), MAX_ASSOCIATE, false) else { return };
    if let Pdu::AssociationRQ(request) = &pdu {
        let policy = Policy { private: PrivateClasses::Accept };
        for context in &request.presentation_contexts {
            let _ = policy.decide(&context.abstract_syntax, &context.transfer_syntaxes);
        }
    }
    // what cannot be written is an error, not a panic
    let _ = write_pdu(&mut Vec::new(), &pdu);
});
