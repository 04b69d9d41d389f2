//! The messages of query and retrieval and of storage commitment.

use dimse::{
    ActionRequest, ActionResponse, CancelRequest, Command, CommandField, DataSetType, EventReportRequest,
    EventReportResponse, FindRequest, FindResponse, GetRequest, MoveRequest, Priority, Remark, Retrieval,
    RetrieveResponse, Status, SubOperations,
};
use imaging_domain::{AeTitle, InstanceUid, SopClassUid, Tag};
use proptest::{option, prelude::*};

const FIND: &str = "1.2.840.10008.5.1.4.1.2.2.1";

fn class() -> SopClassUid {
    SopClassUid::parse(FIND).unwrap()
}

/// C-MOVE-RQ as DCMTK's movescu puts it on the wire.
const MOVE: &[u8] = b"\x00\x00\x00\x00\x04\x00\x00\x00\x5c\x00\x00\x00\
\x00\x00\x02\x00\x1c\x00\x00\x001.2.840.10008.5.1.4.1.2.2.1\x00\
\x00\x00\x00\x01\x02\x00\x00\x00\x21\x00\
\x00\x00\x10\x01\x02\x00\x00\x00\x01\x00\
\x00\x00\x00\x06\x08\x00\x00\x00STORESCP\
\x00\x00\x00\x07\x02\x00\x00\x00\x00\x00\
\x00\x00\x00\x08\x02\x00\x00\x00\x00\x00";

#[test]
fn a_move_names_its_destination() {
    let destination = AeTitle::parse("STORESCP").unwrap();
    let asked = MoveRequest { message_id: 1, priority: Priority::Medium, sop_class: class(), destination };
    let asked = Command::MoveRequest(asked);
    assert_eq!(Command::decode(MOVE), Ok(asked.clone()));
    assert_eq!(asked.encode(), MOVE);
    let answer = asked.answer(Status::MOVE_DESTINATION_UNKNOWN).unwrap();
    assert_eq!((answer.field(), answer.status().unwrap().code()), (CommandField::CMoveRsp, 0xA801));
    let mut nowhere = MOVE.to_vec();
    let at = nowhere.windows(8).position(|eight| eight == b"STORESCP").unwrap();
    nowhere[at..at + 8].copy_from_slice(b"A\\B     ");
    let nowhere = Command::decode(&nowhere).unwrap();
    assert!(matches!(nowhere, Command::Generic(_)), "{nowhere:?}");
    assert_eq!(nowhere.answer(Status::MOVE_DESTINATION_UNKNOWN).unwrap().field(), CommandField::CMoveRsp);
}

#[test]
fn answers_count_and_say_why() {
    let counts = SubOperations { remaining: None, completed: Some(7), failed: Some(2), warning: Some(0) };
    let remark = Remark { offending: vec![Tag(0x0020, 0x000d)], comment: Some("two are gone".to_owned()) };
    let answer = Command::RetrieveResponse(RetrieveResponse {
        operation: Retrieval::Get,
        message_id: 3,
        sop_class: Some(class()),
        status: Status::SUB_OPERATIONS_FAILED,
        data_set: DataSetType::Present,
        counts,
        remark,
    });
    let bytes = answer.encode();
    let numbers: Vec<u16> = elements(&bytes).into_iter().map(|(number, _)| number).collect();
    assert_eq!(numbers, [0, 2, 0x100, 0x120, 0x800, 0x900, 0x901, 0x902, 0x1021, 0x1022, 0x1023]);
    assert!(elements(&bytes).contains(&(0x901, &[0x20, 0, 0x0d, 0])));
    assert_eq!(Command::decode(&bytes), Ok(answer));
}

/// The elements of a command set by number.
fn elements(bytes: &[u8]) -> Vec<(u16, &[u8])> {
    let (mut rest, mut found) = (bytes, vec![]);
    while !rest.is_empty() {
        let length = u32::from_le_bytes(rest[4..8].try_into().unwrap()) as usize;
        found.push((u16::from_le_bytes([rest[2], rest[3]]), &rest[8..8 + length]));
        rest = &rest[8 + length..];
    }
    found
}

#[test]
fn what_is_given_up_is_named_and_not_answered() {
    let cancel = Command::CancelRequest(CancelRequest { message_id: 9 });
    let bytes = cancel.encode();
    assert!(elements(&bytes).contains(&(0x0120, &[9, 0])));
    assert_eq!(Command::decode(&bytes), Ok(cancel.clone()));
    assert_eq!((cancel.answer(Status::SUCCESS), cancel.data_set()), (None, DataSetType::Absent));
}

#[test]
fn queries_without_an_identifier_can_still_be_answered() {
    for field in [CommandField::CFindRq, CommandField::CGetRq, CommandField::CMoveRq] {
        let mut bytes = MOVE.to_vec();
        bytes[56] = field.code().to_le_bytes()[0];
        let length = bytes.len();
        bytes[length - 2..].copy_from_slice(&[1, 1]);
        let command = Command::decode(&bytes).unwrap();
        assert!(matches!(command, Command::Generic(_)), "{command:?}");
        assert_eq!(command.answer(Status::DATA_SET_MISMATCH).unwrap().field(), field.response().unwrap());
    }
}

