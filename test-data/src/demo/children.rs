//! The processes of the demo: this binary again, as hub or adapter.

use anyhow::{Context, Result, bail};
use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::{
    io::AsyncWriteExt,
    process::{Child, Command},
    time::timeout,
};

/// How long a process may take to stop by itself.
const PATIENCE: Duration = Duration::from_secs(8);

/// A daemon the demo started. It stops when its standard input is closed.
pub(super) struct Daemon {
    pub(super) name: String,
    pub(super) pid: u32,
    log: PathBuf,
    process: Child,
}

impl Daemon {
    /// Starts `program` ("hub" or "adapter") with a configuration file; its log goes beside that file.
    pub(super) fn start(name: &str, program: &str, config: &Path) -> Result<Self> {
        let log = config.with_extension("log");
        let file = File::options().create(true).append(true).open(&log)?;
        let mut command = this_binary()?;
        command.arg(program).arg("--config").arg(config).args(["serve", "--follow-parent"]);
        command.stdin(Stdio::piped()).stdout(file.try_clone()?).stderr(file).kill_on_drop(true);
        let process = command.spawn().with_context(|| format!("{name} cannot be started"))?;
        let pid = process.id().context("a process that ended at once")?;
        Ok(Self { name: name.to_owned(), pid, log, process })
    }

    /// Whether it still runs.
    ///
    /// # Errors
    /// When it ended, with the end of its log.
    pub(super) fn check(&mut self) -> Result<()> {
        match self.process.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} ended with {status}; its log is {}", self.name, self.log.display()),
        }
    }

    /// Stops it: asks by closing its standard input, and kills it when it does not listen.
    pub(super) async fn stop(mut self) {
        drop(self.process.stdin.take());
        if timeout(PATIENCE, self.process.wait()).await.is_err() {
            // it is ours and has not been waited for, so the pid is still its own
            let _ = self.process.kill().await;
        }
    }
}

/// Runs a command of `program` to its end and gives its standard output.
pub(super) async fn command(program: &str, config: &Path, arguments: &[&str], input: &str) -> Result<String> {
    let mut command = this_binary()?;
    command.arg(program).arg("--config").arg(config).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn()?;
    if let Some(mut stdin) = process.stdin.take() {
        stdin.write_all(input.as_bytes()).await?;
    }
    let output = process.wait_with_output().await?;
    if !output.status.success() {
        bail!("`{program} {}` failed: {}", arguments[0], String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn this_binary() -> Result<Command> {
    Ok(Command::new(std::env::current_exe().context("this program's own file is unknown")?))
}
