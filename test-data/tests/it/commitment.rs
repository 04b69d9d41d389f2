//! Storage commitment: what pynetdicom is told of what the adapter keeps.

use crate::{
    lanes::free_port,
    lost::one_hospital,
    world::{Daemon, Demo, host_port, peer_script, program, run, until},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use test_data::{
    generator::instance_of_size,
    sender::{FileMeta, read_meta},
};

const SIZE: usize = 60_000;

/// An adapter that knows the peer ASKER at a port of its own, with instances 1 to 4.
struct Hospital {
    demo: Demo,
    adapter: Option<Daemon>,
    listen: u16,
    stored: Vec<FileMeta>,
}

fn start(demo: &Demo) -> Daemon {
    let adapter = Daemon::start("adapter", &demo.dir.join("hospital-01.toml"));
    let [host, port] = host_port(&demo.site(0)["dimse"]);
    until("the adapter", || Command::new("echoscu").args([&host, &port]).status().is_ok_and(|status| status.success()));
    adapter
}

impl Hospital {
    fn new() -> Self {
        let demo = one_hospital();
        let listen = free_port();
        let file = demo.dir.join("hospital-01.toml");
        let mut settings = fs::read_to_string(&file).expect("settings");
        let peers = format!("peers = [{{ ae_title = 'ASKER', address = '127.0.0.1:{listen}' }}]");
        for (from, to) in [
            ("peers = []", peers.as_str()),
            ("first_retry_s = 10", "first_retry_s = 1"),
            ("longest_retry_s = 3600", "longest_retry_s = 2"),
        ] {
            assert!(settings.contains(from), "{from}");
            settings = settings.replace(from, to);
        }
        fs::write(&file, settings).expect("written");
        let adapter = Some(start(&demo));
        let mut stored = Vec::new();
        for number in 1..=4 {
            let path = demo.dir.join(format!("{number}.dcm"));
            let bytes = instance_of_size(SIZE, number);
            stored.push(read_meta(&bytes).expect("a file"));
            fs::write(&path, bytes).expect("written");
            run(Command::new("storescu").args(["-aec", "ANY"]).args(host_port(&demo.site(0)["dimse"])).arg(path));
        }
        Self { demo, adapter, listen, stored }
    }

    fn told(&self, mode: &str, transaction: &str, instances: &[[&str; 2]]) -> Vec<Value> {
        self.told_to("ASKER", mode, transaction, instances)
    }

    fn told_to(&self, title: &str, mode: &str, transaction: &str, instances: &[[&str; 2]]) -> Vec<Value> {
        let mut command = peer_script("ask_commitment.py");
        command.arg(self.demo.site(0)["dimse"].as_str().expect("an address"));
        command.args([title, &self.listen.to_string(), mode, transaction]);
        command.args(instances.iter().map(|pair| pair.join(":")));
        serde_json::from_str(&run(&mut command)).expect("reports")
    }

    /// A command to the running adapter.
    fn command(&self, words: &[&str]) -> Command {
        let mut command = program("adapter");
        command.arg("--config").arg(self.demo.dir.join("hospital-01.toml")).args(words);
        command
    }

    /// Title, reports that wait, and why, of everybody who could not be told.
    fn unreported(&self) -> Vec<(String, u64, String)> {
        let told: Value = serde_json::from_str(&run(&mut self.command(&["queue", "--json"]))).expect("JSON");
        let line = |line: &Value| {
            let [title, why] = ["ae_title", "why"].map(|name| line[name].as_str().expect("a text").to_owned());
            (title, line["waiting"].as_u64().expect("a number"), why)
        };
        told["unreported"].as_array().expect("a list").iter().map(line).collect()
    }

    fn pair(&self, at: usize) -> [&str; 2] {
        [self.stored[at].sop_class.as_str(), self.stored[at].sop_instance.as_str()]
    }

    /// Files of transactions that are not ended.
    fn open(&self) -> usize {
        let Ok(files) = fs::read_dir(self.demo.dir.join("hospital-01/commitments")) else { return 0 };
        let whole = |name: &str| name.ends_with(".json");
        files.filter(|file| file.as_ref().is_ok_and(|file| file.file_name().to_str().is_some_and(whole))).count()
    }

    /// The file of the stored bytes of an instance.
    fn blob(&self, at: usize) -> PathBuf {
        let uid = self.stored[at].sop_instance.as_str().as_bytes();
        let holds = |path: &Path| {
            let bytes = daemon::read_at_most(path, 1 << 30).expect("a file");
            bytes.windows(uid.len()).any(|window| window == uid)
        };
        let files = walkdir::WalkDir::new(self.demo.dir.join("hospital-01/images")).into_iter().map(Result::unwrap);
        let mut files = files.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path);
        files.find(|path| holds(path)).expect("the stored file")
    }
}

fn report(way: &str, transaction: &str, committed: &[&str], failed: &[(&str, u16)]) -> Value {
    let event = if failed.is_empty() { 1 } else { 2 };
    json!({"way": way, "type": event, "transaction": transaction, "committed": committed, "failed": failed})
}

