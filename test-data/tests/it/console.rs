//! A hospital's console: in a browser, on the command line, and for those who watch the daemon.

use crate::{
    links::axe,
    world::{Daemon, Demo, host_port, peer_script, program, run, until},
};
use serde_json::Value;
use std::{path::Path, process::Command};

#[test]
fn a_hospital_s_people_use_the_console() {
    let demo = Demo::start(&["--sites", "2"]);
    let junk = demo.dir.join("junk.dcm");
    std::fs::write(&junk, "<html>no image</html>").unwrap();
    let import = adapter(&demo, &["import", junk.to_str().unwrap()]);
    assert!(import.ends_with("0 stored, 0 were here, 0 in conflict, 1 refused\n"), "{import}");
    command_line(&demo);
    watched(&demo);
    doors(&demo);
    browse(&demo, &[]);
}

/// The hub is away, and a device that nobody named calls: it is refused, shown, and let in by one click.
#[test]
fn a_stranger_is_let_in_from_the_console() {
    let mut demo = Demo::start(&["--sites", "1"]);
    demo.stop();
    let config = demo.dir.join("hospital-01.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let strict = text.replace("callers = \"any\"", "callers = \"known\"");
    assert_ne!(strict, text);
    std::fs::write(&config, strict).unwrap();
    let running = Daemon::start("adapter", &config);
    until("the adapter", || adapter_answers(&demo));
    let [host, port] = host_port(&demo.site(0)["dimse"]);
    let echo = || Command::new("echoscu").args(["-aet", "NEWCT", &host, &port]).output().unwrap().status.success();
    assert!(!echo());
    until("the stranger", || adapter(&demo, &["peers"]).contains("NOT KNOWN"));
    let status = adapter(&demo, &["status"]);
    assert!(status.contains("NOT connected") && status.contains("queue 0 changes"), "{status}");
    browse(&demo, &["--stranger"]);
    assert!(echo());
    assert!(adapter(&demo, &["peers"]).contains("allowed here"));
    let from = json(&adapter(&demo, &["peers", "--json"]))["peers"][0]["from"][0].as_str().unwrap().to_owned();
    adapter(&demo, &["peers", "forget", "NEWCT", &from]);
    assert!(!echo());
    running.stop();
    over_tls(&demo, &config);
}

