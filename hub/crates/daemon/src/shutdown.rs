//! When to stop: SIGINT, SIGTERM, or the end of the program that started this one.

use tokio::{
    io::AsyncReadExt,
    signal::unix::{SignalKind, signal as unix_signal},
};

/// Whether the program's life hangs on its parent's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parent {
    /// It runs on.
    Ignore,
    /// It stops when its standard input ends, which it does when the parent dies in whatever way.
    Follow,
}

/// Returns when it is time to stop.
pub async fn signal(parent: Parent) {
    let terminate = async {
        match unix_signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    let orphaned = async {
        match parent {
            Parent::Ignore => std::future::pending().await,
            Parent::Follow => {
                let mut byte = [0; 64];
                while tokio::io::stdin().read(&mut byte).await.is_ok_and(|read| read > 0) {}
            }
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
        () = orphaned => {}
    }
}
