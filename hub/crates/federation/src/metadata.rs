//! A series' headers as a hospital gives them, read while they come: what is held is what one piece of the answer has.

use archive::{Body, DataSets, Error};
use bytes::Bytes;
use dicomweb::Elements;
use futures_util::{StreamExt, TryStreamExt, stream};
use imaging_domain::{DataSet, json};
use tokio::task::spawn_blocking;

/// How many pieces of an answer are read at once.
const AT_ONCE: usize = 2;

/// The data sets of a DICOM JSON array. An answer that breaks off, or is none, ends with [`Error::Unavailable`].
pub(crate) fn data_sets(body: Body) -> DataSets {
    let pieces = stream::try_unfold((body, Elements::default()), async |(mut body, mut elements)| {
        while !elements.is_ended() {
            let piece: Bytes = body.try_next().await?.ok_or(Error::Unavailable)?;
            let whole = elements.feed(&piece).map_err(|_| Error::Unavailable)?;
            if !whole.is_empty() {
                return Ok(Some((whole, (body, elements))));
            }
        }
        Ok::<_, Error>(None)
    });
    let read = pieces.map(|objects| async move {
        let objects = objects?;
        let read = spawn_blocking(move || objects.iter().map(|object| parse(object)).collect::<Option<Vec<_>>>());
        read.await.ok().flatten().ok_or(Error::Unavailable)
    });
    read.buffered(AT_ONCE).map_ok(|headers| stream::iter(headers).map(Ok)).try_flatten().boxed()
}

fn parse(object: &[u8]) -> Option<DataSet> {
    json::from_json(&json::parse(object).ok()?, &dicomweb::span_of_uri).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging_domain::tags;

    async fn read(text: &str, piece: usize) -> Vec<Result<String, ()>> {
        let pieces: Vec<_> = text.as_bytes().chunks(piece).map(|bytes| Ok(Bytes::copy_from_slice(bytes))).collect();
        let uid = |header: DataSet| header.text(tags::SOP_INSTANCE_UID).unwrap_or_default().to_owned();
        data_sets(stream::iter(pieces).boxed()).map(|header| header.map(uid).map_err(|_| ())).collect().await
    }

    #[tokio::test]
    async fn headers_come_in_order_and_what_breaks_off_is_told() {
        let header = |uid: u32| format!(r#"{{"00080018":{{"Value":["1.{uid}"],"vr":"UI"}}}}"#);
        let all: Vec<String> = (0..50).map(header).collect();
        let expected: Vec<Result<String, ()>> = (0..50).map(|uid| Ok(format!("1.{uid}"))).collect();
        let whole = format!("[{}]", all.join(","));
        for piece in [1, 100, 100_000] {
            assert_eq!(read(&whole, piece).await, expected);
            let broken = read(&whole[..whole.len() - 1], piece).await;
            assert_eq!((&broken[..50], &broken[50..]), (&expected[..], &[Err(())][..]));
        }
        assert_eq!(read("[]", 1).await, []);
        for wrong in ["", "{}", "[{\"00080018\":7}]", "[{\"x\":{\"vr\":\"UI\"}}]", "<html>"] {
            assert_eq!(read(wrong, 3).await, [Err(())], "{wrong}");
        }
    }
}