/// The door shows the certificate of its files, anew when they change, and a session's cookie comes over TLS alone.
fn over_tls(demo: &Demo, config: &Path) {
    let [certificate, key] = ["console.pem", "console.key"].map(|name| demo.dir.join(name));
    let issue = |days: &str| {
        let make =
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=console"];
        let mut openssl = Command::new("openssl");
        openssl.args(make).args(["-addext", "subjectAltName=IP:127.0.0.1", "-days", days]);
        run(openssl.arg("-out").arg(&certificate).arg("-keyout").arg(&key));
    };
    issue("10");
    let mut settings: toml::Table = std::fs::read_to_string(config).unwrap().parse().unwrap();
    for (name, file) in [("certificate_file", &certificate), ("key_file", &key)] {
        settings["lan"].as_table_mut().unwrap().insert(name.to_owned(), file.to_str().unwrap().into());
    }
    std::fs::write(config, settings.to_string()).unwrap();
    let _running = Daemon::start("adapter", config);
    let address = demo.site(0)["console"].as_str().unwrap().replace("http:", "https:");
    let user = &demo.site(0)["users"][0];
    let body = serde_json::json!({ "name": user["name"], "password": user["password"] }).to_string();
    let sign_in = || {
        let mut curl = Command::new("curl");
        curl.args(["-sS", "-i", "--noproxy", "*", "-H", "Content-Type: application/json", "-d", &body, "--cacert"]);
        let answer = curl.arg(&certificate).arg(format!("{address}api/sign-in")).output().unwrap();
        String::from_utf8(answer.stdout).unwrap()
    };
    until("the door", || sign_in().contains("HTTP/2 200") || sign_in().contains("HTTP/1.1 200"));
    let answer = sign_in().to_lowercase();
    let cookie = answer.lines().find(|line| line.starts_with("set-cookie: console=")).unwrap();
    for part in ["secure", "httponly", "samesite=strict"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(answer.contains("strict-transport-security"));
    issue("20");
    until("the next certificate", || sign_in().contains(" 200"));
}

fn adapter_answers(demo: &Demo) -> bool {
    let address = format!("{}healthz", demo.site(0)["console"].as_str().unwrap());
    Command::new("curl").args(["-sfS", "--noproxy", "*", &address]).output().unwrap().status.success()
}

fn browse(demo: &Demo, more: &[&str]) {
    let mut command = peer_script("browse_console.py");
    command.arg("--ready").arg(&demo.ready_file).args(more);
    if let Some(axe) = axe() {
        command.arg("--axe").arg(axe);
    }
    if let Some(pictures) = std::env::var_os("PICTURES") {
        command.arg("--pictures").arg(pictures);
    }
    println!("{}", run(&mut command));
}

/// One command of the first hospital's adapter.
fn adapter(demo: &Demo, arguments: &[&str]) -> String {
    run(program("adapter").arg("--config").arg(demo.dir.join("hospital-01.toml")).args(arguments))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The page's facts, over the control socket.
fn command_line(demo: &Demo) {
    let status = json(&adapter(demo, &["status", "--json"]));
    assert_eq!(status["site"], "hospital-01");
    assert_eq!(status["hub"]["feed_connected"], true);
    let (today, holds) = (&status["today"], status["holdings"]["instances"].as_u64().unwrap());
    assert!(holds > 0);
    assert_eq!(today["all"]["stored"], holds);
    assert_eq!(today["all"]["refused"], 1);
    let of_modalities = today["modalities"].as_array().unwrap().iter().map(|of| of["stored"].as_u64().unwrap());
    assert_eq!(of_modalities.sum::<u64>(), holds);
    assert_eq!(today["senders"][0]["sender"], "DEMO @ 127.0.0.1");
    assert_eq!(status["backlog"]["written"], status["backlog"]["held"]);
    assert!(status["disk"]["free_bytes"].as_u64() < status["disk"]["total_bytes"].as_u64());
    assert_eq!(json(&adapter(demo, &["queue", "--json"]))["failures"][0]["sender"], "command line");
    assert_eq!(json(&adapter(demo, &["conflicts", "--json"])), Value::Array(vec![]));
    assert!(json(&adapter(demo, &["peers", "--json"]))["strangers"].is_array());
    let quarantine = json(&adapter(demo, &["quarantine", "--json"]));
    let id = quarantine[0]["id"].as_str().unwrap();
    let opened = json(&adapter(demo, &["quarantine", "show", id, "--json"]));
    assert_eq!(opened["first_bytes"].as_str().unwrap()[..17], *"3c 68 74 6d 6c 3e");
    // in words as well
    assert!(adapter(demo, &["status"]).contains("connected since"));
    assert!(adapter(demo, &["quarantine"]).contains(id));
}

/// The answer to a GET, with its status on the first line.
fn get(demo: &Demo, path: &str, more: &[&str]) -> String {
    let address = format!("{}{path}", demo.site(0)["console"].as_str().unwrap());
    run(Command::new("curl").args(["-sS", "--noproxy", "*", "-w", "\n%{http_code}", &address]).args(more))
}

/// What needs no sign-in.
fn watched(demo: &Demo) {
    assert_eq!(get(demo, "healthz", &[]), "ok\n\n200");
    assert_eq!(get(demo, "readyz", &[]), "ready\n\n200");
    let metrics = get(demo, "metrics", &[]);
    for line in ["adapter_feed_connected 1", "adapter_quarantined 1", "adapter_backlog_lines 0"] {
        assert!(metrics.lines().any(|told| told == line), "{line}: {metrics}");
    }
    assert!(metrics.contains("dimse_store_instances_total{outcome=\"stored\"}"));
}

/// Who gets what at the LAN's door.
fn doors(demo: &Demo) {
    for path in ["api/console", "api/links", "dicomweb/studies", "api/console/quarantine"] {
        assert!(get(demo, path, &[]).ends_with("\n401"), "{path}");
    }
    let token = adapter(demo, &["token", "create", "ris"]);
    let bearer = format!("Authorization: Bearer {}", token.trim());
    assert!(get(demo, "dicomweb/studies?limit=1", &["-H", &bearer]).ends_with("\n200"));
    // a machine stores and reads; it runs nothing, and makes no links
    assert!(get(demo, "api/console", &["-H", &bearer]).ends_with("\n401"));
    adapter(demo, &["token", "revoke", "ris"]);
    assert!(get(demo, "dicomweb/studies?limit=1", &["-H", &bearer]).ends_with("\n401"));
}
