//! Arrivals become rows, verdicts and lines of the feed.

use super::{batch::Batch, fault::Fault, put::Origin};
use crate::ports::{Arrival, Verdict};
use rusqlite::{Transaction, params};

pub(super) fn commit(transaction: &Transaction<'_>, arrivals: Vec<Arrival>) -> Result<Vec<Verdict>, Fault> {
    let last = arrivals.last().map(|arrival| (arrival.site.clone(), arrival.instance.stored_ms));
    let mut batch = Batch::new(transaction);
    let verdicts = arrivals
        .into_iter()
        .map(|arrival| batch.put(&arrival.site, arrival.instance, Origin::Here, &arrival.orders))
        .collect::<Result<Vec<_>, _>>()?;
    batch.flush()?;
    if let Some((site, at_ms)) = last.filter(|_| verdicts.contains(&Verdict::Stored)) {
        // of a site with an adapter the hub's intake says when it was heard of
        let update = "UPDATE site SET last_change_ms = ?2 WHERE site = ?1 AND held_by_hub = 1";
        transaction.prepare_cached(update)?.execute(params![site.as_str(), at_ms])?;
    }
    Ok(verdicts)
}
