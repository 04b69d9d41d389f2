//! What becomes of a transaction: its instances are read back, its report is sent until it is taken.

use super::{
    folder,
    keeper::Commitments,
    open::{Open, locked},
    room::too_old,
    transaction::Transaction,
    unreported::Vain,
};
use crate::services::Outbox;
use archive::{Claimed, Safekeeping};
use daemon::now_ms;
use imaging_domain::Principal;
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

impl Commitments {
    /// In a task of its own; one that is looked after already is woken. Not of one that is just being forgotten.
    pub(super) fn look_after(&self, transaction: &Transaction, outbox: Option<Outbox>) -> bool {
        let name = folder::name(transaction);
        let mut all = locked(&self.0.open);
        let known = all.get(&name).cloned();
        let open = known.clone().unwrap_or_else(|| Arc::new(Open::of(transaction)));
        if open.forgotten.is_cancelled() {
            return false;
        }
        if outbox.is_some() {
            *locked(&open.outbox) = outbox;
        }
        if known.is_some() {
            // it was asked for again: nobody forgets that before it was tried
            *locked(&open.vain) = None;
            open.woken.notify_one();
            return true;
        }
        all.insert(name.clone(), Arc::clone(&open));
        drop(all);
        let (this, stop) = (self.clone(), self.0.stop.clone());
        self.0.tasks.spawn(async move {
            let ended = stop.run_until_cancelled(this.until_taken(&name, &open)).await;
            locked(&this.0.open).remove(&name);
            if ended.is_some() {
                this.look_again(&name, &open).await;
            }
        });
        true
    }

    /// Somebody may have asked for the same between the end of one and its being taken out here.
    async fn look_again(&self, name: &str, ended: &Open) {
        if let Ok(transaction) = self.read(name).await
            && !locked(&self.0.open).contains_key(name)
        {
            let outbox = locked(&ended.outbox).take();
            self.look_after(&transaction, outbox);
        }
    }

    async fn until_taken(&self, name: &str, open: &Open) {
        loop {
            let outbox = locked(&open.outbox).take();
            let pause = match self.attempt(name, open, outbox).await {
                Ok(None) => return,
                Ok(Some(pause)) => pause,
                Err(error) => {
                    tracing::warn!(%error, "a commitment cannot be looked after now");
                    Duration::from_secs(self.0.reports.config.longest_retry_s.max(1))
                }
            };
            tokio::select! {
                biased;
                () = open.forgotten.cancelled() => {
                    tracing::info!(ae = %open.ae, "the report of a commitment is forgotten");
                    if let Err(error) = self.remove(name).await {
                        tracing::warn!(%error, "a commitment cannot be removed");
                    }
                    return;
                }
                () = tokio::time::sleep(pause) => {}
                () = open.woken.notified() => {}
            }
        }
    }

    /// Has the instances read back, when nobody has yet. What was asked for is in memory no longer than that takes.
    async fn look_at(&self, name: &str, open: &Open) -> anyhow::Result<()> {
        if open.is_looked_at.load(Ordering::Relaxed) {
            return Ok(());
        }
        let _turn = self.0.turns.to_read().await?;
        let mut transaction = self.read(name).await?;
        transaction.failures = Some(self.looked_at(&transaction).await?);
        self.write(name, transaction).await?;
        open.is_looked_at.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Looks at the instances if nobody has yet, and reports; how long to wait before the next attempt, or `None` at the end.
    async fn attempt(&self, name: &str, open: &Open, outbox: Option<Outbox>) -> anyhow::Result<Option<Duration>> {
        self.look_at(name, open).await?;
        let turn = tokio::select! {
            turn = self.0.turns.to_tell(&open.ae) => turn?,
            () = open.forgotten.cancelled() => return Ok(Some(Duration::ZERO)),
        };
        let mut transaction = self.read(name).await?;
        let sent = self.0.reports.send(&transaction, outbox).await;
        drop(turn);
        let Err(why) = sent else {
            self.remove(name).await?;
            metrics::counter!("dimse_commitment_reports_total", "outcome" => "taken").increment(1);
            return Ok(None);
        };
        metrics::counter!("dimse_commitment_reports_total", "outcome" => "not taken").increment(1);
        tracing::info!(ae = %transaction.ae, transaction = %transaction.uid, why, "the report of a commitment was not taken");
        transaction.attempts += 1;
        transaction.last_failure = why;
        let config = &self.0.reports.config;
        transaction.given_up = now_ms() - transaction.asked_ms > config.give_up_after_ms();
        let (attempts, given_up) = (transaction.attempts, transaction.given_up);
        *locked(&open.vain) = Some(Vain { why: transaction.last_failure.clone(), given_up });
        self.write(name, transaction).await?;
        if given_up {
            let all = locked(&self.0.open);
            too_old(&open.ae, all.values()).iter().for_each(|old| old.forgotten.cancel());
        }
        // one that is given up waits until it is told
        Ok(Some(if given_up { Duration::from_secs(u64::from(u32::MAX)) } else { config.pause(attempts) }))
    }

    async fn looked_at(&self, transaction: &Transaction) -> Result<Vec<(usize, u16)>, archive::Error> {
        let who = Principal::Service("storage commitment");
        let claimed: Vec<Claimed> = transaction.instances.iter().map(Claimed::from).collect();
        let found = self.0.archive.safekeeping(&who, &claimed).await?;
        let failures = found.into_iter().map(Safekeeping::failure_reason).enumerate();
        Ok(failures.filter_map(|(at, reason)| Some((at, reason?))).collect())
    }
}
