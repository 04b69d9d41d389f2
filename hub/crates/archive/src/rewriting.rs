//! Files written again in little endian while they are read, pixels as they are.

use crate::{error::Error, remote::Body, sink::written};
use bytes::{Buf, Bytes};
use futures_util::{StreamExt, TryStreamExt, stream};
use imaging_domain::{Instance, transfer_syntax};
use part10::{Changes, Limits, MAX_DEFLATED_PIECE, Rewriter, file_meta};

/// Bytes that are rewritten at once.
const PIECE: usize = 256 << 10;
/// Bytes that are held until the pixels are reached; of a longer header nothing is known before it is given.
const MAX_HELD: usize = 1 << 20;

/// The file meta information of an instance in another transfer syntax.
pub(crate) fn meta(instance: &Instance, transfer_syntax: &str) -> Vec<u8> {
    meta_of(instance, instance.uid.as_str(), transfer_syntax)
}

/// The same under another SOP Instance UID.
pub(crate) fn meta_of(instance: &Instance, uid: &str, transfer_syntax: &str) -> Vec<u8> {
    let class = instance.sop_class.as_ref().map(|class| class.as_str()).unwrap_or_default();
    file_meta(class, uid, transfer_syntax)
}

/// A stored file, looked into before anything of it is given.
pub(crate) enum Rewritten {
    /// It goes on in the form that is wanted.
    Written(Body),
    /// Little endian cannot be written of it: no transfer syntax describes it. As it is stored.
    Stored(Body),
}

/// A file that is being rewritten.
struct Rewriting {
    rewriter: Rewriter,
    /// Bytes of the file meta information that are still to come.
    skip: u64,
    /// Bytes that are rewritten at once.
    step: usize,
}

impl Rewriting {
    fn new(instance: &Instance, changes: Changes) -> Self {
        let deflated = instance.transfer_syntax == transfer_syntax::DEFLATED;
        Self {
            rewriter: Rewriter::new(&instance.transfer_syntax, changes, Limits::default()),
            skip: instance.data_set_offset,
            step: if deflated { MAX_DEFLATED_PIECE } else { PIECE },
        }
    }

    /// Takes some bytes of a piece; gives what they become.
    fn take(&mut self, piece: &mut Bytes) -> Result<Vec<u8>, Error> {
        let skipped = self.skip.min(piece.len() as u64);
        self.skip -= skipped;
        piece.advance(skipped as usize);
        let part = piece.split_to(self.step.min(piece.len()));
        let mut out = Vec::with_capacity(part.len() + part.len() / 8);
        self.rewriter.feed(&part, &mut out).map_err(Error::Unreadable)?;
        Ok(out)
    }
}

/// A stored file, as it comes, as a file in little endian that begins with file meta information, when that can be said of it up to
/// its pixels.
pub(crate) async fn rewritten(
    instance: &Instance,
    mut begun: Vec<u8>,
    changes: Changes,
    file: Body,
) -> Result<Rewritten, Error> {
    let (mut file, mut rewriting) = (file.fuse(), Rewriting::new(instance, changes));
    let (mut read, mut piece) = (vec![], Bytes::new());
    while begun.len() < MAX_HELD && !rewriting.rewriter.has_reached_pixels() {
        if piece.is_empty() {
            let Some(next) = file.try_next().await? else { break };
            read.push(Ok(next.clone()));
            piece = next;
        }
        match rewriting.take(&mut piece) {
            Ok(bytes) => begun.extend(bytes),
            Err(_) => return Ok(Rewritten::Stored(stream::iter(read).chain(file).boxed())),
        }
    }
    drop(read);
    Ok(Rewritten::Written(written(async move |sink| {
        sink.put(begun).await?;
        loop {
            if piece.is_empty() {
                let Some(next) = file.try_next().await? else { break };
                piece = next;
            }
            sink.put(rewriting.take(&mut piece)?).await?;
        }
        let mut out = vec![];
        rewriting.rewriter.finish(&mut out);
        sink.put(out).await
    })))
}
