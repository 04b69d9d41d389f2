//! Every file through the whole region: taken in at hospitals, found, given back and shown at the hub.

use crate::world::{Demo, cases, host_port, peer_script, run, write_json};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Files by the reason for which an import refused them.
pub fn import(demo: &Demo, site: usize, folder: &Path) -> HashMap<String, String> {
    let config = demo.dir.join(format!("{}.toml", demo.site(site)["id"].as_str().expect("an id")));
    let said = run(crate::world::program("adapter").arg("--config").arg(config).arg("import").arg(folder));
    eprintln!("import: {}", said.lines().last().unwrap_or_default());
    let refused = said.lines().filter_map(|line| line.strip_prefix("refused ")?.split_once(": "));
    refused.map(|(path, why)| (path.to_owned(), why.to_owned())).collect()
}

pub fn plan(from: &Path, to: &Path, set: &str, more: &[&str]) -> Vec<Value> {
    let mut command = peer_script("prepare_cases.py");
    command.arg("--from").arg(from).arg("--to").arg(to).args(["--set", set]).args(more);
    serde_json::from_str(&run(&mut command)).expect("a plan")
}

fn with_refusals(plan: Vec<Value>, refused: &HashMap<String, String>) -> Vec<Value> {
    let told = |mut entry: Value| {
        let path = entry["path"].as_str().unwrap_or_default().to_owned();
        entry["refused"] = json!(refused.get(&path));
        entry
    };
    plan.into_iter().map(told).collect()
}

/// A region with every shared case: its own files were sent by C-STORE, all others, and those that `more` makes in a folder,
/// are imported at one hospital. Gives what was sent too.
pub fn region(cases: &Path, more: impl FnOnce(&Path) -> Vec<Value>) -> (Demo, Vec<Value>) {
    let demo = Demo::start(&["--data", &cases.join("region").to_string_lossy()]);
    let copies = demo.dir.join("copies");
    let manifest = manifest_file(cases).to_string_lossy().into_owned();
    let mut others = plan(cases, &copies, "cases", &["--manifest", &manifest, "--skip", "region"]);
    others.extend(more(&copies));
    let refused = import(&demo, 1, &copies);
    let mut whole = with_refusals(others, &refused);
    whole.extend(region_plan(cases));
    crate::known::wait(&demo);
    (demo, whole)
}

/// Has a script compare the region with what was sent; fails when it is not as it should be.
pub fn compare(script: &str, demo: &Demo, plan: &[Value], manifest: Option<&Path>) {
    let file = demo.dir.join("plan.json");
    write_json(&file, &Value::from(plan));
    let mut command = peer_script(script);
    command.arg("--ready").arg(&demo.ready_file).arg("--plan").arg(file);
    if let Some(manifest) = manifest {
        command.arg("--manifest").arg(manifest);
    }
    eprintln!("{}", run(&mut command));
}

/// Where it is said what is known of each file.
pub fn manifest_file(cases: &Path) -> PathBuf {
    cases.join("manifest.json")
}

#[test]
fn every_shared_case_is_stored_found_given_back_and_shown() {
    let Some(cases) = cases() else { return };
    let (demo, whole) = region(&cases, |_| vec![]);
    compare("check_region.py", &demo, &whole, Some(&manifest_file(&cases)));
}

/// The region's own files, which the demo sent by C-STORE.
fn region_plan(cases: &Path) -> Vec<Value> {
    let files = manifest(cases);
    let names = files.iter().filter_map(|file| file["path"].as_str()).filter(|name| name.starts_with("region/"));
    names.map(|name| json!({"set": "region", "name": name, "path": cases.join(name), "refused": null})).collect()
}

#[test]
fn dcmtk_speaks_to_every_hospital_and_sends_what_another_one_has() {
    let Some(cases) = cases() else { return };
    let demo = Demo::start(&["--data", &cases.join("region").to_string_lossy()]);
    for site in demo.ready["sites"].as_array().expect("sites") {
        let title = site["ae_title"].as_str().expect("a title");
        run(Command::new("echoscu").args(["-aec", title]).args(host_port(&site["dimse"])));
    }
    // storescu proposes uncompressed syntaxes only, dcmsend what each file has
    let native = ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"];
    send(&demo, 2, &["storescu", "--required"], &region_files(&cases, "region/hospital-12/", &native));
    send(&demo, 3, &["dcmsend", "--decompress-never"], &region_files(&cases, "region/hospital-02/", &[]));
}

/// Sends files of another hospital to a site, whose feed then has a line for each instance, known at the hub.
fn send(demo: &Demo, site: usize, program: &[&str], files: &HashMap<String, PathBuf>) {
    let (console, title) = (&demo.site(site)["console"], demo.site(site)["ae_title"].as_str().expect("a title"));
    let written = || crate::known::status(console).and_then(|status| status["written"].as_u64()).expect("a status");
    let before = written();
    assert!(files.len() > 10, "{}", files.len());
    let mut command = Command::new(program[0]);
    command.args(&program[1..]).args(["-aec", title]).args(host_port(&demo.site(site)["dimse"])).args(files.values());
    run(&mut command);
    assert_eq!(written() - before, files.len() as u64, "{program:?}");
    crate::known::wait_for(console);
}

/// One file for each instance below a folder, by SOP Instance UID; of the transfer syntaxes named, or of all.
fn region_files(cases: &Path, below: &str, syntaxes: &[&str]) -> HashMap<String, PathBuf> {
    let files = manifest(cases);
    let fits = |file: &&Value| {
        let syntax = file["tags"]["TransferSyntaxUID"].as_str().unwrap_or_default();
        file["path"].as_str().is_some_and(|path| path.starts_with(below))
            && (syntaxes.is_empty() || syntaxes.contains(&syntax))
    };
    let word = |value: &Value| value.as_str().expect("text").to_owned();
    files
        .iter()
        .filter(fits)
        .map(|file| (word(&file["tags"]["SOPInstanceUID"]), cases.join(word(&file["path"]))))
        .collect()
}

/// What the manifest says of each file.
fn manifest(cases: &Path) -> Vec<Value> {
    let text = fs::read_to_string(manifest_file(cases)).expect("a manifest");
    let mut manifest: Value = serde_json::from_str(&text).expect("JSON");
    serde_json::from_value(manifest["files"].take()).expect("files")
}

#[test]
fn real_files_of_the_python_packages_go_through_the_region() {
    let mut where_is = peer_script("package_files.py");
    let folders: Vec<PathBuf> = serde_json::from_str(&run(&mut where_is)).expect("folders");
    let demo = Demo::start(&["--sites", "2"]);
    let mut whole = vec![];
    for (n, folder) in folders.iter().enumerate() {
        let copies = demo.dir.join(format!("copies-{n}"));
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let planned = plan(folder, &copies, &format!("pydicom-{name}"), &[]);
        let refused = import(&demo, n % 2, &copies);
        whole.extend(with_refusals(planned, &refused));
    }
    crate::known::wait(&demo);
    compare("check_region.py", &demo, &whole, None);
}
