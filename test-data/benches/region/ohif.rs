//! The first image in OHIF: the hub's own viewer beside the same OHIF over Orthanc's DICOMweb, in Chromium, in turns.
//!
//! Three studies of the generated region, the largest CT, MR and ultrasound, and a CT of 600 slices. For Orthanc a little
//! server gives OHIF's files as they are published, with the hub's configuration, and passes DICOMweb on, without TLS and
//! without a sign-in; and once more with the scripts as the hub has them, which tells what of the difference is theirs. At the
//! hub the sign-in is done before; its images are at a hospital whose adapter runs beside it until somebody asked for them.
//!
//! Needs npm, the peers' Python packages (`.venv`, or `PEERS_PYTHON`) and Debian's chromium, orthanc and orthanc-dicomweb.

mod site;

use crate::{
    children::command_given,
    machine,
    orthanc::{Batch, Better, Door, Orthanc, Report, installed},
    region::{Adapter, Hub},
    sizes::Sizes,
};
use anyhow::{Context, Result, ensure};
use federation::tls;
use hub::{
    state::StateDir,
    viewer::{Origin, Scripts},
};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use test_data::{
    generator,
    sender::{Association, Peer, ProposedContext, Source},
};
use tokio::runtime::Runtime;

/// Hospitals of the generated region whose studies are sent.
const SITES: usize = 3;
/// Times that each study is opened at each.
const ROUNDS: usize = 5;
const MODALITIES: [&str; 3] = ["CT", "MR", "US"];
const DICOM_JSON: &str = "application/dicom+json";
const NAME: &str = "bench";
const PASSWORD: &str = "only of this bench";
/// The other side, with OHIF as it is published and as the hub has it.
const ORTHANC: [&str; 2] = ["Orthanc", "Orthanc, minified scripts"];
const PATIENCE: Duration = Duration::from_secs(120);

/// A study to open.
struct Study {
    /// Modality, or what tells it from another one of that modality.
    kind: &'static str,
    uid: String,
    images: u64,
}

/// Runs the part.
pub fn run(_: &Sizes, place: &Path) -> Result<()> {
    let Some(program) = installed() else {
        println!("\nThe first image in OHIF: left out, the packages orthanc and orthanc-dicomweb are not installed");
        return Ok(());
    };
    let runtime = Runtime::new()?;
    let orthanc = Orthanc::start(&program, place)?;
    let mut hub = Hub::init(place)?;
    let file = place.join("hub.toml");
    command_given("hub", &file, &["viewer", "install"], "")?;
    command_given("hub", &file, &["user", "add", NAME, "--role", "radiologist"], &format!("{PASSWORD}\n"))?;
    hub.start()?;
    let adapter = Adapter::start(place, &hub)?;
    let door = Door::mutual("hub", hub.config.listen.federation, "/dicomweb", tls::mutual_client(&hub.credentials()?)?);
    let studies = runtime.block_on(fill(place, &orthanc, &adapter, &door))?;
    // a study is there for longer than a moment before a radiologist opens it
    machine::at_rest(hub.pid().into_iter().chain([adapter.pid()]))?;
    let minified = hub::viewer::installed(&StateDir::at(&hub.config.dir)).context("the viewer is not installed")?;
    let scratch = place.join("published");
    std::fs::create_dir(&scratch)?;
    let published = hub::viewer::unpacked(Origin::Npm, &scratch, Scripts::Published)?;
    let beside = [published, minified].map(|dist| runtime.block_on(site::start(&dist, orthanc.http)));
    let [published, minified] = beside;
    let found = measure(&studies, [published?, minified?], &hub.config.viewer.public)?;
    print(&studies, &found, &orthanc.version)
}

/// Sends the same to both, waits until the hub knows it, and says what is opened.
async fn fill(place: &Path, orthanc: &Orthanc, adapter: &Adapter, hub: &Door) -> Result<Vec<Study>> {
    let files = files(&place.join("data"))?;
    send(&Peer::new(orthanc.dimse, "BENCH", Orthanc::AE_TITLE), &files).await?;
    send(&Peer::new(adapter.dimse, "BENCH", Adapter::AE_TITLE), &files).await?;
    let last = files.last().context("no files")?.meta().await?;
    known(hub, last.sop_instance.as_str()).await?;
    let mut studies = vec![];
    for modality in MODALITIES {
        studies.push(largest(hub, modality).await?);
    }
    let scan = Batch::scan();
    scan.send_to_orthanc(orthanc.dimse).await?;
    scan.send_to_adapter(adapter.dimse).await?;
    scan.known(hub).await?;
    studies.push(Study { kind: "long CT", uid: scan.place(0).study, images: scan.numbers().end });
    Ok(studies)
}

