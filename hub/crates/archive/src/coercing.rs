//! An arrival whose attributes are changed: its bytes, whole and on the disk already, are read again while they are written anew.

use crate::{
    ended::Ended,
    error::Error,
    framing::{Framing, Outcome},
    incoming::Incoming,
    terms::Terms,
};
use bytes::Bytes;
use catalog::Orders;
use futures_util::{TryStreamExt, stream::BoxStream};
use imaging_domain::Instance;
use part10::{Coercion, CoercionError, Gatherer, Limits, Modification, Splicer};

/// Bytes that are written at once.
const PIECE: usize = 1 << 20;
/// Bytes that are looked at at once: what is deflated may become a hundred times as many.
const STEP: usize = 16 << 10;

type Stream = BoxStream<'static, Result<Bytes, blob_store::Error>>;

/// Changes the attributes of an arrival and commits what it becomes; where all is so already, it as it came.
///
/// # Errors
/// [`Error::Coercion`] when that cannot be done, or what the disk or the index says; nothing is stored then.
pub(crate) async fn commit_coerced(
    ended: Ended,
    (coercion, said): (&Coercion, &Modification),
    orders: Orders,
) -> Result<(Outcome, Instance), Error> {
    let (follower, header, terms) = (ended.blob.follow(), ended.header.clone(), ended.terms.clone());
    let came = ended.sealed().await?;
    let (syntax, from) = (&came.instance.transfer_syntax, came.instance.data_set_offset);
    let places = header.places.as_ref().ok_or(Error::Coercion(CoercionError::Damaged))?;
    let wanted = coercion.originals(places).map_err(Error::Coercion)?;
    let originals = gathered(Gatherer::new(syntax, wanted, Limits::default()), follower.stream_from(from)).await?;
    let splices = coercion.splices(&header, &originals, said).map_err(Error::Coercion)?;
    if splices.is_empty() {
        return came.commit(orders).await;
    }
    let framing = Framing::DataSet {
        transfer_syntax: syntax.clone(),
        sop_class: came.instance.sop_class.as_ref().map(ToString::to_string).unwrap_or_default(),
        sop_instance: came.instance.uid.to_string(),
    };
    let splicer = Splicer::new(syntax, splices, Limits::default());
    let terms = Terms { room_bytes: None, ..terms };
    let mut changed = Incoming::new(came.committer.clone(), came.who.clone(), came.permit.clone(), framing, terms);
    write_spliced(splicer, follower.stream_from(from), &mut changed).await?;
    let original = Some(came.sealed.digest);
    // what came is on the disk until what it became is committed
    let (outcome, instance) = changed.end().await?.sealed().await?.commit(Orders { original, ..orders }).await?;
    Ok((Outcome::Coerced(Box::new(outcome)), instance))
}

async fn gathered(mut gatherer: Gatherer, mut bytes: Stream) -> Result<Vec<u8>, Error> {
    while !gatherer.is_done() {
        let Some(piece) = bytes.try_next().await? else { break };
        for step in piece.chunks(STEP) {
            gatherer.feed(step).map_err(Error::Unreadable)?;
        }
    }
    Ok(gatherer.finish())
}

async fn write_spliced(mut splicer: Splicer, mut bytes: Stream, changed: &mut Incoming) -> Result<(), Error> {
    let mut out = vec![];
    while let Some(piece) = bytes.try_next().await? {
        for step in piece.chunks(STEP) {
            splicer.feed(step, &mut out).map_err(Error::Unreadable)?;
            if out.len() >= PIECE {
                changed.write(std::mem::take(&mut out).into()).await?;
            }
        }
    }
    splicer.finish(&mut out).map_err(Error::Unreadable)?;
    changed.write(out.into()).await
}
