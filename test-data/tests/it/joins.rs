//! One more hospital, and the end and the second beginning of a region.

use crate::{
    ask, known,
    lanes::free_address,
    load::SIZE,
    world::{Daemon, Demo, program, run, until},
};
use serde_json::{Value, json};
use std::{fs, path::Path, time::Instant};
use test_data::generator::instance_of_size;

#[test]
#[allow(clippy::disallowed_methods, reason = "a stop-watch")]
fn one_more_hospital_joins_and_its_first_study_is_found() {
    let demo = Demo::start(&["--data", &data(1).path().to_string_lossy()]);
    let (config, console) = further_hospital(&demo);
    let first = demo.dir.join("first.dcm");
    fs::write(&first, instance_of_size(512 << 10, 1_000_000)).expect("written");
    let patient = "/studies?PatientID=LOAD-00002500";
    assert_eq!(ask::hub(&demo, patient), Some(json!([])));
    let began = Instant::now();
    let hub = demo.dir.join("hub.toml");
    let invitation = run(program("hub").arg("--config").arg(&hub).args(["site", "invite", "late", "--name", "Late"]));
    run(program("adapter").arg("--config").arg(&config).args(["join", invitation.trim()]));
    let adapter = Daemon::start("adapter", &config);
    until("the new adapter", || known::status(&console).is_some());
    run(program("adapter").arg("--config").arg(&config).arg("import").arg(&first));
    until("the first study", || {
        ask::hub(&demo, patient).is_some_and(|found| found.as_array().is_some_and(|found| found.len() == 1))
    });
    eprintln!("from invite to the first study found at the hub: {:.2} s", began.elapsed().as_secs_f64());
    // the code is used up
    let again = program("adapter").arg("--config").arg(&config).args(["join", invitation.trim()]).output();
    assert!(!again.expect("it runs").status.success());
    drop(adapter);
}

/// Its channel was once kept open: only the feed ended.
#[test]
fn a_revoked_hospital_is_cut_off_from_feed_and_channel() {
    let demo = Demo::start(&["--data", &data(2).path().to_string_lossy()]);
    let connected =
        |site: usize, word: &str| known::status(&demo.site(site)["console"]).is_some_and(|status| status[word] == true);
    let whole = |site: usize| connected(site, "channel_connected") && connected(site, "feed_connected");
    until("the lines of both hospitals", || whole(0) && whole(1));
    run(program("hub").arg("--config").arg(demo.dir.join("hub.toml")).args(["site", "revoke", "hospital-01"]));
    until("the end of its lines", || !connected(0, "channel_connected") && !connected(0, "feed_connected"));
    until("the other hospital's lines", || whole(1));
}

#[test]
fn a_stopped_demo_leaves_nothing_running_and_starts_from_what_was_there() {
    let folder = data(3);
    let arguments = ["--data", &folder.path().to_string_lossy()];
    let mut demo = Demo::start(&arguments);
    let found = ask::instances(&demo);
    assert_eq!(found.len(), 3);
    for signal in ["-TERM", "-INT"] {
        let pids = pids(&demo.ready);
        assert!(pids.len() == 4 && pids.iter().all(|pid| runs(*pid)));
        demo.stop_by(signal);
        assert_eq!(pids.iter().filter(|pid| runs(**pid)).count(), 0, "{signal}");
        demo.start_again(&arguments);
        let log = fs::read_to_string(demo.ready_file.with_extension("log")).expect("a log");
        assert!(log.contains("0 instances sent, 0 refused"), "{log}");
        assert_eq!(ask::instances(&demo), found);
    }
}

/// Folders of so many hospitals, each with one instance of its own study.
fn data(hospitals: u64) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for hospital in 1..=hospitals {
        let inbox = folder.path().join(format!("hospital-{hospital:02}"));
        fs::create_dir(&inbox).expect("a folder");
        fs::write(inbox.join("0.dcm"), instance_of_size(SIZE, hospital * 1000)).expect("written");
    }
    folder
}

/// The configuration file of a hospital that is not yet one, and its console.
fn further_hospital(demo: &Demo) -> (std::path::PathBuf, Value) {
    let mut config = pacs_adapter::Config { dir: demo.dir.join("late"), ..Default::default() };
    (config.dimse.listen, config.lan.listen) = (free_address(), free_address());
    let path = demo.dir.join("late.toml");
    fs::write(&path, toml::to_string(&config).expect("TOML")).expect("written");
    (path, json!(format!("http://{}/", config.lan.listen)))
}

fn pids(ready: &Value) -> Vec<u64> {
    let sites = ready["sites"].as_array().expect("sites").iter();
    sites.chain([&ready["hub"]]).filter_map(|part| part["pid"].as_u64()).collect()
}

fn runs(pid: u64) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}
