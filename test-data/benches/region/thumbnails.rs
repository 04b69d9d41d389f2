//! Thumbnails, beside what decoding alone takes.
//!
//! A thumbnail is a frame decoded, windowed, made small and written as JPEG, as the hub does it for a list of studies.
//! It cannot be faster than its codec, unless the codec gives a smaller frame right away, which lossy JPEG can.

mod input;

use crate::{figures::median, machine, sizes::Sizes, table};
use anyhow::{Context, Result, anyhow};
use input::Input;
use rayon::{ThreadPool, ThreadPoolBuilder};
use rendering::{Format, Settings};
use std::{path::Path, time::Instant};

/// The hub's thumbnail when a client does not say (PS3.18 8.3.5.1): 200 by 200, quality 80.
fn thumbnail_settings() -> Settings {
    Settings { fit: Some((200, 200)), format: Format::Jpeg(80), ..Settings::default() }
}
/// Measurements of one input are short: each is one computation over and over.
const SHORTER: u32 = 8;

/// What one round found of one input, each per second.
struct Round {
    /// The library's decoder, by itself; none for uncompressed pixels.
    library: Option<f64>,
    /// Our decoder, which is that library and its checks or our own code.
    decoded: f64,
    /// Thumbnails on one thread, and on all cores together.
    one: f64,
    all: f64,
}

/// Runs the part.
pub fn run(sizes: &Sizes, _: &Path) -> Result<()> {
    let inputs = input::all()?;
    let pool = |threads| ThreadPoolBuilder::new().num_threads(threads).stack_size(8 << 20).build();
    let (one, all) = (pool(1)?, pool(machine::cores())?);
    let mut rows = vec![];
    for input in &inputs {
        let rounds: Result<Vec<Round>> = (0..sizes.rounds).map(|_| round(sizes, input, &one, &all)).collect();
        rows.push(row(input, &rounds.with_context(|| input.what.clone())?));
    }
    let title = "Thumbnails of 200 x 200 as JPEG, per second and core, beside the decoder alone".to_owned();
    let heads = ["input", "KB", "dicom-rs codec", "our decode", "thumbnails", "of our decode", "all cores", "per core"];
    table::print(&title, heads, &rows);
    if inputs.len() < input::CASES.len() {
        println!("  made up here, since DICOM_CASES has no files; what nothing here can write is left out");
    }
    Ok(())
}

fn round(sizes: &Sizes, input: &Input, one: &ThreadPool, all: &ThreadPool) -> Result<Round> {
    let time = sizes.time / SHORTER;
    let decode = || rendering::decode(&input.image, &input.bytes, input.bit_offset).map(drop);
    let settings = thumbnail_settings().without_enlarging(&input.image);
    let thumbnail = || rendering::picture(&input.image, &input.bytes, input.bit_offset, &settings).map(drop);
    let library = match input.library() {
        Some(library) => Some(per_second(one, time, library)?),
        None => None,
    };
    Ok(Round {
        library,
        decoded: per_second(one, time, decode)?,
        one: per_second(one, time, thumbnail)?,
        all: per_second(all, time, thumbnail)?,
    })
}

/// How often the threads of a pool do it together.
fn per_second<E>(pool: &ThreadPool, time: std::time::Duration, work: impl Fn() -> Result<(), E> + Sync) -> Result<f64>
where
    E: std::fmt::Display + Send,
{
    let begun = Instant::now();
    let counts = pool.broadcast(|_| {
        let mut count = 0_u64;
        while begun.elapsed() < time {
            work()?;
            count += 1;
        }
        Ok::<_, E>(count)
    });
    let seconds = begun.elapsed().as_secs_f64();
    let count: u64 = counts.into_iter().sum::<Result<_, E>>().map_err(|error| anyhow!("{error}"))?;
    Ok(count as f64 / seconds)
}

fn row(input: &Input, rounds: &[Round]) -> [String; 8] {
    let of = |figure: fn(&Round) -> f64| median(rounds.iter().map(figure));
    let library = of(|round| round.library.unwrap_or_default());
    let all = of(|round| round.all);
    [
        input.what.clone(),
        (input.bytes.len() / 1000).to_string(),
        if input.library().is_some() { format!("{library:.0}") } else { "-".into() },
        format!("{:.0}", of(|round| round.decoded)),
        format!("{:.0}", of(|round| round.one)),
        format!("{:.0} %", of(|round| round.one / round.decoded) * 100.0),
        format!("{all:.0}"),
        format!("{:.0}", all / machine::cores() as f64),
    ]
}
