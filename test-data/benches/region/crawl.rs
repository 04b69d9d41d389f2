//! An old archive of many small studies that is taken over, with the adapter killed three times on the way: fetched, and learned of
//! where the archive keeps the images. The report must be exact at the end.

use crate::{
    orthanc::{Orthanc, installed},
    pacs::{crawled, fill, hospital},
    region::Hub,
    sizes::Sizes,
    table,
};
use anyhow::{Result, ensure};
use pacs_adapter::Holding;
use std::path::Path;

/// Bytes of the pixels of an instance.
const SMALL: usize = 2000;
const KILLS: u64 = 3;

/// Runs the part.
pub fn run(sizes: &Sizes, place: &Path) -> Result<()> {
    let Some(program) = installed() else {
        println!("\nCrawl: left out, the packages orthanc and orthanc-dicomweb are not installed");
        return Ok(());
    };
    let kinds =
        [("keep, C-GET", Holding::Keep, sizes.crawl), ("index-only, C-FIND", Holding::IndexOnly, sizes.learned)];
    for (name, holding, studies) in kinds {
        let place = place.join(if holding == Holding::Keep { "keep" } else { "index-only" });
        std::fs::create_dir(&place)?;
        let pacs = Orthanc::start(&program, &place)?;
        // four series are a study, and each of these has one series of one instance
        let filled = fill(&pacs, SMALL, 1, (0..studies).map(|study| study * 4).collect())?;
        let row = taken_over(name, holding, studies, &place, &pacs, sizes)?;
        let title = format!(
            "Crawl of {}: {studies} studies of one small instance (filled in {filled:.0} s), the adapter killed and started again \
             on the way; seconds of the whole pass, with the restarts",
            pacs.version
        );
        table::print(&title, ["how", "kills", "seconds", "studies/s", "the report: here of told"], &[row]);
        drop(pacs);
        std::fs::remove_dir_all(&place)?;
    }
    Ok(())
}

fn taken_over(
    name: &str,
    holding: Holding,
    studies: u64,
    place: &Path,
    pacs: &Orthanc,
    sizes: &Sizes,
) -> Result<[String; 5]> {
    let mut hub = Hub::init(place)?;
    hub.start()?;
    let mut adapter = hospital(place, &hub, pacs, holding, sizes.cache_bytes)?;
    let (told, seconds) = crawled(&mut adapter, studies, KILLS)?;
    let number = |name: &str| told[name].as_u64().unwrap_or(u64::MAX);
    let counts = ["studies_told", "instances_told", "studies_arrived", "instances_arrived"].map(number);
    ensure!(counts == [studies; 4], "the report is not exact: {told}");
    ensure!(["waiting", "given_up", "windows_cut"].map(number) == [0; 3], "something is left: {told}");
    Ok([
        name.to_owned(),
        KILLS.to_string(),
        format!("{seconds:.1}"),
        format!("{:.0}", studies as f64 / seconds),
        format!("{} of {}", counts[2], counts[0]),
    ])
}