fn uid() -> impl Strategy<Value = String> {
    "[1-9][0-9.]{0,62}[0-9]"
}

fn status() -> impl Strategy<Value = Status> {
    any::<u16>().prop_map(Status::from_code)
}

fn data_set() -> impl Strategy<Value = DataSetType> {
    prop_oneof![Just(DataSetType::Present), Just(DataSetType::Absent)]
}

fn classes() -> impl Strategy<Value = SopClassUid> {
    uid().prop_map(|uid| SopClassUid::parse(&uid).unwrap())
}

fn instances() -> impl Strategy<Value = InstanceUid> {
    uid().prop_map(|uid| InstanceUid::parse(&uid).unwrap())
}

fn remark() -> impl Strategy<Value = Remark> {
    let tags = proptest::collection::vec(any::<(u16, u16)>().prop_map(|(group, element)| Tag(group, element)), 0..4);
    let comment = option::of("[A-Za-z][a-z ]{0,61}[a-z]");
    (tags, comment).prop_map(|(offending, comment)| Remark { offending, comment })
}

fn of_query() -> impl Strategy<Value = Command> {
    let priority = || prop_oneof![Just(Priority::Medium), Just(Priority::High), Just(Priority::Low)];
    let asked = move || (any::<u16>(), priority(), classes());
    let answered = || (any::<u16>(), option::of(classes()), status(), data_set(), remark());
    let counts = any::<[Option<u16>; 4]>();
    prop_oneof![
        asked().prop_map(|(message_id, priority, sop_class)| {
            Command::FindRequest(FindRequest { message_id, priority, sop_class })
        }),
        asked().prop_map(|(message_id, priority, sop_class)| {
            Command::GetRequest(GetRequest { message_id, priority, sop_class })
        }),
        (asked(), "[A-Z][A-Z_ 0-9]{0,14}[A-Z]").prop_map(|((message_id, priority, sop_class), ae)| {
            let destination = AeTitle::parse(&ae).unwrap();
            Command::MoveRequest(MoveRequest { message_id, priority, sop_class, destination })
        }),
        any::<u16>().prop_map(|message_id| Command::CancelRequest(CancelRequest { message_id })),
        answered().prop_map(|(message_id, sop_class, status, data_set, remark)| {
            Command::FindResponse(FindResponse { message_id, sop_class, status, data_set, remark })
        }),
        (answered(), counts, any::<bool>()).prop_map(|((message_id, sop_class, status, data_set, remark), n, get)| {
            let operation = if get { Retrieval::Get } else { Retrieval::Move };
            let counts = SubOperations { remaining: n[0], completed: n[1], failed: n[2], warning: n[3] };
            let answer = RetrieveResponse { operation, message_id, sop_class, status, data_set, counts, remark };
            Command::RetrieveResponse(answer)
        }),
    ]
}

fn of_commitment() -> impl Strategy<Value = Command> {
    let asked = || (any::<u16>(), classes(), instances(), any::<u16>(), data_set());
    let answered = || {
        let identifiers = (option::of(classes()), option::of(instances()), option::of(any::<u16>()));
        (any::<u16>(), identifiers, status(), data_set())
    };
    prop_oneof![
        asked().prop_map(|(message_id, sop_class, sop_instance, action_type, data_set)| {
            Command::ActionRequest(ActionRequest { message_id, sop_class, sop_instance, action_type, data_set })
        }),
        asked().prop_map(|(message_id, sop_class, sop_instance, event_type, data_set)| {
            Command::EventReportRequest(EventReportRequest {
                message_id,
                sop_class,
                sop_instance,
                event_type,
                data_set,
            })
        }),
        answered().prop_map(|(message_id, (sop_class, sop_instance, action_type), status, data_set)| {
            let answer = ActionResponse { message_id, sop_class, sop_instance, action_type, status, data_set };
            Command::ActionResponse(answer)
        }),
        answered().prop_map(|(message_id, (sop_class, sop_instance, event_type), status, data_set)| {
            let answer = EventReportResponse { message_id, sop_class, sop_instance, event_type, status, data_set };
            Command::EventReportResponse(answer)
        }),
    ]
}

proptest! {
    #[test]
    fn written_messages_read_as_they_were(command in prop_oneof![of_query(), of_commitment()]) {
        let bytes = command.encode();
        let ascending = elements(&bytes).windows(2).all(|two| two[0].0 < two[1].0);
        prop_assert!(ascending);
        prop_assert_eq!(Command::decode(&bytes), Ok(command));
    }

    #[test]
    fn changed_messages_are_read_or_refused(
        command in prop_oneof![of_query(), of_commitment()],
        at in any::<prop::sample::Index>(),
        to in any::<u8>(),
    ) {
        let mut bytes = command.encode();
        let at = at.index(bytes.len());
        bytes[at] = to;
        if let Ok(command) = Command::decode(&bytes) {
            prop_assert_eq!(Command::decode(&command.encode()), Ok(command));
        }
    }
}
