//! Our own loop: a durable file with nothing around it.

use super::spent::put_away;
use crate::sizes::Sizes;
use anyhow::Result;
use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    thread,
    time::Instant,
};

/// Files per second that `at_once` threads write, sync, rename and sync the folder of, each in a folder of its own.
pub fn files_per_second(place: &Path, at_once: usize, sizes: &Sizes) -> Result<f64> {
    let folder = place.join("loop");
    let bytes: Vec<u8> = (0..sizes.instance_bytes).map(|at| (at.wrapping_mul(0x9E37_79B9) >> 13) as u8).collect();
    let begun = Instant::now();
    let counts: Vec<Result<u64>> = thread::scope(|scope| {
        let one = |number: usize| {
            let folder = folder.join(number.to_string());
            let bytes = &bytes;
            scope.spawn(move || {
                fs::create_dir_all(&folder)?;
                let mut count = 0;
                while begun.elapsed() < sizes.time {
                    write_durably(&folder, count, bytes)?;
                    count += 1;
                }
                Ok(count)
            })
        };
        let threads: Vec<_> = (0..at_once).map(one).collect();
        threads.into_iter().map(|thread| thread.join().expect("a loop does not panic")).collect()
    });
    let seconds = begun.elapsed().as_secs_f64();
    put_away(place, &folder)?;
    Ok(counts.into_iter().sum::<Result<u64>>()? as f64 / seconds)
}

/// A file that survives a power loss.
pub(super) fn write_durably(folder: &Path, number: u64, bytes: &[u8]) -> Result<()> {
    let (staged, published) = (folder.join("staged"), folder.join(number.to_string()));
    let mut file = File::options().write(true).create_new(true).open(&staged)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(staged, published)?;
    Ok(File::open(folder)?.sync_all()?)
}
