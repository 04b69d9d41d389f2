//! The hospital's rules for what arrives: who gets a copy, what is changed, held or dropped.
//!
//! A [`Rule`] is what the configuration says; [`RuleBook`] is all of them, checked, and judges arrivals for the one way in
//! ([`archive::Rules`]). What is told of stored studies without doing it is in `dry_run.rs`. Sending is in `forwarding/`.

mod attributes;
mod book;
mod checked;
mod config;
mod dry_run;
#[cfg(test)]
mod tests;
mod way;

pub use book::RuleBook;
pub use config::{Actions, Conditions, Match, Reason, Rule, RuleFile};
pub use dry_run::{Told, ToldStudy, dry_run};
pub use way::Way;
