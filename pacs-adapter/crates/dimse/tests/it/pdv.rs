use bytes::Bytes;
use dimse::{Error, MIN_PDU, PDU_HEADER, Pdv, Pdvs, write_pdata};
use proptest::prelude::*;

#[test]
fn items_that_do_not_fill_their_pdu_are_refused() {
    for body in [&[0, 0, 0, 1, 1][..], &[0, 0, 0, 1, 1, 3], &[0, 0, 0, 9, 1, 3, 7], &[0xff, 0xff, 0xff, 0xff, 1, 3]] {
        let values: Vec<_> = Pdvs::new(Bytes::copy_from_slice(body)).collect();
        assert_eq!(values, [Err(Error::BadPdv)], "{body:?}");
    }
    assert_eq!(Pdvs::new(Bytes::new()).count(), 0);
}

proptest! {
    #[test]
    fn messages_survive_being_cut(length in 0usize..6000, max_pdu in 0usize..4000, is_command in any::<bool>()) {
        let whole = Bytes::from_iter((0..length).map(|at| at as u8));
        let pdv = Pdv { context_id: 3, is_command, is_last: false, bytes: whole.clone() };
        let mut wire = Vec::new();
        write_pdata(&pdv, max_pdu, &mut wire);
        let mut rest = Bytes::from(wire);
        let (mut read, mut ended) = (Vec::new(), false);
        while !rest.is_empty() {
            let length = u32::from_be_bytes(rest[2..6].try_into().unwrap()) as usize;
            prop_assert!(rest[0] == 4 && length <= max_pdu.max(MIN_PDU));
            let body = rest.split_to(PDU_HEADER + length).split_off(PDU_HEADER);
            for pdv in Pdvs::new(body) {
                let pdv = pdv.unwrap();
                prop_assert!(!ended && pdv.context_id == 3 && pdv.is_command == is_command);
                read.extend_from_slice(&pdv.bytes);
                ended = pdv.is_last;
            }
        }
        prop_assert!(ended);
        prop_assert_eq!(Bytes::from(read), whole);
    }
}
