//! Resource limits (setrlimit(2)).

use super::Setup;
use rustix::{
    io,
    process::{Resource, Rlimit, getrlimit, setrlimit},
    time::{ClockId, clock_gettime},
};

/// Open files: three are there, and two copies of them.
const MAX_FILES: u64 = 8;
/// Seconds of processor time beyond the time limit. The parent keeps that; this is for when it is gone.
const SPARE_S: u64 = 5;

/// Memory, and that no files are written, dumps of memory included.
pub(super) fn set(setup: Setup) -> io::Result<()> {
    for (resource, most) in
        [(Resource::As, setup.memory_bytes), (Resource::Nofile, MAX_FILES), (Resource::Fsize, 0), (Resource::Core, 0)]
    {
        let own = getrlimit(resource).maximum.map_or(most, |own| own.min(most));
        setrlimit(resource, Rlimit { current: Some(own), maximum: Some(own) })?;
    }
    Ok(())
}

/// Processor time for one more job.
pub(crate) fn allow_time(setup: Setup) {
    let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec.unsigned_abs();
    let until = used.saturating_add(setup.time_limit.as_secs()).saturating_add(SPARE_S);
    // Where it fails the parent's clock is left.
    let _ = setrlimit(Resource::Cpu, Rlimit { current: Some(until), maximum: None });
}
