//! Arrivals become rows, verdicts and lines of the feed.

use super::{batch::Batch, fault::Fault, put::Origin};
use crate::ports::{Arrival, Verdict};
use rusqlite::Transaction;

pub(super) fn commit(transaction: &Transaction<'_>, arrivals: Vec<Arrival>) -> Result<Vec<Verdict>, Fault> {
    let mut batch = Batch::new(transaction);
    let verdicts = arrivals
        .into_iter()
        .map(|arrival| batch.put(&arrival.site, arrival.instance, Origin::Here))
        .collect::<Result<_, _>>()?;
    batch.flush()?;
    Ok(verdicts)
}
