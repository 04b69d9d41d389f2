//! How much is measured.

use anyhow::{Context, Result};
use std::{path::PathBuf, time::Duration};

/// Every size, from the environment or as it usually is.
pub struct Sizes {
    /// `BENCH_SECONDS`: length of one measurement, in seconds; 2.
    pub time: Duration,
    /// `BENCH_ASSOCIATIONS`: how many associations store at once, one number after the other; 1,4,12.
    pub associations: Vec<usize>,
    /// `BENCH_REST`: how long the disk is left alone before each measurement of what it does, in seconds; 8.
    pub rest: Duration,
    /// `BENCH_ROUNDS`: how often each is repeated; 3.
    pub rounds: usize,
    /// `BENCH_STUDIES`: studies in the hub's index; 20,000.
    pub studies: u32,
    /// `BENCH_SEARCH_STUDIES`: studies in the index that is searched in every way; 100,000.
    pub search_studies: u32,
    /// `BENCH_WORKLIST`: studies in the index whose worklist is measured; 100,000.
    pub worklist: u32,
    /// `BENCH_PATIENTS`: patients who open their links at once; 500.
    pub patients: u32,
    /// `BENCH_INSTANCE_BYTES`: bytes of one stored instance; 512 KiB.
    pub instance_bytes: usize,
    /// `BENCH_STUDY_BYTES`: bytes of the study whose cost in memory is measured; 3 GB.
    pub study_bytes: u64,
    /// `BENCH_SERIES`: instances of the series whose metadata is asked for; 2,000.
    pub series: u32,
    /// `BENCH_LONG_SERIES`: instances of the series whose cost in memory is measured while it is made ready; 5,700.
    pub long_series: u32,
    /// `BENCH_CRAWL`: studies, of one small instance each, of the archive that is taken over; 20,000.
    pub crawl: u64,
    /// `BENCH_LEARNED`: the same of the archive that keeps its images; 2,000, because Orthanc looks through all it has for each
    /// C-FIND.
    pub learned: u64,
    /// `BENCH_PACS_STUDIES`: studies of the PACS that keeps the images, each of 100 instances of `BENCH_INSTANCE_BYTES`; 100.
    pub pacs_studies: u64,
    /// `BENCH_CACHE_BYTES`: the cache of an adapter that leaves the images there; 256 MiB.
    pub cache_bytes: u64,
    /// `BENCH_DIR`: folder on the file system that is measured; cargo's own temporary folder, because `/tmp` may be
    /// memory.
    dir: Option<PathBuf>,
}

impl Sizes {
    /// Reads the environment.
    pub fn from_environment() -> Result<Self> {
        Ok(Self {
            time: Duration::from_secs_f64(number("BENCH_SECONDS", 2.0)?),
            associations: numbers("BENCH_ASSOCIATIONS", "1,4,12")?,
            rest: Duration::from_secs_f64(number("BENCH_REST", 8.0)?),
            rounds: number("BENCH_ROUNDS", 3_usize)?.max(1),
            studies: number("BENCH_STUDIES", 20_000_u32)?.max(1),
            search_studies: number("BENCH_SEARCH_STUDIES", 100_000_u32)?.max(1),
            worklist: number("BENCH_WORKLIST", 100_000_u32)?.max(1),
            patients: number("BENCH_PATIENTS", 500_u32)?.max(1),
            instance_bytes: number("BENCH_INSTANCE_BYTES", 512 << 10)?,
            study_bytes: number("BENCH_STUDY_BYTES", 3_000_000_000_u64)?,
            series: number("BENCH_SERIES", 2000_u32)?.max(1),
            long_series: number("BENCH_LONG_SERIES", 5700_u32)?.max(1),
            crawl: number("BENCH_CRAWL", 20_000_u64)?.max(10),
            learned: number("BENCH_LEARNED", 2_000_u64)?.max(10),
            pacs_studies: number("BENCH_PACS_STUDIES", 100_u64)?.max(8),
            cache_bytes: number("BENCH_CACHE_BYTES", 256_u64 << 20)?,
            dir: std::env::var_os("BENCH_DIR").map(PathBuf::from),
        })
    }

    /// Where everything is written.
    pub fn dir(&self) -> PathBuf {
        self.dir.clone().unwrap_or_else(|| env!("CARGO_TARGET_TMPDIR").into())
    }
}

fn number<T: std::str::FromStr>(name: &str, usual: T) -> Result<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    match std::env::var(name) {
        Ok(text) => text.parse().with_context(|| format!("{name} is no number")),
        Err(_) => Ok(usual),
    }
}

fn numbers(name: &str, usual: &str) -> Result<Vec<usize>> {
    let text = std::env::var(name).unwrap_or_else(|_| usual.to_owned());
    let each = text.split(',').map(|number| number.trim().parse());
    each.collect::<Result<_, _>>().with_context(|| format!("{name} is no list of numbers"))
}
