//! Old archives that do not do as the Standard says: everything comes nevertheless, or is told as missing.

use crate::{
    lanes::free_port,
    old_pacs::{TOLD_AND_HERE, crawl, dated, hospital, numbers, progress, started, takes_over},
    world::{Daemon, Demo, host_port, peer_script, program, run},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use test_data::generator::instance_of_series;

/// Three studies of three images.
const NUMBERS: [u64; 9] = [0, 1, 2, 4, 5, 6, 8, 9, 10];
const WHOLE: [u64; 4] = [3, 9, 3, 9];

/// Of nobody who is there: that there are rules makes nothing whole.
const RULE: &str = "[[rules]]\nwhen = { attributes = { PatientID = ['NOBODY'] } }\ndo = { drop = true }\n";

/// A hospital whose folder is as it was after it joined, for each archive anew.
struct Hospital {
    demo: Demo,
    config: PathBuf,
}

/// An archive, and the adapter that takes it over.
struct Case<'a> {
    hospital: &'a Hospital,
    folder: PathBuf,
    process: Child,
    config: PathBuf,
    adapter: Option<Daemon>,
}

fn image(number: u64) -> Vec<u8> {
    instance_of_series(4000, number, 1)
}

impl Hospital {
    fn new() -> Self {
        let (demo, config) = hospital();
        Self { demo, config }
    }

    /// A fresh one, before its adapter runs; `settings` are those of the crawl.
    fn case(
        &self,
        name: &str,
        odd: &Value,
        files: impl IntoIterator<Item = (u64, Vec<u8>)>,
        index_only: bool,
    ) -> Case<'_> {
        let folder = self.demo.dir.join(name);
        fs::create_dir(&folder).unwrap();
        for (number, file) in files {
            fs::write(folder.join(format!("{number}.dcm")), file).unwrap();
        }
        fs::write(folder.join("odd.json"), odd.to_string()).unwrap();
        let port = free_port();
        let mut script = peer_script("odd_pacs.py");
        script.arg(port.to_string()).arg(&folder).arg(folder.join("odd.json"));
        let mut process = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut String::new()).unwrap();
        let (config, dir) = (folder.join("adapter.toml"), folder.join("adapter"));
        run(Command::new("cp").arg("-r").arg(self.demo.dir.join("hospital-01")).arg(&dir));
        fs::copy(&self.config, &config).unwrap();
        takes_over(&config, ([127, 0, 0, 1], port).into(), "get");
        if index_only {
            crate::nearline::leaves_the_images(&config, 1 << 20);
        }
        let mut table: toml::Table = fs::read_to_string(&config).unwrap().parse().unwrap();
        table.insert("dir".into(), dir.to_str().unwrap().into());
        table["crawl"].as_table_mut().unwrap().insert("tries".into(), 2.into());
        table["crawl"].as_table_mut().unwrap().insert("look_into_after_d".into(), 0.into());
        table.remove("rules");
        fs::write(&config, toml::to_string(&table).unwrap() + RULE).unwrap();
        Case { hospital: self, folder, process, config, adapter: None }
    }
}

impl Case<'_> {
    /// One pass, to its end.
    fn pass(&mut self) -> Value {
        self.adapter.get_or_insert_with(|| started(&self.config));
        crawl(&self.config, "start");
        progress(&self.config, |told| told["ended_ms"].is_i64())
    }

    fn is_odd(&self, odd: &Value) {
        fs::write(self.folder.join("odd.json"), odd.to_string()).unwrap();
    }

    fn has(&self, number: u64, file: Vec<u8>) {
        fs::write(self.folder.join(format!("{number}.dcm")), file).unwrap();
    }

    /// What the adapter says it holds.
    fn holds(&self, what: &str) -> u64 {
        let text = run(program("adapter").arg("--config").arg(&self.config).args(["status", "--json"]));
        serde_json::from_str::<Value>(&text).unwrap()["holdings"][what].as_u64().unwrap()
    }

    fn import(&self, file: &Path) {
        run(program("adapter").arg("--config").arg(&self.config).arg("import").arg(file));
    }

    /// Patient IDs that it finds.
    fn patients(&self) -> BTreeSet<String> {
        let mut find = Command::new("findscu");
        find.args(["-S", "-aec", "CRAWLER", "-k", "QueryRetrieveLevel=STUDY", "-k", "PatientID=LOAD-0*"]);
        let output = find.args(host_port(&self.hospital.demo.site(0)["dimse"])).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        text.lines()
            .filter(|line| line.contains("(0010,0020)") && line.contains("LOAD") && !line.contains('*'))
            .map(str::to_owned)
            .collect()
    }
}

