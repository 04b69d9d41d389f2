//! Study links over a real index in a folder of the test's own.
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too"))]

#[cfg(test)]
mod making;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod tending;
#[cfg(test)]
mod world;
