//! What goes through the pipes.

use cage::{Bounds, Message};
use std::io::ErrorKind;

const BOUNDS: Bounds = Bounds { head: 8, body: 32 };

fn message(head: &[u8], body: &[u8]) -> Message {
    Message { head: head.to_vec(), body: body.to_vec().into() }
}

fn written(message: &Message) -> Vec<u8> {
    let mut bytes = vec![];
    message.write(&mut bytes, BOUNDS).expect("a message within its bounds");
    bytes
}

#[test]
fn messages_come_as_they_went() {
    let sent = [message(b"", b""), message(b"head", b""), message(b"", b"body"), message(b"12345678", &[7; 32])];
    let bytes: Vec<u8> = sent.iter().flat_map(written).collect();
    let mut rest = &bytes[..];
    for expected in &sent {
        assert_eq!(Message::read(&mut rest, BOUNDS).expect("a message").as_ref(), Some(expected));
    }
    assert_eq!(Message::read(&mut rest, BOUNDS).expect("the end"), None);
}

#[tokio::test]
async fn both_ways_of_reading_and_writing_are_the_same() {
    let sent = message(b"head", b"body");
    let mut bytes = vec![];
    sent.send(&mut bytes, BOUNDS).await.expect("a message within its bounds");
    assert_eq!(bytes, written(&sent));
    assert_eq!(Message::receive(&mut &bytes[..], BOUNDS).await.expect("a message"), sent);
}

#[tokio::test]
async fn a_message_cut_anywhere_is_an_error() {
    let bytes = written(&message(b"head", b"body"));
    for length in 0..bytes.len() {
        let short = Message::receive(&mut &bytes[..length], BOUNDS).await;
        assert_eq!(short.expect_err("too short").kind(), ErrorKind::UnexpectedEof, "{length}");
        let read = Message::read(&mut &bytes[..length], BOUNDS);
        match length {
            0 => assert_eq!(read.expect("the end"), None),
            _ => assert_eq!(read.expect_err("too short").kind(), ErrorKind::UnexpectedEof, "{length}"),
        }
    }
}

#[tokio::test]
async fn lengths_beyond_the_bounds_are_refused_before_anything_is_read() {
    for (head, body) in [(9u32, 0u32), (0, 33), (u32::MAX, u32::MAX), (8, u32::MAX)] {
        let bytes = [head.to_le_bytes(), body.to_le_bytes()].concat();
        let refused = Message::receive(&mut &bytes[..], BOUNDS).await.expect_err("too long");
        assert_eq!(refused.kind(), ErrorKind::InvalidData);
        assert_eq!(Message::read(&mut &bytes[..], BOUNDS).expect_err("too long").kind(), ErrorKind::InvalidData);
    }
    assert!(message(&[0; 9], b"").check(BOUNDS).is_err());
    assert!(message(b"", &[0; 33]).write(&mut vec![], BOUNDS).is_err());
}

#[tokio::test]
async fn whatever_comes_is_read_the_same_both_ways() {
    // Marsaglia's xorshift: the same bytes on every run.
    let mut dice = 2_463_534_242u64;
    let mut byte = || {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        dice as u8
    };
    let mut taken = 0;
    for _ in 0..20_000 {
        // Small lengths, so that some are within the bounds.
        let bytes: Vec<u8> =
            (0..64).map(|at| if at % 4 == 0 { byte() % 40 } else { byte() & byte() & 1 & byte() }).collect();
        let (mut one, mut other) = (&bytes[..], &bytes[..]);
        while let Ok(Some(message)) = Message::read(&mut one, BOUNDS) {
            assert_eq!(Message::receive(&mut other, BOUNDS).await.expect("the same"), message);
            assert!(message.head.len() <= BOUNDS.head && message.body.len() <= BOUNDS.body);
            taken += 1;
        }
        assert!(Message::receive(&mut other, BOUNDS).await.is_err());
    }
    assert!(taken > 100, "{taken}");
}
