//! A PACS that keeps the images: what of it is on the adapter's disk, and how long the first image takes at the hub.

use crate::{
    figures::median,
    orthanc::{Door, Orthanc, installed},
    pacs::{crawled, fill, hospital},
    region::Hub,
    sizes::Sizes,
    table,
};
use anyhow::{Result, ensure};
use federation::tls;
use pacs_adapter::Holding;
use std::{
    path::Path,
    thread::sleep,
    time::{Duration, Instant},
};
use test_data::generator::place_of;
use tokio::runtime::Runtime;

/// Instances of a study, in four series.
const STUDY_OF: u64 = 100;
const SERIES_OF: u64 = STUDY_OF / 4;
/// How long the hub may take to know everything, and the cache to be swept.
const PATIENCE: Duration = Duration::from_secs(120);
/// What a WADO-RS client asks for.
const FILE: &str = "multipart/related; type=\"application/dicom\"";
const MEBI: f64 = (1 << 20) as f64;

/// Runs the part.
pub fn run(sizes: &Sizes, place: &Path) -> Result<()> {
    let Some(program) = installed() else {
        println!("\nIndex-only: left out, the packages orthanc and orthanc-dicomweb are not installed");
        return Ok(());
    };
    let pacs = Orthanc::start(&program, place)?;
    let filled = fill(&pacs, sizes.instance_bytes, SERIES_OF, (0..sizes.pacs_studies * STUDY_OF).collect())?;
    let in_pacs = bytes_below(&place.join("orthanc"));
    let mut hub = Hub::init(place)?;
    hub.start()?;
    let mut adapter = hospital(place, &hub, &pacs, Holding::IndexOnly, sizes.cache_bytes)?;
    let (told, seconds) = crawled(&mut adapter, sizes.pacs_studies, 0)?;
    ensure!(told["instances_arrived"].as_u64() == Some(sizes.pacs_studies * STUDY_OF), "not all is known: {told}");
    let door = Door::mutual("hub", hub.config.listen.federation, "/dicomweb", tls::mutual_client(&hub.credentials()?)?);
    let asking = Asking { runtime: Runtime::new()?, door };
    asking.knows_all(sizes)?;
    let folder = place.join("adapter");
    let mut rows = vec![bytes("on the adapter's disk when the hub knows all", bytes_below(&folder))];
    rows.extend(asking.first_images(sizes)?);
    let read = asking.read_much(sizes)?;
    let begun = Instant::now();
    while bytes_below(&folder.join("cache")) > sizes.cache_bytes && begun.elapsed() < PATIENCE {
        sleep(Duration::from_millis(200));
    }
    rows.push(bytes("given to the hub after that, all from the PACS", read));
    rows.push(bytes("in the adapter's cache then", bytes_below(&folder.join("cache"))));
    rows.push(bytes("on the adapter's disk then, with index, headers and log", bytes_below(&folder)));
    let title = format!(
        "Images left in {}: {:.2} GB of {} studies x {STUDY_OF} instances (filled in {filled:.0} s), all known by C-FIND in \
         {seconds:.1} s; a cache of {:.0} MiB",
        pacs.version,
        in_pacs as f64 / 1e9,
        sizes.pacs_studies,
        sizes.cache_bytes as f64 / MEBI
    );
    table::print(&title, ["what", "unit", "value"], &rows);
    Ok(())
}

fn bytes(what: &str, bytes: u64) -> [String; 3] {
    [what.to_owned(), "MiB".to_owned(), format!("{:.1}", bytes as f64 / MEBI)]
}

/// A client of the hub.
struct Asking {
    runtime: Runtime,
    door: Door,
}

impl Asking {
    /// Waits until the hub knows every instance.
    fn knows_all(&self, sizes: &Sizes) -> Result<()> {
        let begun = Instant::now();
        let all = sizes.pacs_studies * STUDY_OF;
        loop {
            let last = format!("/instances?limit=1&offset={}", all - 1);
            let found =
                self.runtime.block_on(async { self.door.dial().await?.body(&last, "application/dicom+json").await });
            if found.is_ok_and(|body| body.len() > 2) {
                return Ok(());
            }
            ensure!(begun.elapsed() < PATIENCE, "the hub does not know all");
            sleep(Duration::from_millis(100));
        }
    }

    fn get(&self, path: &str, accept: &str) -> Result<(f64, u64)> {
        let answer = self.runtime.block_on(async { self.door.dial().await?.get(path, accept).await })?;
        Ok((answer.took.as_secs_f64() * 1000.0, answer.bytes))
    }

    /// One image of several studies: from the PACS, and again from the hub's cache; then whole series.
    fn first_images(&self, sizes: &Sizes) -> Result<Vec<[String; 3]>> {
        let (mut cold, mut warm, mut picture, mut series) = (vec![], vec![], vec![], vec![]);
        for round in 0..sizes.rounds.min(4) as u64 {
            let place = |nth: u64| place_of(round * STUDY_OF + nth, SERIES_OF);
            let of = |nth: u64| {
                let place = place(nth);
                format!("/studies/{}/series/{}/instances/{}", place.study, place.series, place.instance)
            };
            cold.push(self.get(&of(0), FILE)?.0);
            warm.push(self.get(&of(0), FILE)?.0);
            picture.push(self.get(&format!("{}/rendered", of(SERIES_OF)), "image/jpeg")?.0);
            let whole = place(2 * SERIES_OF);
            series.push(self.get(&format!("/studies/{}/series/{}", whole.study, whole.series), FILE)?.0);
        }
        let row = |what: &str, times: Vec<f64>| [what.to_owned(), "ms".to_owned(), format!("{:.0}", median(times))];
        Ok(vec![
            row("first image of a study at the hub, cold: from the PACS", cold),
            row("the same image again, warm: from the hub", warm),
            row("first picture (rendered) of a series, cold", picture),
            row("first series of 25 images, cold", series),
        ])
    }

    /// Reads studies until twice the cache has passed.
    fn read_much(&self, sizes: &Sizes) -> Result<u64> {
        let (mut read, mut study) = (0, 4);
        while read < 2 * sizes.cache_bytes && study < sizes.pacs_studies {
            read += self.get(&format!("/studies/{}", place_of(study * STUDY_OF, SERIES_OF).study), FILE)?.1;
            study += 1;
        }
        Ok(read)
    }
}

/// Bytes of the files below a folder.
fn bytes_below(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => bytes_below(&entry.path()),
        _ => entry.metadata().map_or(0, |file| file.len()),
    });
    sizes.sum()
}
