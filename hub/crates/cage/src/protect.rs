//! The walls of a worker. Each may be missing on some system; which stand is told to the parent.

mod files;
mod limits;
mod system_calls;

use crate::message::Malformed;
use std::time::Duration;

pub(crate) use limits::allow_time;

/// What a parent asks of a new worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Setup {
    pub(crate) memory_bytes: u64,
    pub(crate) time_limit: Duration,
}

/// Which walls stand around a worker.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Protections(u8);

/// Each wall and its bit.
const WALLS: [(u8, &str); 6] = [
    (1, "resource limits"),
    (2, "no new privileges"),
    (4, "death with the parent"),
    (8, "landlock: files"),
    (16, "landlock: everything this program knows of"),
    (32, "seccomp"),
];

impl Setup {
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let time = u64::try_from(self.time_limit.as_millis()).unwrap_or(u64::MAX);
        [self.memory_bytes.to_le_bytes(), time.to_le_bytes()].concat()
    }

    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let ([memory, time], []) = bytes.as_chunks::<8>() else { return Err(Malformed) };
        let time_limit = Duration::from_millis(u64::from_le_bytes(*time));
        Ok(Self { memory_bytes: u64::from_le_bytes(*memory), time_limit })
    }
}

impl Protections {
    const LIMITS: Self = Self(1);
    const NO_NEW_PRIVILEGES: Self = Self(2);
    const DEATH_WITH_PARENT: Self = Self(4);
    const FILES: Self = Self(8);
    const LANDLOCK_WHOLE: Self = Self(16);
    const SYSTEM_CALLS: Self = Self(32);

    /// Walls that stand, in words.
    pub fn on(self) -> Vec<&'static str> {
        WALLS.iter().filter(|(bit, _)| self.0 & bit != 0).map(|(_, name)| *name).collect()
    }

    /// Walls that do not.
    pub fn missing(self) -> Vec<&'static str> {
        WALLS.iter().filter(|(bit, _)| self.0 & bit == 0).map(|(_, name)| *name).collect()
    }

    pub(crate) fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    pub(crate) fn to_bytes(self) -> Vec<u8> {
        vec![self.0]
    }

    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        match bytes {
            [bits] => Ok(Self(*bits)),
            _ => Err(Malformed),
        }
    }
}

impl std::fmt::Debug for Protections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Protections({})", self.on().join(", "))
    }
}

/// What must stand before the first thread is started, so that it is inside.
pub(crate) fn outer(setup: Setup) -> Protections {
    let stands = |is_up: bool, wall| if is_up { wall } else { Protections::default() };
    let no_new_privileges = rustix::thread::set_no_new_privs(true).is_ok();
    let death = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL)).is_ok();
    stands(no_new_privileges, Protections::NO_NEW_PRIVILEGES)
        .and(stands(death, Protections::DEATH_WITH_PARENT))
        .and(stands(limits::set(setup).is_ok(), Protections::LIMITS))
        .and(files::none())
}

/// What must not stand before the last thread is started: no further one can be.
pub(crate) fn system_calls() -> Protections {
    match system_calls::deny() {
        Ok(()) => Protections::SYSTEM_CALLS,
        Err(_) => Protections::default(),
    }
}