/// The generated region's files.
fn files(data: &Path) -> Result<Vec<Source>> {
    generator::write_region(data, SITES)?;
    let mut files = vec![];
    for number in 1..=SITES {
        for entry in std::fs::read_dir(data.join(format!("hospital-{number:02}/inbox")))? {
            files.push(entry?.path());
        }
    }
    files.sort();
    Ok(files.into_iter().map(Source::Path).collect())
}

/// Sends each file in an association of its own: their kinds are many and their number is small.
async fn send(peer: &Peer, files: &[Source]) -> Result<()> {
    for file in files {
        let meta = file.meta().await?;
        let mut association = Association::open(peer, &[ProposedContext::of(&meta)]).await?;
        let status = association.store_source(file, &meta).await?.context("a context is refused")?;
        ensure!(status.is_done(), "an instance was refused");
        association.release().await?;
    }
    Ok(())
}

/// Waits until the hub's index has an instance; the feed keeps the order.
async fn known(hub: &Door, instance: &str) -> Result<()> {
    let begun = Instant::now();
    while ask(hub, &format!("/instances?SOPInstanceUID={instance}")).await?.is_empty() {
        ensure!(begun.elapsed() < PATIENCE, "the hub does not learn of the instances");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}

async fn largest(hub: &Door, modality: &'static str) -> Result<Study> {
    let found = ask(hub, &format!("/studies?ModalitiesInStudy={modality}&includefield=00201208")).await?;
    let studies = found.iter().filter_map(|study| {
        let images = study["00201208"]["Value"][0].as_u64()?;
        Some(Study { kind: modality, uid: study["0020000D"]["Value"][0].as_str()?.to_owned(), images })
    });
    studies.max_by_key(|study| study.images).with_context(|| format!("the region has no {modality}"))
}

async fn ask(hub: &Door, path: &str) -> Result<Vec<Value>> {
    let body = hub.dial().await?.body(path, DICOM_JSON).await?;
    if body.is_empty() { Ok(vec![]) } else { Ok(serde_json::from_slice(&body)?) }
}

/// Milliseconds of each opening, by study and side.
fn measure(studies: &[Study], orthanc: [SocketAddr; 2], hub: &str) -> Result<Value> {
    let opened: serde_json::Map<String, Value> =
        studies.iter().map(|study| (study.kind.to_owned(), json!(study.uid))).collect();
    let plan = json!({
        "sides": [
            { "name": ORTHANC[0], "base": format!("http://{}/", orthanc[0]), "user": null },
            { "name": ORTHANC[1], "base": format!("http://{}/", orthanc[1]), "user": null },
            { "name": "hub", "base": format!("https://{hub}/"), "user": { "name": NAME, "password": PASSWORD } },
        ],
        "studies": opened,
        "rounds": ROUNDS,
    });
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let python = std::env::var_os("PEERS_PYTHON").map_or_else(|| root.join(".venv/bin/python"), PathBuf::from);
    let mut command = Command::new(python);
    command.arg(root.join("test-data/tests/peers/measure_viewer.py")).arg("--plan").arg(plan.to_string());
    let ran = command.stderr(Stdio::inherit()).output()?;
    ensure!(ran.status.success(), "OHIF could not be measured");
    Ok(serde_json::from_slice(&ran.stdout)?)
}

fn print(studies: &[Study], found: &Value, version: &str) -> Result<()> {
    let mut report = Report::default();
    for study in studies {
        let what = format!("first image in OHIF, {} study of {} images", study.kind, study.images);
        let times = |side: &str| serde_json::from_value::<Vec<f64>>(found[study.kind][side].clone());
        let (orthanc, minified, hub) = (times(ORTHANC[0])?, times(ORTHANC[1])?, times("hub")?);
        let first = [&orthanc, &hub].map(|all| all[..1].to_vec());
        report.row(&format!("{what}, opened first"), "ms", Better::Lower, first);
        report.row(&what, "ms", Better::Lower, [orthanc, hub.clone()]);
        report.row(&format!("{what}, the same scripts"), "ms", Better::Lower, [minified, hub]);
    }
    report.print(&format!(
        "OHIF {} beside {version} (no TLS, no sign-in; the hub: TLS, signed in, hospital beside it), empty browser cache: \
         medians of {ROUNDS} in turns",
        hub::viewer::VERSION
    ));
    Ok(())
}
