//! Rules and copies: what arrives is changed, held, dropped and sent on, and nothing that was acknowledged is forgotten.

mod hospital;

use crate::{
    lanes::free_port,
    load::Load,
    world::{cases, run, until},
};
use hospital::{Hospital, Receiver, Storescp};
use rand::Rng;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, thread::sleep, time::Duration};

const RULES: &str = r#"
[[rules]]
name = "name of the house"
when = { calling = ["CT*"] }
do = { set = { InstitutionName = "St. Anne" }, remove = ["PatientComments"] }
[[rules]]
name = "held"
when = { calling = ["HELD"], way = ["dicom"] }
do = { hold = true }
[[rules]]
name = "dropped"
when = { attributes = { PatientID = ["P9?", "P8*"] } }
do = { drop = true }
[[rules]]
name = "no such letters"
when = { calling = ["LATIN"] }
do = { set = { InstitutionName = "圣安妮" } }
[[rules]]
name = "copies"
when = { modality = ["OT"], calling = ["CT*", "HELD"] }
do = { send_to = ["READING"] }
"#;

#[test]
fn senders_hear_what_rules_do_and_everybody_gets_what_they_made() {
    let hospital = Hospital::start(RULES, &[("READING", free_port())]);
    let send = |calling, study, more: &[&str]| hospital.send(calling, study, more);
    assert_eq!(send("CT1", 1, &["1", "2"]), json!([0xB000, 0xB000]));
    assert_eq!(send("CT1", 1, &["1"]), json!([0xB000]), "the same again is known, and was changed");
    assert_eq!(send("CT2", 2, &["--syntax", "rle", "3"]), json!([0xB000]));
    assert_eq!(send("CT2", 3, &["--syntax", "implicit", "4"]), json!([0xB000]));
    assert_eq!(send("HELD", 4, &["5"]), json!([0]));
    assert_eq!(send("CT1", 5, &["91", "80"]), json!([0, 0]));
    assert_eq!(send("LATIN", 6, &["7"]), json!([0xC000]));
    assert_eq!(send("LATIN", 6, &["--charset", "GB18030", "70"]), json!([0xB000]));
    let told = hospital.queue();
    assert_eq!((&told["routes"][0]["ae_title"], &told["routes"][0]["waiting"]), (&json!("READING"), &json!(4)));
    assert!(told["failures"].to_string().contains("character set"), "{told}");
    the_door_gives_what_it_became(&hospital);
    held_until_released(&hospital);
    let told = hospital.adapter(&["rules", "test"]);
    assert!(
        told.contains("name of the house: set InstitutionName to \"St. Anne\", remove PatientComments (if it came"),
        "{told}"
    );
    let told = hospital.adapter(&["rules", "test", "--calling", "LATIN"]);
    assert!(told.contains("no such letters: set") && !told.contains("name of the house"), "{told}");
    let file = hospital.folder("rules").join("new.toml");
    fs::write(&file, "[[rules]]\nname = \"tried\"\nwhen = { modality = [\"OT\"] }\ndo = { drop = true }\n").unwrap();
    let file = file.to_str().unwrap();
    assert_eq!(hospital.adapter(&["rules", "check", file]), "1 rules can be used\n");
    let told = hospital.adapter(&["rules", "test", file]);
    assert!(told.contains("tried: drop") && !told.contains("name of the house"), "{told}");
    assert_eq!(hospital.given(1).len(), 2, "nothing was done");
    let checked = hospital.adapter(&["rules", "check"]);
    assert_eq!(checked, "5 rules can be used\n");
    assert_eq!(hospital.audited("drop"), 2);
}

