//! Several thumbnails by one question of the hub to a hospital: a line of JSON each, as they are made.

use archive::{Body, Drawn, Error, Several, SiteThumbnail, SiteThumbnails};
use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::{StreamExt, TryStreamExt};
use imaging_domain::{Digest, InstanceUid};
use serde::{Deserialize, Serialize};
use std::{io, time::Duration};
use tokio::time::timeout;
use tokio_util::{
    codec::{FramedRead, LinesCodec},
    io::StreamReader,
};

/// Where hospitals answer it: `{study}/{series}`, with the instances in the query.
pub const THUMBNAILS_PATH: &str = "/federation/thumbnails";
/// The most instances of one question.
pub const MAX_THUMBNAILS: usize = 128;
/// The most bytes of a thumbnail.
pub(crate) const MAX_THUMBNAIL: usize = 1 << 20;
/// The most bytes of a line: a thumbnail in base64, and what it shows.
const MAX_LINE: usize = MAX_THUMBNAIL / 3 * 4 + 1024;
/// How long a hospital may take for each; then it is made of the file.
pub(crate) const DRAWN_WITHIN: Duration = Duration::from_secs(3);

/// Which are asked for, and of which kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Instances by UID with commas between, at most [`MAX_THUMBNAILS`] of them.
    pub instances: String,
    /// Columns that each fits into.
    pub columns: u32,
    /// Rows that each fits into.
    pub rows: u32,
    /// `image/png` rather than `image/jpeg`.
    pub png: bool,
}

#[derive(Serialize, Deserialize)]
struct Line {
    instance: InstanceUid,
    digest: Digest,
    image: String,
}

/// The path of a question.
pub(crate) fn path(several: &Several, (columns, rows): (u32, u32), format: Drawn) -> String {
    let Several { study, series, instances } = several;
    let instances: Vec<&str> = instances.iter().map(InstanceUid::as_str).collect();
    let (instances, png) = (instances.join(","), format == Drawn::Png);
    format!("{THUMBNAILS_PATH}/{study}/{series}?instances={instances}&columns={columns}&rows={rows}&png={png}")
}

/// A thumbnail as a line of an answer.
///
/// # Errors
/// Never, as far as is known; what the serialiser says.
pub fn line(thumbnail: &SiteThumbnail) -> Result<String, serde_json::Error> {
    let SiteThumbnail { instance, digest, bytes } = thumbnail;
    let line = Line { instance: instance.clone(), digest: *digest, image: BASE64_STANDARD.encode(bytes) };
    Ok(serde_json::to_string(&line)? + "\n")
}

/// Reads an answer. One that breaks off, takes long or is none ends with [`Error::Unavailable`].
pub(crate) fn read(body: Body) -> SiteThumbnails {
    let reader = StreamReader::new(body.map_err(io::Error::other));
    let lines = FramedRead::new(reader, LinesCodec::new_with_max_length(MAX_LINE));
    let next = async |lines: Option<FramedRead<_, LinesCodec>>| {
        let mut lines = lines?;
        match timeout(DRAWN_WITHIN, lines.next()).await {
            Ok(None) => None,
            Ok(Some(Ok(line))) => Some((parse(&line), Some(lines))),
            Ok(Some(Err(_))) | Err(_) => Some((Err(Error::Unavailable), None)),
        }
    };
    futures_util::stream::unfold(Some(lines), next).boxed()
}

fn parse(line: &str) -> Result<SiteThumbnail, Error> {
    let Line { instance, digest, image } = serde_json::from_str(line).map_err(|_| Error::Unavailable)?;
    let bytes = BASE64_STANDARD.decode(image).map_err(|_| Error::Unavailable)?;
    Ok(SiteThumbnail { instance, digest, bytes: bytes.into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use futures_util::stream;

    fn thumbnail(number: u8) -> SiteThumbnail {
        let instance = InstanceUid::parse(&format!("1.2.{number}")).unwrap();
        SiteThumbnail { instance, digest: Digest([number; 32]), bytes: vec![0xFF; 3000].into() }
    }

    async fn answer(text: &str) -> (Vec<SiteThumbnail>, bool) {
        let pieces: Vec<_> = text.as_bytes().chunks(100).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        let read: Vec<_> = read(stream::iter(pieces).boxed()).collect().await;
        let broke = read.iter().any(Result::is_err);
        (read.into_iter().filter_map(Result::ok).collect(), broke)
    }

    #[tokio::test]
    async fn what_one_end_writes_the_other_reads() {
        let text = line(&thumbnail(1)).unwrap() + &line(&thumbnail(2)).unwrap();
        assert_eq!(answer(&text).await, (vec![thumbnail(1), thumbnail(2)], false));
        assert_eq!(answer("").await, (vec![], false));
    }

    #[tokio::test]
    async fn what_breaks_off_or_is_none_is_an_error_after_what_came() {
        let text = line(&thumbnail(1)).unwrap();
        assert_eq!(answer(&(text.clone() + &text[..2000])).await, (vec![thumbnail(1)], true));
        assert_eq!(answer(&(text + "{}\n")).await, (vec![thumbnail(1)], true));
        assert_eq!(answer(&"x".repeat(MAX_LINE + 1)).await, (vec![], true), "a line without an end");
    }
}
