use dimse::{
    Command, CommandField, DataSetType, EchoRequest, EchoResponse, Error, Generic, MAX_COMMAND_SET, Priority, Status,
    StoreRequest, StoreResponse,
};
use imaging_domain::{AeTitle, InstanceUid, SopClassUid};
use proptest::prelude::*;

fn element(number: u16, value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0];
    bytes.extend_from_slice(&number.to_le_bytes());
    bytes.extend_from_slice(&(value.len() as u32).to_le_bytes());
    bytes.extend_from_slice(value);
    bytes
}

/// C-ECHO-RQ as DCMTK's echoscu puts it on the wire.
const ECHO: &[u8] = b"\x00\x00\x00\x00\x04\x00\x00\x00\x38\x00\x00\x00\
\x00\x00\x02\x00\x12\x00\x00\x001.2.840.10008.1.1\x00\
\x00\x00\x00\x01\x02\x00\x00\x00\x30\x00\
\x00\x00\x10\x01\x02\x00\x00\x00\x01\x00\
\x00\x00\x00\x08\x02\x00\x00\x00\x01\x01";

#[test]
fn echo_is_read_and_written_as_on_the_wire() {
    let echo = Command::EchoRequest(EchoRequest { message_id: 1 });
    assert_eq!(Command::decode(ECHO), Ok(echo.clone()));
    assert_eq!(echo.encode(), ECHO);
    let answer = echo.answer(Status::SUCCESS).unwrap();
    assert_eq!(answer, Command::EchoResponse(EchoResponse { message_id: 1, status: Status::SUCCESS }));
    assert_eq!(answer.answer(Status::SUCCESS), None);
}

#[test]
fn what_a_message_does_not_need_is_passed_over() {
    let mut bytes = element(0x0000, &[0xff; 4]); // a wrong group length
    bytes.extend(element(0x0001, b"retired "));
    bytes.extend([8, 0, 5, 0, 2, 0, 0, 0, b'X', b'Y']); // not of group 0000
    bytes.extend(&ECHO[12..]);
    bytes.extend(element(0x0110, &[9, 0])); // a second message id
    assert_eq!(Command::decode(&bytes), Ok(Command::EchoRequest(EchoRequest { message_id: 1 })));
}

#[test]
fn what_cannot_be_understood_says_why() {
    let without = |number: u16, put: &[u8]| {
        let mut bytes = Vec::new();
        for (known, value) in
            [(0x0002, &b"1.2\0"[..]), (0x0100, &[1, 0]), (0x0110, &[7, 0]), (0x0800, &[0, 0]), (0x1000, b"1.2.3\0")]
        {
            bytes.extend(if known == number { put.to_vec() } else { element(known, value) });
        }
        Command::decode(&bytes)
    };
    assert_eq!(without(0, &[]).map(|command| command.message_id()), Ok(7));
    for (number, put) in [
        (0x0002, vec![]),
        (0x0002, element(2, b"")),
        (0x0002, element(2, b"../x")),
        (0x0002, element(2, &[0xff, 0xfe])),
        (0x1000, vec![]),
        (0x1000, element(0x1000, &[b'1'; 66])),
    ] {
        let command = without(number, &put).unwrap();
        assert!(matches!(command, Command::Generic(_)), "{number:04x} {put:?}");
        assert_eq!((command.field(), command.data_set()), (CommandField::CStoreRq, DataSetType::Present));
    }
    for (number, put, expected) in [
        (0x0100, vec![], Error::Missing("command field")),
        (0x0100, element(0x0100, &[1]), Error::BadValue("command field")),
        (0x0110, vec![], Error::Missing("message id")),
        (0x0800, vec![], Error::Missing("command data set type")),
        (0x0800, element(0x0800, &[1, 1]), Error::BadValue("command data set type")),
        (0x1000, vec![0, 0, 0, 0x10, 0xff, 0xff, 0xff, 0xff], Error::Truncated),
        (0x1000, vec![0, 0, 0], Error::Truncated),
    ] {
        assert_eq!(without(number, &put), Err(expected), "{number:04x} {put:?}");
    }
    assert_eq!(Command::decode(&vec![0; MAX_COMMAND_SET + 1]), Err(Error::CommandTooLarge));
    assert_eq!(Command::decode(&[]), Err(Error::Missing("command field")));
}

