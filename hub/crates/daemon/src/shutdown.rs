//! When to stop: SIGINT, SIGTERM, or the end of the program that started this one.

use std::io::Read;
use tokio::{
    signal::unix::{SignalKind, signal as unix_signal},
    sync::oneshot,
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
                // an error is a thread that is gone, and with it the watch on the parent
                let _ = input_ends().await;
            }
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
        () = orphaned => {}
    }
}

/// Tells the end of standard input. A thread of its own waits for it: the runtime's would keep the program from ending
/// for as long as the parent lives.
fn input_ends() -> oneshot::Receiver<()> {
    let (ended, told) = oneshot::channel();
    std::thread::spawn(move || {
        let mut bytes = [0; 64];
        while std::io::stdin().read(&mut bytes).is_ok_and(|read| read > 0) {}
        // nobody waits any more when a signal came first
        let _ = ended.send(());
    });
    told
}