#[test]
fn commitment_is_reported_on_the_association_that_asked_and_on_a_new_one() {
    let hospital = Hospital::new();
    let [first, second] = [hospital.pair(0), hospital.pair(1)];
    for (mode, transaction, way) in [("same", "2.25.1", "same"), ("new", "2.25.2", "new")] {
        let told = hospital.told(mode, transaction, &[first, second]);
        assert_eq!(told, [report(way, transaction, &[first[1], second[1]], &[])], "{mode}");
    }
    until("the end of both", || hospital.open() == 0);
}

#[test]
fn what_is_missing_of_another_class_or_damaged_is_not_committed() {
    let hospital = Hospital::new();
    let [kept, damaged, gone] = [hospital.pair(0), hospital.pair(1), hospital.pair(2)];
    // read once, so that the store believes it right
    assert_eq!(hospital.told("same", "2.25.1", &[damaged]), [report("same", "2.25.1", &[damaged[1]], &[])]);
    let path = hospital.blob(1);
    let mut bytes = daemon::read_at_most(&path, 1 << 30).expect("a file");
    *bytes.last_mut().expect("bytes") ^= 1;
    fs::write(&path, bytes).expect("written");
    fs::remove_file(hospital.blob(2)).expect("removed");
    let other_class = ["1.2.840.10008.5.1.4.1.1.4", hospital.pair(3)[1]];
    let unknown = [kept[0], "2.25.4711"];
    let told = hospital.told("same", "2.25.2", &[kept, damaged, gone, other_class, unknown]);
    let failed = [(damaged[1], 0x0110), (gone[1], 0x0110), (other_class[1], 0x0119), (unknown[1], 0x0112)];
    assert_eq!(told, [report("same", "2.25.2", &[kept[1]], &failed)]);
}

#[test]
fn a_report_that_is_refused_comes_again() {
    let hospital = Hospital::new();
    let pair = hospital.pair(0);
    let expected = report("new", "2.25.1", &[pair[1]], &[]);
    assert_eq!(hospital.told("refuse", "2.25.1", &[pair]), [expected.clone(), expected]);
    until("its end", || hospital.open() == 0);
}

#[test]
fn an_adapter_killed_between_request_and_report_reports() {
    let kills = crate::lost::kills(3);
    let mut hospital = Hospital::new();
    let mut asked = BTreeSet::new();
    for number in 0..kills {
        let transaction = format!("2.25.{}", 100 + number);
        // nobody listens, so it is not ended when the adapter dies
        hospital.told("ask", &transaction, &[hospital.pair(0), hospital.pair(1)]);
        asked.insert(transaction);
        hospital.adapter.take().expect("it runs").kill();
        assert_eq!(hospital.open(), asked.len());
        hospital.adapter = Some(start(&hospital.demo));
    }
    let mut told = BTreeSet::new();
    for report in hospital.told("listen", &asked.len().to_string(), &[]) {
        assert_eq!(report["committed"].as_array().map(Vec::len), Some(2), "{report}");
        told.insert(report["transaction"].as_str().expect("a transaction").to_owned());
    }
    assert_eq!(told, asked);
    until("the end of all", || hospital.open() == 0);
    eprintln!("{kills} kills between request and report: every report came");
}

#[test]
fn reports_that_nobody_takes_are_told_to_the_hospital_s_people() {
    let mut hospital = Hospital::new();
    for (title, transaction) in [("ASKER", "2.25.1"), ("ASKER", "2.25.2"), ("NOWHERE", "2.25.3")] {
        hospital.told_to(title, "ask", transaction, &[hospital.pair(0)]);
    }
    let expected = [
        ("ASKER".to_owned(), 2, "cannot connect to the peer: Connection refused (os error 111)".to_owned()),
        ("NOWHERE".to_owned(), 1, "nobody knows an address of the peer".to_owned()),
    ];
    // the report on the association that asked was refused first
    until("all three", || hospital.unreported().iter().eq(&expected));
    hospital.adapter.take().expect("it runs").kill();
    hospital.adapter = Some(start(&hospital.demo));
    until("all three again", || hospital.unreported().iter().eq(&expected));
    let words = run(&mut hospital.command(&["queue"]));
    assert!(words.contains("tell  ASKER") && words.contains("2 reports of storage commitment wait"), "{words}");
    assert!(run(&mut hospital.command(&["retry", "--report-to", "all"])).contains("tried again"));
    assert_eq!(hospital.told("listen", "2", &[]).len(), 2);
    until("one of them", || hospital.unreported().iter().eq(&expected[1..]));
    let nobody = hospital.command(&["retry", "--report-to", "ASKER"]).output().expect("it runs");
    assert!(!nobody.status.success(), "nothing waits for it");
    assert!(run(&mut hospital.command(&["queue", "forget-reports", "NOWHERE"])).contains("forgotten"));
    until("nobody", || hospital.unreported().is_empty() && hospital.open() == 0);
    let nobody = hospital.command(&["queue", "forget-reports", "all"]).output().expect("it runs");
    assert!(!nobody.status.success(), "nothing is left to forget");
}