#[test]
fn every_field_has_its_answer() {
    for code in 0..=u16::MAX {
        assert_eq!(CommandField::from_code(code).code(), code);
    }
    assert_eq!(CommandField::CFindRq.response(), Some(CommandField::CFindRsp));
    assert_eq!(CommandField::CCancelRq.response(), None);
    assert_eq!(CommandField::CStoreRsp.response(), None);
    let get = Generic {
        field: CommandField::NGetRq,
        message_id: 5,
        sop_class: SopClassUid::parse("1.2.840.10008.1.20.1").ok(),
        sop_instance: None,
        data_set: DataSetType::Present,
        status: None,
    };
    let answer = Command::Generic(get).answer(Status::UNRECOGNIZED_OPERATION).unwrap();
    let read = Command::decode(&answer.encode()).unwrap();
    assert_eq!((read.field(), read.message_id()), (CommandField::NGetRsp, 5));
    assert_eq!((read.status(), read.data_set()), (Some(Status::UNRECOGNIZED_OPERATION), DataSetType::Absent));
}

fn uid() -> impl Strategy<Value = String> {
    "[1-9][0-9.]{0,62}[0-9]"
}

fn command() -> impl Strategy<Value = Command> {
    let priority = prop_oneof![Just(Priority::Medium), Just(Priority::High), Just(Priority::Low)];
    let originator = proptest::option::of(("[A-Z][A-Z_ 0-9]{0,14}[A-Z]", any::<u16>()));
    let data_set = prop_oneof![Just(DataSetType::Present), Just(DataSetType::Absent)];
    prop_oneof![
        any::<u16>().prop_map(|message_id| Command::EchoRequest(EchoRequest { message_id })),
        any::<(u16, u16)>().prop_map(|(message_id, status)| Command::EchoResponse(EchoResponse {
            message_id,
            status: Status::from_code(status)
        })),
        (any::<u16>(), priority, uid(), uid(), originator).prop_map(|(message_id, priority, class, instance, from)| {
            Command::StoreRequest(StoreRequest {
                message_id,
                priority,
                sop_class: SopClassUid::parse(&class).unwrap(),
                sop_instance: InstanceUid::parse(&instance).unwrap(),
                move_originator: from.map(|(ae, id)| (AeTitle::parse(&ae).unwrap(), id)),
            })
        }),
        (any::<u16>(), any::<u16>(), uid(), uid()).prop_map(|(message_id, status, class, instance)| {
            Command::StoreResponse(StoreResponse {
                message_id,
                sop_class: SopClassUid::parse(&class).unwrap(),
                sop_instance: InstanceUid::parse(&instance).unwrap(),
                status: Status::from_code(status),
            })
        }),
        (0x0140..0x0ff0u16, any::<u16>(), proptest::option::of(uid()), data_set, proptest::option::of(any::<u16>()))
            .prop_map(|(field, message_id, class, data_set, status)| Command::Generic(Generic {
                field: CommandField::from_code(field),
                message_id,
                sop_class: class.map(|uid| SopClassUid::parse(&uid).unwrap()),
                sop_instance: None,
                data_set,
                status: status.map(Status::from_code),
            })),
    ]
}

proptest! {
    #[test]
    fn written_commands_read_as_they_were(command in command()) {
        let bytes = command.encode();
        let group_length = u32::from_le_bytes(bytes[8..12].try_into().unwrap()) as usize;
        prop_assert_eq!(group_length, bytes.len() - 12);
        prop_assert_eq!(bytes.len() % 2, 0);
        prop_assert_eq!(Command::decode(&bytes), Ok(command));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(command) = Command::decode(&bytes) {
            prop_assert_eq!(Command::decode(&command.encode()), Ok(command));
        }
    }

    #[test]
    fn changed_bytes_are_read_or_refused(command in command(), at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut bytes = command.encode();
        let at = at.index(bytes.len());
        bytes[at] = to;
        if let Ok(command) = Command::decode(&bytes) {
            prop_assert_eq!(Command::decode(&command.encode()), Ok(command));
        }
    }
}
