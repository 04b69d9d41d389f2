//! Frames, rendered images and thumbnails: each of an instance that was not asked for before.

use super::{
    Sides,
    door::Door,
    filling::Batch,
    report::{Better, Report},
};
use crate::sizes::Sizes;
use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use std::{
    ops::Range,
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

/// Clients at once.
pub const CLIENTS: [usize; 2] = [1, 8];
/// Pictures of one round of one number of clients.
const EACH: usize = 50;

/// A kind of picture: its name, its path below an instance, what is accepted. Both have the same resource, because the
/// plugin of Debian's release has no thumbnails: it is asked for a rendered image of that size.
pub type Kind = (&'static str, [&'static str; 2], &'static str);

/// All kinds; each has a series of its own.
pub const KINDS: [Kind; 3] = [
    ("frames", ["/frames/1", "/frames/1"], "multipart/related; type=\"application/octet-stream\"; transfer-syntax=*"),
    ("rendered images", ["/rendered", "/rendered"], "image/jpeg"),
    ("thumbnails of 200 x 200", ["/rendered?viewport=200,200", "/thumbnail?viewport=200,200"], "image/jpeg"),
];

/// The series of a kind.
pub fn batch(sizes: &Sizes, kind: usize) -> Batch {
    Batch::pictures(kind as u64, EACH * CLIENTS.len() * sizes.rounds)
}

/// Measures all kinds.
pub(super) fn measure(sides: &Sides<'_>, report: &mut Report) -> Result<()> {
    for (number, (name, paths, accept)) in KINDS.into_iter().enumerate() {
        let batch = batch(sides.sizes, number);
        for (at, clients) in CLIENTS.into_iter().enumerate() {
            let rates = sides.in_turns(async |door, round| {
                let path = if door.name == sides.hub.name { paths[1] } else { paths[0] };
                rate(door, &self::paths(&batch, round, at, path), accept, clients).await
            })?;
            report.row(
                &format!("{name}, each of its own instance, {clients} clients"),
                "a second",
                Better::Higher,
                rates,
            );
        }
    }
    Ok(())
}

/// The paths of one round of the number of clients at a place among [`CLIENTS`].
pub fn paths(batch: &Batch, round: usize, at: usize, path: &str) -> Vec<String> {
    let first = (round * CLIENTS.len() + at) * EACH;
    let path = |number| {
        let place = batch.place(number);
        format!("/studies/{}/series/{}/instances/{}{path}", place.study, place.series, place.instance)
    };
    (first as u64..(first + EACH) as u64).map(path).collect()
}

/// Pictures a second that so many clients are given.
pub async fn rate(door: &Door, paths: &[String], accept: &str, clients: usize) -> Result<f64> {
    let next = AtomicU64::new(0);
    let mut lines = vec![];
    for _ in 0..clients {
        lines.push(door.dial().await?);
    }
    let all: Range<u64> = 0..paths.len() as u64;
    let begun = Instant::now();
    let (next, all) = (&next, &all);
    let asking = lines.into_iter().map(async |mut line| {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if !all.contains(&number) {
                return anyhow::Ok(());
            }
            let answer = line.get(&paths[number as usize], accept).await?;
            ensure!(answer.bytes > 0, "{} gives nothing", door.name);
        }
    });
    try_join_all(asking).await?;
    Ok(paths.len() as f64 / begun.elapsed().as_secs_f64())
}
