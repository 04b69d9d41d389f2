//! Peers, rules, and where copies go.

use super::Adapter;
use crate::{
    config::Config,
    forwarding::{Forwarding, Parts},
    images::OwnImages,
    peers::Peers,
    requester::Requester,
    rules::{Rule, RuleBook, RuleFile},
};
use anyhow::{Context, Result};
use archive::Ingest;
use daemon::now_ms;
use imaging_domain::SiteId;
use std::sync::Arc;

/// Who may speak, as the configuration and the adapter's folder have them.
///
/// # Errors
/// When the folder's list cannot be read.
pub fn peers(config: &Config) -> Result<Peers> {
    Peers::open(config.peers.clone(), config.dir.clone()).context("peers.json cannot be read")
}

/// The rules of the configuration and of the file that it names, not looked at yet.
///
/// # Errors
/// When the file cannot be read.
pub fn rules(config: &Config) -> Result<Vec<Rule>> {
    let mut rules = config.rules.clone();
    if !config.rules_file.as_os_str().is_empty() {
        rules.extend(settings::load_file::<RuleFile>(&config.rules_file)?.rules);
    }
    Ok(rules)
}

/// The same, checked.
///
/// # Errors
/// When there is a rule that cannot be.
pub fn rule_book(config: &Config) -> Result<RuleBook> {
    rule_book_of(config, &rules(config)?)
}

/// These rules in place of those of the configuration.
///
/// # Errors
/// When there is a rule that cannot be.
pub fn rule_book_of(config: &Config, rules: &[Rule]) -> Result<RuleBook> {
    let peers = peers(config)?;
    let has_address = |title: &_| peers.by_title(title).is_some();
    RuleBook::of(rules, config.dimse.ae_title.clone(), has_address).context("the rules cannot be used")
}

/// The way in by rules, when there are any.
pub(super) fn ruled(ingest: Ingest, book: &RuleBook) -> Ingest {
    if book.is_empty() { ingest } else { ingest.ruled(Arc::new(book.clone())) }
}

/// What sends copies.
pub fn forwarding(config: &Config, site: &SiteId, adapter: &Adapter, peers: Peers) -> Forwarding {
    Forwarding::new(Parts {
        routes: adapter.index.clone(),
        images: Arc::new(OwnImages::of(adapter.archive.clone())),
        requester: Requester::new(config.requester.clone(), config.dimse.ae_title.clone()),
        peers,
        sent_to: adapter.rules.destinations().cloned().collect(),
        written: Arc::clone(&adapter.written),
        site: site.clone(),
        audit: adapter.audit.clone(),
        config: config.forwarding.clone(),
        clock: now_ms,
    })
}
