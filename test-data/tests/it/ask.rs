//! Questions to the hub over mutual TLS, as the ready file's machine may ask them.

use crate::world::{Demo, run};
use federation::{Credentials, Dialler, tls};
use serde_json::Value;
use std::process::Command;

/// The hub's JSON answer to a path below its DICOMweb root; `None` when it does not answer.
pub fn hub(demo: &Demo, path: &str) -> Option<Value> {
    let folder = demo.dir.join("hub/client");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a PEM file");
    let credentials =
        Credentials { chain_pem: read("client.pem"), key_pem: read("client.key"), authority_pem: read("ca.pem") };
    let base = demo.ready["hub"]["dicomweb"].as_str().expect("an address").strip_prefix("https://").expect("TLS");
    let (address, root) = base.split_once('/').expect("a path");
    let dialler = Dialler::new(address, tls::mutual_client(&credentials).expect("credentials"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut line = dialler.dial().await.ok()?;
        line.get(&format!("/{root}{path}"), "application/dicom+json").await.ok()
    })
}

/// Status of the hub's answer to a path below its DICOMweb root, asked for as a media type.
pub fn status(demo: &Demo, path: &str, accept: &str) -> String {
    let folder = demo.dir.join("hub/client");
    let mut command = Command::new("curl");
    for (option, name) in [("--cacert", "ca.pem"), ("--cert", "client.pem"), ("--key", "client.key")] {
        command.arg(option).arg(folder.join(name));
    }
    let address = format!("{}{path}", Value::as_str(&demo.ready["hub"]["dicomweb"]).expect("an address"));
    let accept = format!("Accept: {accept}");
    run(command.args(["-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H", &accept, &address]))
}

/// All SOP Instance UIDs that the hub finds, page by page.
pub fn instances(demo: &Demo) -> Vec<String> {
    const PAGE: usize = 1000;
    let mut found = vec![];
    loop {
        let page = hub(demo, &format!("/instances?limit={PAGE}&offset={}", found.len())).expect("an answer");
        let page = page.as_array().expect("a list").clone();
        found.extend(page.iter().map(|row| row["00080018"]["Value"][0].as_str().expect("a UID").to_owned()));
        if page.len() < PAGE {
            return found;
        }
    }
}
