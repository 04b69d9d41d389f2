//! Memory under attack, in a process of its own so that nothing else is measured. Linux only: other systems have no
//! `/proc`, and the test passes there without measuring.

use part10::{Framing, Keep, Limits, scan};
use std::io::{BufRead, BufReader};

/// Most memory the process may have taken on top of what it had.
const MOST: u64 = 64 << 20;

/// Peak resident memory in bytes.
fn peak() -> Option<u64> {
    let status = BufReader::new(std::fs::File::open("/proc/self/status").ok()?);
    let line = status.lines().map_while(Result::ok).find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kibibytes| kibibytes << 10)
}

/// Data sets whose lengths claim gigabytes and data sets made to cost most per byte.
fn bombs() -> Vec<Vec<u8>> {
    let mut bombs = vec![];
    for vr in ["OB", "OW", "UT", "UC", "UN", "OV", "SQ"] {
        for length in (0..1500u32).map(|n| u32::MAX - 1 - n * 2_000_000) {
            let mut bytes = b"\x08\x00\x18\x00UI\x04\x001.2\0\x09\x00\x01\x10".to_vec();
            bytes.extend(vr.as_bytes());
            bytes.extend([0, 0]);
            bytes.extend(length.to_le_bytes());
            bytes.extend([b'x'; 40]);
            bombs.push(bytes);
        }
    }
    let start = b"\x08\x00\x18\x00UI\x04\x001.2\0\x09\x00\x01\x10";
    let backslashes = [&start[..], b"UC\0\0\0\0\x10\0", &vec![b'\\'; 1 << 20]].concat();
    let items = [&start[..], b"SQ\0\0\xFF\xFF\xFF\xFF", &b"\xFE\xFF\x00\xE0\0\0\0\0".repeat(1 << 20)].concat();
    let elements = (0..200_000u32).flat_map(|n| {
        let [a, b, c, d] = (0x0011_1000 + n).to_be_bytes();
        [b, a, d, c, b'L', b'O', 2, 0, b'x', b' ']
    });
    bombs.extend([backslashes, items, elements.collect()]);
    bombs
}

#[test]
fn ten_thousand_bombs_take_little_memory() {
    let bombs = bombs();
    assert!(bombs.len() > 10_000);
    let before = peak();
    for bytes in &bombs {
        for keep in [Keep::Index, Keep::Everything { max_inline_bytes: usize::MAX }] {
            let framing = Framing::DataSet { transfer_syntax: "1.2.840.10008.1.2.1".to_owned() };
            let _ = scan(bytes, framing, keep, Limits::default());
        }
    }
    if let (Some(before), Some(after)) = (before, peak()) {
        assert!(after - before <= MOST, "{} MiB", (after - before) >> 20);
    }
}
