//! The region's connections through their doors: a hub and its hospitals on real sockets of the loopback address.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and says its seed, in helpers too"
)]

mod backoff;
mod certificates;
mod channel;
mod enrolment;
mod feed;
mod hub;
mod instances;
mod intake;
mod proxy;
mod uplink;
