//! The thread that starts workers.
//!
//! A worker asks to be killed when the thread that started it ends, so that thread must live as long as the cage and no
//! longer; threads of the async runtime come and go. It also keeps the start of a process off them.

use crate::config::Config;
use std::{
    io,
    os::unix::process::CommandExt,
    process::Stdio,
    sync::{Mutex, PoisonError, mpsc},
};
use tokio::{
    process::{Child, Command},
    runtime::Handle,
    sync::oneshot,
};

/// An order to start a worker on a runtime.
type Order = (Handle, oneshot::Sender<io::Result<Child>>);

/// Starts workers; its thread ends with it.
pub(crate) struct Spawner {
    orders: Mutex<mpsc::Sender<Order>>,
}

impl Spawner {
    pub(crate) fn start(config: Config) -> io::Result<Self> {
        let (orders, next) = mpsc::channel::<Order>();
        std::thread::Builder::new().name("cage".into()).spawn(move || {
            while let Ok((runtime, sender)) = next.recv() {
                let _inside = runtime.enter();
                // Whoever ordered it may be gone; then the worker goes too.
                let _ = sender.send(command(&config).spawn());
            }
        })?;
        Ok(Self { orders: Mutex::new(orders) })
    }

    /// A new worker. Must be called inside the runtime that is to carry it.
    pub(crate) async fn spawn(&self) -> io::Result<Child> {
        let (sender, child) = oneshot::channel();
        let ended = || io::Error::from(io::ErrorKind::BrokenPipe);
        let sent = self.orders.lock().unwrap_or_else(PoisonError::into_inner).send((Handle::current(), sender));
        sent.map_err(|_| ended())?;
        child.await.map_err(|_| ended())?
    }
}

fn command(config: &Config) -> Command {
    let mut command = std::process::Command::new(&config.program);
    // Nothing of the parent's environment is a worker's business.
    command.args(&config.arguments).env_clear().current_dir("/");
    if let Some(name) = std::env::args_os().next() {
        command.arg0(name);
    }
    let mut command = Command::from(command);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}
