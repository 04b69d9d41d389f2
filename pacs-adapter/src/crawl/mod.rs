//! Taking over an old archive: everything that a PACS says it has is asked for and fetched, once, and looked through again later.
//!
//! [`Crawler`] walks in passes. In a pass one association asks for studies by study date, window after window, the latest
//! first ([`windows`] says which; an answer that is cut off is asked again in halves), and others fetch meanwhile what the
//! archive does not hold, the latest first ([`fetching`]). What was told and what came is in the index (`catalog::Crawls`), and a
//! window or a study is there with its end or not at all, so a walk that was killed goes on where it was. Nothing that was fetched
//! is ever deleted: studies that the PACS has no more are counted ([`gone`]). That a PACS cannot be spoken with is no study's failure;
//! what it answers is believed as far as it agrees with what it was asked.
//!
//! Where the PACS keeps the images, studies are not fetched but learned of ([`learning`]), and what it has no more is forgotten.

mod asking;
mod config;
mod crawler;
mod fetching;
mod gone;
mod hours;
mod lacking;
mod lately;
mod learning;
mod left_out;
mod line;
mod lister;
mod listing;
mod looking;
mod order;
mod pace;
mod passing;
mod promise;
mod told;
mod windows;
mod worker;

pub use config::{Config, How};
pub use crawler::{Crawler, Parts};
pub use hours::Hours;
pub use order::Order;
pub use told::Told;
