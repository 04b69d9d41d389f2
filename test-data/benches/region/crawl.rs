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
    let studies = sizes.crawl;
    let pacs = Orthanc::start(&program, place)?;
    // four series are a study, and each of these has one series of one instance
    let filled = fill(&pacs, SMALL, 1, (0..studies).map(|study| study * 4).collect())?;
    let mut rows = vec![];
    for (name, holding) in [("keep, C-GET", Holding::Keep), ("index-only, C-FIND", Holding::IndexOnly)] {
        let place = place.join(if holding == Holding::Keep { "keep" } else { "index-only" });
        std::fs::create_dir(&place)?;
        let mut hub = Hub::init(&place)?;
        hub.start()?;
        let mut adapter = hospital(&place, &hub, &pacs, holding, sizes.cache_bytes)?;
        let (told, seconds) = crawled(&mut adapter, studies, KILLS)?;
        let number = |name: &str| told[name].as_u64().unwrap_or(u64::MAX);
        let counts = ["studies_told", "instances_told", "studies_arrived", "instances_arrived"].map(number);
        ensure!(counts == [studies; 4], "the report is not exact: {told}");
        ensure!(["waiting", "given_up", "windows_cut"].map(number) == [0; 3], "something is left: {told}");
        rows.push([
            name.to_owned(),
            studies.to_string(),
            KILLS.to_string(),
            format!("{seconds:.1}"),
            format!("{:.0}", studies as f64 / seconds),
            format!("{} of {}", counts[2], counts[0]),
        ]);
        drop(adapter);
        std::fs::remove_dir_all(&place)?;
    }
    let title = format!(
        "Crawl of {}: {studies} studies of one small instance (it took {filled:.0} s to fill it), the adapter killed and started \
         again on the way; seconds from the beginning to the end of the pass, with the restarts",
        pacs.version
    );
    table::print(&title, ["how", "studies", "kills", "seconds", "studies/s", "the report: here of told"], &rows);
    Ok(())
}
