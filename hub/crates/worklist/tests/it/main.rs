//! The region's worklist over an index in a folder of the test's own.
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too"))]

#[cfg(test)]
mod cancelling;
#[cfg(test)]
mod doing;
#[cfg(test)]
mod making;
#[cfg(test)]
mod telling;
#[cfg(test)]
mod world;
