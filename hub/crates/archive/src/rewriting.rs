//! Files written again in explicit little endian while they are read, pixels as they are.

use crate::{error::Error, remote::Body, sink::written};
use futures_util::TryStreamExt;
use imaging_domain::{Instance, transfer_syntax};
use part10::{Changes, Limits, MAX_DEFLATED_PIECE, Rewriter, file_meta};

/// Bytes that are rewritten at once.
const PIECE: usize = 256 << 10;

/// The file meta information of an instance in another transfer syntax.
pub(crate) fn meta(instance: &Instance, transfer_syntax: &str) -> Vec<u8> {
    let class = instance.sop_class.as_ref().map(|class| class.as_str()).unwrap_or_default();
    file_meta(class, instance.uid.as_str(), transfer_syntax)
}

/// A stored file, as it comes, as a file in explicit little endian.
pub(crate) fn explicit(instance: &Instance, mut file: Body) -> Body {
    let meta = meta(instance, transfer_syntax::EXPLICIT_LITTLE);
    let mut skip = instance.data_set_offset;
    let deflated = instance.transfer_syntax == transfer_syntax::DEFLATED;
    let step = if deflated { MAX_DEFLATED_PIECE } else { PIECE };
    let mut rewriter = Rewriter::new(&instance.transfer_syntax, Changes::default(), Limits::default());
    written(async move |sink| {
        sink.put(meta).await?;
        while let Some(mut piece) = file.try_next().await? {
            let skipped = skip.min(piece.len() as u64);
            skip -= skipped;
            let _ = piece.split_to(skipped as usize);
            for part in piece.chunks(step) {
                let mut out = Vec::with_capacity(part.len() + part.len() / 8);
                rewriter.feed(part, &mut out).map_err(Error::Unreadable)?;
                sink.put(out).await?;
            }
        }
        let mut out = vec![];
        rewriter.finish(&mut out);
        sink.put(out).await
    })
}