/// With what was there before, and the pixels as they were sent.
fn the_door_gives_what_it_became(hospital: &Hospital) {
    for (study, number, syntax) in [(1, 1, ".1.2.1"), (2, 3, ".1.2.5"), (3, 4, ".1.2.1")] {
        let copy = &hospital.given(study)[0];
        assert_eq!((&copy["institution"], &copy["comments"]), (&json!("St. Anne"), &Value::Null), "{copy}");
        assert!(copy["syntax"].as_str().unwrap().ends_with(syntax), "{copy}");
        assert_eq!((&copy["pixels"], &copy["name"]), (&json!(true), &json!("Müller^Jörg")), "{number}");
        let was = json!({"InstitutionName": "Old Name", "PatientComments": "not for others"});
        let original = &copy["originals"][0];
        assert_eq!((&original["was"], &original["reason"]), (&was, &json!("COERCE")));
        assert_eq!(original["system"], json!(hospital.ae_title));
    }
    assert_eq!(hospital.given(6)[0]["institution"], json!("圣安妮"));
    assert!(hospital.given(5).is_empty(), "what is dropped is not there");
    let dump =
        run(std::process::Command::new("dcmdump").args(["+P", "0400,0561", "+P", "0400,0550"]).arg(hospital.file(1)));
    assert!(dump.contains("(0400,0550) SQ") && dump.contains("[Old Name]"), "{dump}");
}

/// Neither the hospital's own door nor the region finds what is held, and copies of it do not go.
fn held_until_released(hospital: &Hospital) {
    let study = hospital::study(4);
    assert!(hospital.given(4).is_empty());
    assert_eq!(hospital.queue()["held"][0]["study"], json!(study));
    let before = hospital.written();
    assert_eq!(hospital.adapter(&["release", &study]), format!("{study} is released\n"));
    assert_eq!((hospital.written(), hospital.given(4).len()), (before + 1, 1));
    assert_eq!(hospital.queue()["routes"][0]["waiting"], json!(5));
    assert!(hospital.fails(&["release", &study]).contains("held study is not here"));
}

#[test]
fn copies_that_are_refused_are_told_and_tried_again_when_asked() {
    let port = free_port();
    let mut hospital = Hospital::start(RULES, &[("READING", port)]);
    assert_eq!(hospital.send("CT1", 1, &["1", "2", "3", "4", "5", "6"]), json!(vec![0xB000; 6]));
    // never, never, later, with a remark, breaks the association
    let statuses = json!({"1": [0xA900], "2": [0xC123], "3": [0xA700], "4": [0xB000], "5": [-1]});
    let receiver = Receiver::start("READING", port, &hospital.folder("taken"), &statuses);
    until("copies", || receiver.taken() == 4 && hospital.queue()["routes"][0]["waiting"] == json!(0));
    let route = hospital.queue()["routes"][0].clone();
    assert_eq!(route["failed"], json!(2), "{route}");
    assert!(route["why"].as_str().unwrap().contains("C123"), "{route}");
    let metrics = hospital.metrics();
    assert!(metrics.contains("adapter_forwarding_failed{destination=\"READING\"} 2"), "{metrics}");
    assert!(metrics.contains("rules_applied_total{rule=\"copies\"} 6"), "{metrics}");
    // failures outlive the adapter, and are not tried by themselves
    hospital.restart();
    assert_eq!((hospital.queue()["routes"][0]["failed"].clone(), receiver.taken()), (json!(2), 4));
    let metrics = hospital.metrics();
    assert!(metrics.contains("adapter_forwarding_failed{destination=\"READING\"} 2"), "{metrics}");
    hospital.adapter(&["retry", "--to", "READING"]);
    assert_eq!(hospital.audited("sent_again"), 1);
    until("the rest", || receiver.taken() == 6 && hospital.queue()["routes"] == json!([]));
    let metrics = hospital.metrics();
    assert!(metrics.contains("adapter_forwarding_failed{destination=\"READING\"} 0"), "{metrics}");
    for copy in receiver.read() {
        assert_eq!((&copy["institution"], &copy["pixels"]), (&json!("St. Anne"), &json!(true)));
    }
}

