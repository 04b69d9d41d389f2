//! A worker that does what it is told, however bad: the program of this room's tests.

use bytes::Bytes;
use cage::{Bounds, Message};
use std::{
    fs::File,
    io::Write,
    net::{TcpStream, UdpSocket},
    process::Command,
    time::Duration,
};

const BOUNDS: Bounds = Bounds { head: 64, body: 16 << 20 };

fn main() -> std::io::Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("worker") => cage::work(BOUNDS, |job| Message { body: done(&job), ..job }),
        Some("garbage") => std::io::stdout().write_all(&[0xFF; 4096]),
        Some("silent") => wait(),
        _ => Ok(()),
    }
}

fn wait() -> ! {
    loop {
        std::thread::sleep(Duration::from_secs(1));
    }
}

fn done(job: &Message) -> Bytes {
    match &job.head[..] {
        b"echo" => job.body.clone(),
        b"sleep" => wait(),
        b"spin" => loop {
            std::hint::spin_loop();
        },
        b"eat" => eat(),
        b"abort" => std::process::abort(),
        b"exit" => std::process::exit(0),
        b"overflow" => Bytes::from(vec![deep(u64::from(job.body[0])) as u8]),
        b"long" => vec![0; job.body.len() * 2].into(),
        b"noise" => noise(),
        b"who" => std::process::id().to_string().into(),
        b"try" => tried(std::str::from_utf8(&job.body).unwrap_or_default()).into(),
        _ => Bytes::new(),
    }
}

fn eat() -> Bytes {
    let mut eaten = vec![];
    loop {
        eaten.push(vec![1u8; 1 << 20]);
        std::hint::black_box(&eaten);
    }
}

#[allow(unconditional_recursion, reason = "that is what it is for")]
fn deep(number: u64) -> u64 {
    let kept = std::hint::black_box([number; 64]);
    deep(number + 1) + kept[1]
}

/// More than a pipe holds, where foreign code might print it.
fn noise() -> Bytes {
    for _ in 0..4096 {
        let _ = std::io::stdout().write_all(&[b'x'; 1024]);
        let _ = std::io::stderr().write_all(&[b'x'; 1024]);
    }
    Bytes::from_static(b"quiet")
}

/// Tries something that a codec has no business with, and says how it went.
fn tried(what: &str) -> String {
    let result = match what {
        "read" => File::open("/proc/self/maps").map(|_| ()),
        "write" => File::create("/tmp/a-worker-was-here").map(|_| ()),
        "connect" => TcpStream::connect("127.0.0.1:9").map(|_| ()),
        "socket" => UdpSocket::bind("127.0.0.1:0").map(|_| ()),
        "process" => Command::new("/bin/true").spawn().map(|_| ()),
        "thread" => std::thread::Builder::new().spawn(|| ()).map(|_| ()),
        _ => Ok(()),
    };
    result.map_or_else(|error| format!("{:?}", error.kind()), |()| "done".to_owned())
}
