//! `cargo bench -p test-data --bench region`: how fast the region is, beside what the machine could do at best.
//!
//! Tables: C-STORE beside the disk, QIDO-RS beside the index, searches of every kind, thumbnails beside their codecs,
//! metadata of a long series, memory of a large study, what the hub fetches first, the worklist in a browser, study links on
//! slow lines and by many, the whole beside Orthanc, the first image in OHIF at both, an old archive that is taken over, and
//! images that stay in the PACS. A name behind `--` (one of
//! [`PARTS`]) runs that one alone. Machines are noisy, so everything is measured in rounds, what is compared in turns, and
//! the median is printed. Sizes come from the environment: see [`sizes::Sizes`].
//!
//! Start reading at the part of interest, [`store`] or [`orthanc`].

#![allow(clippy::disallowed_methods, reason = "a stop-watch, and files of our own")]
#![allow(clippy::print_stdout, reason = "the tables are the product")]

mod children;
mod cold;
mod crawl;
mod figures;
mod fill;
mod index_only;
mod links;
mod machine;
mod memory;
mod metadata;
mod ohif;
mod orthanc;
mod pacs;
mod query;
mod region;
mod search;
mod sizes;
mod store;
mod table;
mod thumbnails;
mod worklist;

use anyhow::{Result, bail};
use sizes::Sizes;
use std::path::Path;

type Part = fn(&Sizes, &Path) -> Result<()>;

const PARTS: [(&str, Part); 13] = [
    ("store", store::run),
    ("query", query::run),
    ("search", search::run),
    ("thumbnails", thumbnails::run),
    ("metadata", metadata::run),
    ("memory", memory::run),
    ("cold", cold::run),
    ("worklist", worklist::run),
    ("links", links::run),
    ("orthanc", orthanc::run),
    ("ohif", ohif::run),
    ("crawl", crawl::run),
    ("index-only", index_only::run),
];

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let named: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    // `cargo test` starts benchmarks too, without this flag, and wants none of the waiting
    if named.is_empty() && !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(());
    }
    if let Some(unknown) = named.iter().find(|name| PARTS.iter().all(|(part, _)| part != *name)) {
        bail!("there is no part {unknown}: {}", PARTS.map(|(part, _)| part).join(", "));
    }
    let sizes = Sizes::from_environment()?;
    let folder = tempfile::Builder::new().prefix("region-bench-").tempdir_in(sizes.dir())?;
    println!("{}", machine::line(folder.path()));
    for (part, run) in PARTS {
        if named.is_empty() || named.contains(&part) {
            let place = folder.path().join(part);
            std::fs::create_dir(&place)?;
            run(&sizes, &place)?;
            std::fs::remove_dir_all(&place)?;
        }
    }
    Ok(())
}
