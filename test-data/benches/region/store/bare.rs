//! A receiver with nothing around it: what this machine's processor, loopback and disk leave to whoever takes an instance in
//! over TCP, digests it and makes it durable. There is no DICOM in it, no index, no audit log and no hub.

use super::{disk::write_durably, spent::put_away};
use crate::sizes::Sizes;
use anyhow::Result;
use sha2::{Digest, Sha256};
use std::{
    fs,
    hint::black_box,
    io::{ErrorKind, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    thread,
    time::Instant,
};

/// Instances per second that `at_once` connections get acknowledged, each with a thread at either end.
pub fn acknowledged_per_second(place: &Path, at_once: usize, sizes: &Sizes) -> Result<f64> {
    let folder = place.join("bare");
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let (address, bytes) = (listener.local_addr()?, vec![7; sizes.instance_bytes]);
    let begun = Instant::now();
    let counts: Vec<Result<u64>> = thread::scope(|scope| {
        let one = |number: usize| {
            let (folder, bytes) = (folder.join(number.to_string()), &bytes);
            let sent = TcpStream::connect(address)?;
            let received = listener.accept()?.0;
            scope.spawn(move || send(sent, bytes, || begun.elapsed() < sizes.time));
            Ok(scope.spawn(move || receive(received, &folder, bytes.len())))
        };
        let receivers: Vec<Result<_>> = (0..at_once).map(one).collect();
        receivers.into_iter().map(|each| each?.join().expect("a receiver does not panic")).collect()
    });
    let seconds = begun.elapsed().as_secs_f64();
    put_away(place, &folder)?;
    Ok(counts.into_iter().sum::<Result<u64>>()? as f64 / seconds)
}

/// The next one when the one before is acknowledged.
fn send(mut stream: TcpStream, bytes: &[u8], goes_on: impl Fn() -> bool) -> Result<()> {
    stream.set_nodelay(true)?;
    while goes_on() {
        stream.write_all(bytes)?;
        stream.read_exact(&mut [0])?;
    }
    Ok(())
}

fn receive(mut stream: TcpStream, folder: &Path, length: usize) -> Result<u64> {
    stream.set_nodelay(true)?;
    fs::create_dir_all(folder)?;
    let (mut bytes, mut count) = (vec![0; length], 0);
    loop {
        match stream.read_exact(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(count),
            read => read?,
        }
        black_box(Sha256::digest(&bytes));
        write_durably(folder, count, &bytes)?;
        stream.write_all(&[1])?;
        count += 1;
    }
}