#[test]
fn a_peer_that_was_let_in_gets_copies_and_stays_while_a_rule_sends_to_it() {
    let port = free_port();
    let mut hospital = Hospital::start("rules = []", &[]);
    hospital.set_rules(RULES);
    assert!(hospital.fails(&["rules", "check"]).contains("sends to READING: nobody is known by this title"));
    hospital.adapter(&["peers", "allow", "READING", "127.0.0.1", "--port", &port.to_string()]);
    hospital.restart();
    assert_eq!(hospital.send("CT1", 1, &["1", "2"]), json!([0xB000, 0xB000]));
    let receiver = Receiver::start("READING", port, &hospital.folder("taken"), &json!({}));
    until("copies", || receiver.taken() == 2 && hospital.queue()["routes"] == json!([]));
    let said = hospital.fails(&["peers", "forget", "READING", "127.0.0.1"]);
    assert!(said.contains("a rule sends copies to it"), "{said}");
    hospital.unheard(&["status"]);
    hospital.restart();
}

#[test]
fn copies_of_what_was_acknowledged_arrive_whatever_dies() {
    let port = free_port();
    let rules = r#"
        [[rules]]
        do = { send_to = ["READING", "ORTHANC"], set = { InstitutionName = "St. Anne" } }
    "#;
    let Some(orthanc) = hospital::Orthanc::start() else { return };
    let mut hospital = Hospital::prepare(rules, &[("READING", port), ("ORTHANC", orthanc.port)]);
    let mut scp = Storescp::start(port, &hospital.folder("taken"));
    let load = Load::start(&hospital.demo, 0, 2);
    let kills = std::env::var("KILLS").map_or(6, |text| text.parse().expect("a number"));
    for kill in 0..kills {
        hospital.run_again();
        let before = load.acknowledged();
        until("an acknowledged instance", || load.acknowledged() > before);
        // the destination dies as well, and is away for a while
        match kill % 3 {
            1 => scp.stop(),
            2 => scp = Storescp::start(port, &hospital.folder("taken")),
            _ => {}
        }
        sleep(Duration::from_millis(rand::rng().random_range(0..600)));
        hospital.kill();
    }
    let acknowledged = load.finish();
    scp.stop();
    let _scp = Storescp::start(port, &hospital.folder("taken"));
    hospital.run_again();
    until("an empty queue", || hospital.queue()["routes"] == json!([]));
    let copies: BTreeMap<String, Value> =
        hospital.read("taken").into_iter().map(|copy| (copy["uid"].as_str().unwrap().to_owned(), copy)).collect();
    let there = orthanc.instances();
    for number in &acknowledged {
        let uid = crate::load::uid(*number);
        let copy = copies.get(&uid).unwrap_or_else(|| panic!("{uid} did not arrive"));
        assert_eq!(copy["institution"], json!("St. Anne"));
        assert!(there.contains(&uid), "{uid} is not at Orthanc");
    }
    eprintln!("{kills} kills: copies of all {} acknowledged instances are at both destinations", acknowledged.len());
}

/// Real files of many transfer syntaxes: what a destination does not take as it is stored, it gets in explicit little endian.
#[test]
fn copies_go_in_what_the_destination_takes() {
    let Some(cases) = cases() else { return };
    let port = free_port();
    let rules = "[[rules]]\ndo = { send_to = ['READING'] }";
    let hospital = Hospital::start(rules, &[("READING", port)]);
    let scp = Storescp::start(port, &hospital.folder("taken"));
    let told = hospital.adapter(&["import", cases.join("constructed").to_str().unwrap()]);
    until("an end", || {
        let queue = hospital.queue();
        queue["routes"].as_array().unwrap().iter().all(|route| route["waiting"] == json!(0))
    });
    let taken = fs::read_dir(hospital.folder("taken")).unwrap().count();
    let failed = hospital.queue()["routes"][0]["failed"].as_u64().unwrap_or(0);
    let stored: u64 = told.lines().last().and_then(|line| line.split(' ').next()).unwrap().parse().unwrap();
    eprintln!("{stored} stored: {taken} copies taken, {failed} failed: {}", hospital.queue()["routes"]);
    assert_eq!(taken as u64 + failed, stored, "each is taken or told");
    assert!(taken as u64 * 10 > stored * 9, "nearly all are taken");
    drop((scp, hospital));
}
