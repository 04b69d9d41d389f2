//! Zip files of unusual shapes: with numbers of ZIP64, and with entries that lie over each other.

use crate::zip::{deflated, imported_bytes, plain, reasons, zipped};

/// Bytes of the end record, which has no comment.
const END: usize = 22;

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// The entries' bytes, the directory, and where that begins.
fn parts(whole: &[u8]) -> (&[u8], &[u8]) {
    let end = whole.len() - END;
    let at = u32_at(whole, end + 16) as usize;
    (&whole[..at], &whole[at..end])
}

/// The same file of one entry with every number of its directory where ZIP64 has it (4.3.14, 4.3.15, 4.5.3).
fn wide(whole: &[u8]) -> Vec<u8> {
    let (local, directory) = parts(whole);
    let numbers = [24, 20, 42].map(|at| u64::from(u32_at(directory, at)).to_le_bytes());
    let extra = [&[1, 0, 24, 0][..], &numbers.concat()].concat();
    let mut directory = directory.to_vec();
    for at in [20, 24, 42] {
        directory[at..at + 4].fill(0xff);
    }
    directory[30..32].copy_from_slice(&(extra.len() as u16).to_le_bytes());
    directory.extend(extra);
    let record_at = (local.len() + directory.len()) as u64;
    let counts = [1_u64, 1, directory.len() as u64, local.len() as u64].map(u64::to_le_bytes).concat();
    let record = [&b"PK\x06\x06"[..], &44_u64.to_le_bytes(), &[45, 0, 45, 0], &[0; 8], &counts].concat();
    let locator = [&b"PK\x06\x07"[..], &[0; 4], &record_at.to_le_bytes(), &[1, 0, 0, 0]].concat();
    let end = [&b"PK\x05\x06"[..], &[0; 4], &[0xff; 12], &[0; 2]].concat();
    [local, &directory, &record, &locator, &end].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_of_zip64_are_read() {
    for entry in [plain("a", b"1.1"), deflated("a", b"1.1")] {
        let (summary, sink) = imported_bytes(&wide(&zipped(&[entry]))).await;
        assert_eq!((summary.total.stored, summary.total.refused), (1, 0), "{summary:?}");
        assert_eq!(sink.0.lock().unwrap().stored["1.1"].2, b"1.1");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_that_lie_over_each_other_give_no_more_than_a_bomb() {
    let image = vec![b'1'; 1 << 20];
    let whole = zipped(&[deflated("over", &image)]);
    let (local, directory) = parts(&whole);
    // 200 entries are the same bytes: 200 MB out of some 12 kB, each entry by itself too little to be judged
    let count = 200_u16.to_le_bytes();
    let sizes = [(directory.len() as u32 * 200).to_le_bytes(), (local.len() as u32).to_le_bytes()].concat();
    let end = [&b"PK\x05\x06"[..], &[0; 4], &count, &count, &sizes, &[0; 2]].concat();
    let (summary, _) = imported_bytes(&[local, &directory.repeat(200), &end].concat()).await;
    assert_eq!((summary.total.stored, summary.total.refused), (0, 200));
    let reasons = reasons(&summary);
    let bombs = reasons.iter().filter(|(_, why)| why == "zip file: more comes out of it than an image would give");
    assert_eq!(bombs.count(), 136, "all but those of the first 64 MB");
    // each later one is read as far as its first piece
    assert!(summary.total.bytes <= 65 << 20, "{}", summary.total.bytes);
}
