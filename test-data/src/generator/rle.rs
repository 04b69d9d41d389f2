//! RLE Lossless (PS3.5 annex G).

/// The most bytes of one run.
const RUN: usize = 128;
/// The header: the number of segments, and where each of at most 15 begins.
const HEADER: usize = 64;

/// One frame: a segment for each byte of a pixel, the high byte of a word before the low one, and samples in order.
/// `bytes_per_pixel` is 1, 2 (a word) or 3 (samples of a byte).
pub(super) fn frame(pixels: &[u8], bytes_per_pixel: usize) -> Vec<u8> {
    let order: &[usize] = match bytes_per_pixel {
        1 => &[0],
        2 => &[1, 0],
        _ => &[0, 1, 2],
    };
    let mut encoded = vec![0; HEADER];
    encoded[..4].copy_from_slice(&(order.len() as u32).to_le_bytes());
    for (number, byte) in order.iter().enumerate() {
        let start = encoded.len() as u32;
        encoded[4 + number * 4..][..4].copy_from_slice(&start.to_le_bytes());
        let plane: Vec<u8> = pixels.iter().skip(*byte).step_by(bytes_per_pixel).copied().collect();
        segment(&plane, &mut encoded);
        if encoded.len() % 2 == 1 {
            encoded.push(0);
        }
    }
    encoded
}

/// Packs bytes (PS3.5 G.3.1): runs of at least three equal ones, and what lies between them as it is.
fn segment(plane: &[u8], encoded: &mut Vec<u8>) {
    let mut at = 0;
    let mut literal = 0..0;
    while at < plane.len() {
        let run = plane[at..].iter().take(RUN).take_while(|byte| **byte == plane[at]).count();
        if run >= 3 {
            copy(&plane[literal.clone()], encoded);
            // a run of n is written as 1 - n, in eight bits
            encoded.extend([(257 - run) as u8, plane[at]]);
            at += run;
            literal = at..at;
        } else {
            at += run;
            literal.end = at;
        }
    }
    copy(&plane[literal], encoded);
}

fn copy(bytes: &[u8], encoded: &mut Vec<u8>) {
    for piece in bytes.chunks(RUN) {
        encoded.push((piece.len() - 1) as u8);
        encoded.extend_from_slice(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::{HEADER, frame};
    use proptest::prelude::*;

    /// What a reader makes of the segments (PS3.5 G.3.2), byte planes one after the other.
    fn planes(encoded: &[u8], length: usize) -> Vec<u8> {
        let number = |at: usize| u32::from_le_bytes(encoded[at..at + 4].try_into().unwrap()) as usize;
        let mut bytes = vec![];
        for segment in 1..=number(0) {
            let (mut at, end) = (number(segment * 4), bytes.len() + length);
            assert!(at >= HEADER && at.is_multiple_of(2));
            while bytes.len() < end {
                match encoded[at] {
                    count @ 0..=127 => {
                        bytes.extend_from_slice(&encoded[at + 1..at + 2 + usize::from(count)]);
                        at += 2 + usize::from(count);
                    }
                    count => {
                        bytes.extend(std::iter::repeat_n(encoded[at + 1], 257 - usize::from(count)));
                        at += 2;
                    }
                }
            }
        }
        bytes
    }

    proptest! {
        #[test]
        fn a_reader_finds_the_pixels_again(pixels in prop::collection::vec(0u8..3, 1..400), bytes in 1usize..4) {
            let pixels = [pixels.clone(), vec![7; 300], pixels].concat();
            let pixels = &pixels[..pixels.len() / bytes * bytes];
            let order: &[usize] = [&[0][..], &[1, 0], &[0, 1, 2]][bytes - 1];
            let wanted = order.iter().flat_map(|byte| pixels.iter().skip(*byte).step_by(bytes)).copied();
            prop_assert_eq!(planes(&frame(pixels, bytes), pixels.len() / bytes), wanted.collect::<Vec<_>>());
        }
    }
}
