use bytes::Bytes;
use dimse::{Assembler, Command, EchoRequest, Error, Event, MAX_COMMAND_SET, Pdv, Priority, StoreRequest};
use imaging_domain::{InstanceUid, SopClassUid};
use proptest::prelude::*;

fn pdv(context_id: u8, kind: &str, bytes: &[u8]) -> Pdv {
    let (is_command, is_last) = (kind.starts_with('c'), kind.ends_with('!'));
    Pdv { context_id, is_command, is_last, bytes: Bytes::copy_from_slice(bytes) }
}

fn store() -> Command {
    Command::StoreRequest(StoreRequest {
        message_id: 1,
        priority: Priority::Medium,
        sop_class: SopClassUid::parse("1.2.840.10008.5.1.4.1.1.2").unwrap(),
        sop_instance: InstanceUid::parse("1.2.3").unwrap(),
        move_originator: None,
    })
}

#[test]
fn a_message_comes_whole_then_its_data_piece_by_piece() {
    let mut assembler = Assembler::new([1, 3]);
    let bytes = store().encode();
    assert_eq!(assembler.push(pdv(3, "c", &bytes[..20])), Ok(Event::Incomplete));
    assert!(!assembler.is_idle());
    assert_eq!(assembler.push(pdv(3, "c!", &bytes[20..])), Ok(Event::Command { context_id: 3, command: store() }));
    assert!(!assembler.is_idle());
    assert_eq!(assembler.push(pdv(3, "d", b"abc")), Ok(Event::Data(Bytes::from_static(b"abc"))));
    assert_eq!(assembler.push(pdv(3, "d!", b"")), Ok(Event::DataEnd(Bytes::new())));
    assert!(assembler.is_idle());
    let echo = Command::EchoRequest(EchoRequest { message_id: 2 });
    assert_eq!(
        assembler.push(pdv(1, "c!", &echo.encode())),
        Ok(Event::Command { context_id: 1, command: echo.clone() })
    );
    assert!(assembler.is_idle());
}

#[test]
fn fragments_out_of_place_are_refused() {
    let bytes = store().encode();
    let cases: &[(&[(u8, &str)], Error)] = &[
        (&[(5, "c!")], Error::ForeignContext),
        (&[(1, "d!")], Error::Interleaved),
        (&[(1, "c"), (1, "d!")], Error::Interleaved),
        (&[(1, "c"), (3, "c!")], Error::Interleaved),
        (&[(1, "c!"), (1, "c!")], Error::Interleaved),
        (&[(1, "c!"), (3, "d!")], Error::Interleaved),
        (&[(1, "c!"), (1, "d"), (3, "d!")], Error::Interleaved),
        (&[(1, "c!"), (1, "d!"), (1, "d!")], Error::Interleaved),
    ];
    for (sequence, expected) in cases {
        let mut assembler = Assembler::new([1, 3]);
        let results: Vec<_> =
            sequence.iter().map(|(context, kind)| assembler.push(pdv(*context, kind, &bytes))).collect();
        let (last, before) = results.split_last().unwrap();
        assert!(before.iter().all(Result::is_ok), "{sequence:?}");
        assert_eq!(last, &Err(*expected), "{sequence:?}");
    }
}

#[test]
fn an_endless_command_set_is_refused_at_its_limit() {
    let mut assembler = Assembler::new([1]);
    let piece = vec![0; MAX_COMMAND_SET / 4];
    for _ in 0..4 {
        assert_eq!(assembler.push(pdv(1, "c", &piece)), Ok(Event::Incomplete));
    }
    assert_eq!(assembler.push(pdv(1, "c", &[0])), Err(Error::CommandTooLarge));
}

proptest! {
    #[test]
    fn any_cuts_give_the_same_message(cuts in proptest::collection::vec(1usize..50, 1..20), data in proptest::collection::vec(any::<u8>(), 0..600)) {
        let mut assembler = Assembler::new([7]);
        let (mut commands, mut read, mut ends) = (Vec::new(), Vec::new(), 0);
        for (kind, whole) in [("c", store().encode()), ("d", data.clone())] {
            let (mut at, mut cut) = (0, cuts.iter().cycle());
            loop {
                let next = (at + cut.next().unwrap()).min(whole.len());
                let kind = if next == whole.len() { format!("{kind}!") } else { kind.to_owned() };
                match assembler.push(pdv(7, &kind, &whole[at..next])).unwrap() {
                    Event::Incomplete => {}
                    Event::Command { command, .. } => commands.push(command),
                    Event::Data(bytes) => read.extend_from_slice(&bytes),
                    Event::DataEnd(bytes) => { read.extend_from_slice(&bytes); ends += 1; }
                }
                at = next;
                if kind.ends_with('!') { break; }
            }
        }
        prop_assert_eq!(commands, [store()]);
        prop_assert_eq!(read, data);
        prop_assert!(ends == 1 && assembler.is_idle());
    }
}
