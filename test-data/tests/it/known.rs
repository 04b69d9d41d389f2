//! When the hub knows what the hospitals have.

use crate::world::{Demo, until};
use serde_json::Value;
use std::{
    io::{Read, Write},
    net::TcpStream,
};

/// An adapter's `/status`; `None` while it does not answer.
pub fn status(console: &Value) -> Option<Value> {
    let address = console.as_str()?.strip_prefix("http://")?.trim_end_matches('/');
    let mut stream = TcpStream::connect(address).ok()?;
    stream.write_all(b"GET /status HTTP/1.1\r\nhost: adapter\r\nconnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()
}

/// Waits until the hub holds every line of every site's feed.
pub fn wait(demo: &Demo) {
    for site in demo.ready["sites"].as_array().expect("sites") {
        wait_for(&site["console"]);
    }
}

/// Waits until the hub holds every line of one site's feed, and can ask it back.
pub fn wait_for(console: &Value) {
    until("the hub's knowledge", || {
        status(console).is_some_and(|status| {
            status["held"].as_u64() >= status["written"].as_u64() && status["channel_connected"] == true
        })
    });
}
