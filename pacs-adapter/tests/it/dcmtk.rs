//! DCMTK's senders, which many hospitals and vendors use.

use crate::{
    files::{below, cases, leave_out},
    server::Server,
};
use std::{
    path::PathBuf,
    process::{Command, Output},
};
use test_data::sender::read_meta;

pub async fn run(program: &'static str, args: Vec<String>) -> Option<Output> {
    let output = tokio::task::spawn_blocking(move || Command::new(program).args(args).output()).await.unwrap();
    match output {
        Ok(output) => Some(output),
        Err(_) => {
            leave_out(program);
            None
        }
    }
}

pub fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn echoscu_is_answered() {
    let server = Server::start(|_| {}).await;
    let port = server.address.port().to_string();
    let Some(output) =
        run("echoscu", words(&["-aet", "DCMTK", "-aec", "ANY", "--repeat", "3", "127.0.0.1", &port])).await
    else {
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Uncompressed files of the set, as storescu proposes them without further options.
fn native(folder: &std::path::Path) -> Vec<(PathBuf, String)> {
    let mut seen = std::collections::BTreeMap::new();
    for path in below(&folder.join("region")) {
        let Ok(meta) = read_meta(&std::fs::read(&path).unwrap()) else { continue };
        if ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"].contains(&meta.transfer_syntax.as_str()) {
            seen.entry(meta.sop_instance.to_string()).or_insert(path);
        }
    }
    seen.into_iter().map(|(uid, path)| (path, uid)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn storescu_stores() {
    let Some(folder) = cases() else { return };
    let files = native(&folder);
    assert!(files.len() > 20, "{}", files.len());
    for pdu in ["4096", "16384", "131072"] {
        let server = Server::start(|_| {}).await;
        let port = server.address.port().to_string();
        let mut args = words(&["-aec", "ANY", "--required", "--max-send-pdu", pdu, "127.0.0.1", &port]);
        args.extend(files.iter().map(|(path, _)| path.to_str().unwrap().to_owned()));
        let Some(output) = run("storescu", args).await else { return };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let state = server.sink.0.lock().unwrap();
        for (path, uid) in &files {
            assert!(state.stored.contains_key(uid), "{}", path.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dcmsend_sends_what_it_can_read() {
    let Some(folder) = cases() else { return };
    let server = Server::start(|_| {}).await;
    let port = server.address.port().to_string();
    let curated = folder.join("curated");
    let report = tempfile::NamedTempFile::new().unwrap();
    let report_path = report.path().to_str().unwrap().to_owned();
    let mut args =
        words(&["-aec", "ANY", "+sd", "+r", "--no-halt", "--no-uid-checks", "--create-report-file", &report_path]);
    args.extend(words(&["127.0.0.1", &port, curated.to_str().unwrap()]));
    let Some(output) = run("dcmsend", args).await else { return };
    let report = std::fs::read_to_string(report.path()).unwrap();
    let count = |line: &str| {
        let line = report.lines().find(|found| found.trim_start().trim_start_matches("* ").starts_with(line));
        line.and_then(|line| line.rsplit(':').next()).and_then(|number| number.trim().parse::<usize>().ok())
    };
    println!(
        "{}",
        report.lines().skip_while(|line| !line.starts_with("Summary")).take(40).collect::<Vec<_>>().join("\n")
    );
    let sent = count("with status SUCCESS").unwrap_or(0);
    assert!(sent > 50, "{sent}: {}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(server.sink.0.lock().unwrap().finished, sent);
}
