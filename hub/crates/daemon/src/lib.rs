//! What both programs need to be a daemon: the clock, when to stop, who is told that it serves, where the log goes, what
//! a command answers, files that change meanwhile.
//!
//! It is *not* the programs' wiring or configuration. It is a room of its own because two programs use it and neither may
//! depend on the other.

mod answer;
mod clock;
mod files;
mod logging;
mod readiness;
mod shutdown;
mod watched;

pub use answer::answer;
pub use clock::now_ms;
pub use files::{line_typed, read_at_most};
pub use logging::to_stderr;
pub use readiness::ready;
pub use shutdown::{Parent, signal};
pub use watched::Watched;
