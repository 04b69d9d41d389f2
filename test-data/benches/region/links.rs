//! Study links: many patients at once, and one telephone at the end of a slow line.
//!
//! The patients come from addresses of their own, each opens a link of its own to a study of its own that no cache has, and
//! what is measured is from the first byte of the connection to the whole of the first picture. The telephone is Chromium, with a
//! line of 20 Mbit/s and 25 ms each way in between; it opens a CT of 512 slices, once cold and then warm, and the same in OHIF where npm
//! can fetch that. Needs the peers'
//! Python packages (`.venv`, or `PEERS_PYTHON`) and Debian's chromium for that half.

mod patients;
mod phone;
mod slow_line;

use crate::{
    children::command_given,
    figures::percentile_ms,
    machine,
    orthanc::{Batch, Door},
    region::{Adapter, Hub},
    sizes::Sizes,
    table,
};
use anyhow::{Context, Result};
use federation::tls;
use hub::{state::StateDir, wiring};
use imaging_domain::{Allowed, Principal, StudyUid};
use patients::Patient;
use std::{path::Path, time::Duration};
use study_links::{StudyLinks, Wanted};
use tokio::runtime::Runtime;

/// Runs the part.
pub fn run(sizes: &Sizes, place: &Path) -> Result<()> {
    let mut hub = Hub::init(place)?;
    let viewer = command_given("hub", &place.join("hub.toml"), &["viewer", "install"], "");
    hub.start()?;
    let adapter = Adapter::start(place, &hub)?;
    let runtime = Runtime::new()?;
    many(sizes, &hub, &adapter, &runtime)?;
    if let Err(why) = &viewer {
        println!("  OHIF is left out: {why}");
    }
    phone::run(place, &hub, &adapter, &runtime, viewer.is_ok())
}

fn many(sizes: &Sizes, hub: &Hub, adapter: &Adapter, runtime: &Runtime) -> Result<()> {
    let patients = patients_of(sizes, hub, adapter, runtime)?;
    let pid = hub.pid().context("the hub does not run")?;
    machine::forget_peak(pid)?;
    let before = machine::memory_kb(pid, "VmRSS")?;
    let authority = hub.credentials()?.authority_pem;
    let listen = hub.config.links.listen.context("links are opened nowhere")?;
    let mut found = runtime.block_on(patients::all_at_once(listen, &authority, patients))?;
    let more = machine::memory_kb(pid, "VmHWM")?.saturating_sub(before) as f64 / 1e3;
    let title = format!("{} patients at once, each with a link and a study of its own: milliseconds", sizes.patients);
    let rows = [
        row("PIN asked for", &mut found.page),
        row("link opened", &mut found.opened),
        row("first picture", &mut found.picture),
    ];
    table::print(&title, ["from connecting to", "patients", "p50", "p95", "slowest"], &rows);
    let (errors, took, before) = (found.errors, found.took.as_secs_f64(), before as f64 / 1e3);
    println!("  errors: {errors}; {took:.1} s in all; memory of the hub {before:.0} MB, {more:.0} MB more at most");
    Ok(())
}

/// Studies at a hospital, and a link to each.
fn patients_of(sizes: &Sizes, hub: &Hub, adapter: &Adapter, runtime: &Runtime) -> Result<Vec<Patient>> {
    let door = Door::mutual("hub", hub.config.listen.federation, "/dicomweb", tls::mutual_client(&hub.credentials()?)?);
    let batch = Batch::patients(sizes.patients);
    runtime.block_on(async {
        batch.send_to_adapter(adapter.dimse).await?;
        batch.last_known(&door).await
    })?;
    let links = links(&hub.config)?;
    let patient = |number| {
        let place = batch.place(number);
        let (url, pin) = runtime.block_on(link(&links, &place.study))?;
        Patient::new(number, &url, pin, place)
    };
    batch.numbers().map(patient).collect()
}

fn row(name: &str, times: &mut [Duration]) -> [String; 5] {
    let count = times.len().to_string();
    let mut at = |share| format!("{:.0}", percentile_ms(times, share));
    [name.to_owned(), count, at(0.5), at(0.95), at(1.0)]
}

/// The hub's own use cases, over the same index.
fn links(config: &hub::Config) -> Result<StudyLinks> {
    let state = StateDir::at(&config.dir);
    wiring::links(config, &state, wiring::index(&state)?, wiring::audit(&state, "bench")?)
}

/// A link to a study: its address and its PIN.
async fn link(links: &StudyLinks, study: &str) -> Result<(String, String)> {
    let wanted = Wanted {
        studies: vec![StudyUid::parse(study)?],
        days: None,
        allowed: Allowed::View,
        language: "en".into(),
        openings: None,
        note: String::new(),
    };
    let made = links.make(&Principal::Service("bench"), wanted).await?;
    Ok((made.url, made.pin))
}
