//! The programs of the region as processes: this package's binary, as the demo runs it.

use anyhow::{Context, Result, bail};
use std::{
    fs::File,
    io::Write,
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// How long a daemon may take to listen, and to stop.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long between two looks.
const LOOK: Duration = Duration::from_millis(10);

/// A daemon. It ends with this value, and with this process however that ends: its standard input is ours.
pub struct Daemon {
    process: Child,
    log: PathBuf,
}

impl Daemon {
    /// Starts `hub` or `adapter` with a configuration file; its log goes beside that file.
    pub fn start(program: &str, config: &Path) -> Result<Self> {
        let log = config.with_extension("log");
        let mut command = this(program, config);
        command.args(["serve", "--follow-parent"]).stdin(Stdio::piped()).stdout(Stdio::null());
        command.stderr(File::create(&log)?);
        Ok(Self { process: command.spawn().with_context(|| format!("{program} cannot be started"))?, log })
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// SIGKILL, now.
    pub fn kill(&mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Waits until it listens.
    pub fn listens(&mut self, address: SocketAddr) -> Result<()> {
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            let ended = self.process.try_wait()?.is_some();
            if ended || begun.elapsed() > PATIENCE {
                bail!("nobody listens on {address}: {}", std::fs::read_to_string(&self.log).unwrap_or_default());
            }
            sleep(LOOK);
        }
        Ok(())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if !matches!(self.process.try_wait(), Ok(None)) {
                return;
            }
            sleep(LOOK);
        }
        // ours and not waited for, so the pid is still its own
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs a command of `hub` or `adapter` to its end and gives what it printed.
pub fn command(program: &str, config: &Path, arguments: &[&str]) -> Result<String> {
    command_given(program, config, arguments, "")
}

/// The same with a text on its standard input.
pub fn command_given(program: &str, config: &Path, arguments: &[&str], input: &str) -> Result<String> {
    let mut command = this(program, config);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn()?;
    if let Some(mut stdin) = process.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let output = process.wait_with_output()?;
    if !output.status.success() {
        bail!("`{program} {}` failed: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// A port of loopback where nobody listens.
pub fn free_port() -> Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

fn this(program: &str, config: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_test-data"));
    command.arg(program).arg("--config").arg(config);
    command
}
