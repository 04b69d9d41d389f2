//! The data set of a stored file (PS3.10 7.1): what comes after preamble and file meta information.

use archive::{Body, Error};
use bytes::{Buf, Bytes, BytesMut};
use futures_util::{StreamExt, TryStreamExt, stream};

/// The most bytes of a file that are looked at for the end of its meta information.
const MAX_META: usize = 64 * 1024;
const PREAMBLE: usize = 132;

/// The bytes of a file after its meta information. Goes by the elements, not by the group length, which is wrong in some
/// files.
///
/// # Errors
/// [`Error::Mismatch`] when it is no such file, or what the body says.
pub async fn data_set_of(mut file: Body) -> Result<Body, Error> {
    let mut start = BytesMut::new();
    let offset = loop {
        match meta_end(&start) {
            End::At(offset) => break offset,
            End::Unknown if start.len() > MAX_META => return Err(Error::Mismatch("file meta information")),
            End::Unknown => match file.try_next().await? {
                Some(piece) => start.extend_from_slice(&piece),
                None => return Err(Error::Mismatch("file meta information")),
            },
            End::None => return Err(Error::Mismatch("file meta information")),
        }
    };
    start.advance(offset);
    let first = (!start.is_empty()).then(|| Ok::<Bytes, Error>(start.freeze()));
    Ok(stream::iter(first).chain(file).boxed())
}

enum End {
    At(usize),
    /// More bytes are needed.
    Unknown,
    /// It is no such file.
    None,
}

fn meta_end(bytes: &[u8]) -> End {
    if bytes.len() < PREAMBLE {
        return End::Unknown;
    }
    if &bytes[PREAMBLE - 4..PREAMBLE] != b"DICM" {
        return End::None;
    }
    let mut at = PREAMBLE;
    loop {
        let Some(header) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) else { return End::Unknown };
        if header[..2] != [2, 0] {
            return End::At(at);
        }
        // OB, OW, UN, UT and the like have a length of four bytes after two reserved ones (PS3.5 7.1.2)
        let length = match &header[4..6] {
            b"OB" | b"OW" | b"UN" | b"UT" | b"SQ" => {
                let Some(&[a, b, c, d]) = bytes.get(at + 8..).and_then(<[u8]>::first_chunk::<4>) else {
                    return End::Unknown;
                };
                12 + u32::from_le_bytes([a, b, c, d]) as usize
            }
            _ => 8 + usize::from(u16::from_le_bytes([header[6], header[7]])),
        };
        at += length;
        if at > MAX_META {
            return End::None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(file: &[u8], expected: Option<&[u8]>) {
        for piece in [1, 7, 4096] {
            let pieces: Vec<_> = file.chunks(piece).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
            let given = match data_set_of(stream::iter(pieces).boxed()).await {
                Ok(body) => body.try_collect::<Vec<_>>().await.map(|pieces| pieces.concat()).ok(),
                Err(_) => None,
            };
            assert_eq!(given.as_deref(), expected);
        }
    }

    #[tokio::test]
    async fn the_data_set_begins_where_group_2_ends() {
        let meta = part10::file_meta("1.2", "1.2.3", "1.2.840.10008.1.2.1");
        let data = b"\x08\x00\x05\x00CS\x0a\x00ISO_IR 100";
        check(&[meta.as_slice(), data].concat(), Some(data)).await;
        check(&meta, None).await;
        check(b"no file at all", None).await;
        check(&[0; 4096], None).await;
    }
}
