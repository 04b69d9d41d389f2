//! What a worker says that foreign bytes took over: both ways of reading agree, keep to the bounds, and what they took is
//! written as it was read.
#![no_main]

use cage::{Bounds, Message};
use futures_util::FutureExt as _;
use libfuzzer_sys::fuzz_target;

const BOUNDS: Bounds = Bounds { head: 256, body: 2048 };

fuzz_target!(|bytes: &[u8]| {
    let (mut one, mut other) = (bytes, bytes);
    loop {
        let before = one;
        let read = Message::read(&mut one, BOUNDS);
        // a slice is always ready
        let received = Message::receive(&mut other, BOUNDS).now_or_never().expect("no waiting");
        let Ok(Some(message)) = read else {
            assert!(received.is_err());
            return;
        };
        assert!(received.is_ok_and(|received| received == message));
        assert!(message.head.len() <= BOUNDS.head && message.body.len() <= BOUNDS.body);
        assert_eq!(one.len(), other.len());
        let mut written = vec![];
        message.write(&mut written, BOUNDS).expect("it was within its bounds");
        assert!(before.starts_with(&written) && before.len() == written.len() + one.len());
    }
});