impl Drop for Case<'_> {
    fn drop(&mut self) {
        self.adapter = None;
        // ours and not waited for, so the pid is still its own
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn good() -> Vec<(u64, Vec<u8>)> {
    NUMBERS.map(|number| (number, image(number))).into()
}

#[test]
fn everything_comes_from_archives_with_their_own_ways() {
    let hospital = Hospital::new();
    let without_count = [3, 0, 3, 9];
    for (name, odd, expected, uncertain) in [
        ("counts-nothing", json!({"count": 0}), without_count, 0),
        ("tells-no-count", json!({"count": null}), without_count, 0),
        ("ends-with-a-warning", json!({"cut": 2, "cut_status": 0xB000}), WHOLE, 1),
        ("aborts-long-answers", json!({"cut": 2, "cut_status": "abort"}), WHOLE, 1),
        ("refuses-a-year", json!({"refuse": "2020"}), WHOLE, 1),
        ("takes-one-association", json!({"holds": 1}), WHOLE, 0),
        ("ends-each-association", json!({"close": true}), WHOLE, 0),
    ] {
        let mut case = hospital.case(name, &odd, good(), false);
        let told = case.pass();
        assert_eq!(numbers(&told, TOLD_AND_HERE), expected, "{name}: {told}");
        assert_eq!(
            numbers(&told, ["given_up", "waiting", "gone", "windows_cut"]),
            [0, 0, 0, uncertain],
            "{name}: {told}"
        );
        assert_eq!(case.holds("instances"), 10, "{name}");
    }
}

#[test]
fn dates_that_nobody_can_ask_for_are_found() {
    let hospital = Hospital::new();
    let files = NUMBERS.map(|number| (number, if number < 4 { dated(number, "2024.01.02") } else { image(number) }));
    let told = hospital.case("ranges", &json!({"no_ranges": true}), files, false).pass();
    assert_eq!(numbers(&told, TOLD_AND_HERE), WHOLE, "{told}");
}

#[test]
fn what_did_not_come_is_not_told_as_here() {
    let hospital = Hospital::new();
    let odd = json!({"count": null, "get_status": 0});
    let told = hospital.case("nothing", &odd, good(), false).pass();
    assert_eq!(numbers(&told, TOLD_AND_HERE), [3, 0, 0, 0], "{told}");
    assert_eq!(told["given_up"], 3, "{told}");

    // another image of the study is here, as many as the archive has
    let mut case = hospital.case("others", &json!({}), [(0, image(0))], false);
    fs::create_dir(case.folder.join("first")).unwrap();
    fs::write(case.folder.join("first/1"), image(1)).unwrap();
    case.import(&case.folder.join("first"));
    let told = case.pass();
    assert_eq!(numbers(&told, TOLD_AND_HERE), [1; 4], "{told}");
    assert_eq!(case.holds("instances"), 3, "both, and the demo's");
    drop(case);

    // rewritten in the archive, which then cannot give it
    let mut case = hospital.case("rewritten", &json!({}), [(0, image(0))], false);
    assert_eq!(numbers(&case.pass(), TOLD_AND_HERE), [1; 4]);
    let mut edited = image(0);
    let at = edited.windows(9).position(|bytes| bytes == b"Load test").unwrap();
    edited[at..at + 9].copy_from_slice(b"Road test");
    case.has(0, edited);
    case.is_odd(&json!({"get_status": 0xA702}));
    let told = case.pass();
    assert_eq!(told["given_up"], 1, "{told}");
    case.is_odd(&json!({}));
    let told = case.pass();
    assert_eq!((&told["given_up"], case.holds("conflicts")), (&json!(0), 1), "{told}");
}

#[test]
fn what_is_learned_is_what_was_asked_for() {
    let hospital = Hospital::new();
    let mut case = hospital.case("ignores-keys", &json!({"ignore": ["STUDY", "SERIES", "IMAGE"]}), good(), true);
    let told = case.pass();
    assert_eq!(numbers(&told, TOLD_AND_HERE), WHOLE, "{told}");
    assert_eq!(case.patients().len(), 4, "each has its own, and so has the demo's");
    drop(case);

    // an answer that is shorter than the archive says is no proof
    let mut case = hospital.case("forgets", &json!({}), good(), true);
    assert_eq!(numbers(&case.pass(), TOLD_AND_HERE), WHOLE);
    case.is_odd(&json!({"empty": ["IMAGE"]}));
    assert_eq!(case.pass()["given_up"], 3);
    assert_eq!(case.holds("instances"), 10);
    case.is_odd(&json!({"empty": ["STUDY", "SERIES", "IMAGE"]}));
    let told = case.pass();
    assert_eq!((case.holds("instances"), &told["gone"]), (10, &json!(0)), "of nothing at all nothing follows: {told}");
    case.is_odd(&json!({}));
    let told = case.pass();
    assert_eq!(numbers(&told, TOLD_AND_HERE), WHOLE, "{told}");
}
