//! The accept loop over real sockets, and storing into a hub of real parts.
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too"))]

#[cfg(test)]
mod commitment;
mod hub;
#[cfg(test)]
mod linked;
#[cfg(test)]
mod links;
#[cfg(test)]
mod listener;
#[cfg(test)]
mod search;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod store;
#[cfg(test)]
mod store_apart;
#[cfg(test)]
mod worklist;
#[cfg(test)]
mod worklist_told;
#[cfg(test)]
mod zip;
