//! The programs' log: one line per event on standard error, the level by `RUST_LOG`.

use tracing_subscriber::EnvFilter;

/// Starts the log; `info` when the environment says nothing.
pub fn to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // a second subscriber in one process is a test's; the first stays
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).try_init();
}
