//! The region beside Debian's Orthanc with its DICOMweb plugin: the same instances, the same client code, in turns.
//!
//! Orthanc listens without TLS and keeps everything itself. The hub listens with mutual TLS, writes every question down
//! before it answers, and has the images of a hospital whose adapter runs beside it. Both have their default settings.
//! What one has read before it may keep: pictures and frames are of another instance each time. What each does by itself with
//! what came is waited for: the hospital's adapter makes headers and thumbnails ready.

mod door;
mod filling;
pub mod pictures;
mod report;
mod searches;
mod server;
mod transfers;

use crate::{
    machine,
    region::{Adapter, Hub},
    sizes::Sizes,
};
use anyhow::Result;
pub use door::Door;
use federation::tls;
pub use filling::Batch;
pub use report::{Better, Report};
pub use server::{Orthanc, installed};
use std::path::Path;
use tokio::runtime::Runtime;
pub use transfers::rate as files_rate;

/// Both, and how much of everything.
struct Sides<'a> {
    sizes: &'a Sizes,
    runtime: Runtime,
    orthanc: Door,
    hub: Door,
}

impl Sides<'_> {
    /// Runs a measurement at one after the other, as often as there are rounds; gives what each round found.
    fn in_turns<T>(&self, mut measure: impl AsyncFnMut(&Door, usize) -> Result<T>) -> Result<[Vec<T>; 2]> {
        let mut found = [vec![], vec![]];
        for round in 0..self.sizes.rounds {
            for (door, found) in [&self.orthanc, &self.hub].into_iter().zip(&mut found) {
                found.push(self.runtime.block_on(measure(door, round))?);
            }
        }
        Ok(found)
    }
}

/// Runs the part.
pub fn run(sizes: &Sizes, place: &Path) -> Result<()> {
    let Some(program) = installed() else {
        println!("\nBeside Orthanc: left out, the packages orthanc and orthanc-dicomweb are not installed");
        return Ok(());
    };
    let orthanc = Orthanc::start(&program, place)?;
    let mut hub = Hub::init(place)?;
    hub.start()?;
    let adapter = Adapter::start(place, &hub)?;
    let sides = Sides {
        sizes,
        runtime: Runtime::new()?,
        orthanc: Door::plain("Orthanc", orthanc.http, "/dicom-web"),
        hub: Door::mutual("hub", hub.config.listen.federation, "/dicomweb", tls::mutual_client(&hub.credentials()?)?),
    };
    let mut report = Report::default();
    filling::fill(&sides, orthanc.dimse, adapter.dimse)?;
    machine::at_rest(hub.pid().into_iter().chain([orthanc.pid(), adapter.pid()]))?;
    searches::measure(&sides, &mut report)?;
    transfers::measure(&sides, &mut report)?;
    pictures::measure(&sides, &mut report)?;
    report.print(&format!(
        "Beside {} with its DICOMweb plugin (no TLS; the hub: mutual TLS, hospital beside it): {} studies, medians of {} \
         rounds in turns",
        orthanc.version, sizes.studies, sizes.rounds
    ));
    Ok(())
}
