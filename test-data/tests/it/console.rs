//! A hospital's console: in a browser, on the command line, and for those who watch the daemon.

use crate::{
    links::axe,
    world::{Daemon, Demo, host_port, peer_script, program, run, until},
};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

#[test]
fn a_hospital_s_people_use_the_console() {
    let demo = Demo::start(&["--sites", "2"]);
    let brought = brought(&demo);
    let import = adapter(&demo, &["import", brought.to_str().unwrap()]);
    assert!(import.ends_with("0 stored, 0 were here, 1 in conflict, 2 refused\n"), "{import}");
    command_line(&demo);
    watched(&demo);
    doors(&demo);
    roles(&demo);
    browse(&demo, &[]);
    deeds(&demo);
}

/// What somebody does at the console is done, and the audit log says who did it.
fn deeds(demo: &Demo) {
    let operator = session(demo, "operator");
    let act = |deed: Value| {
        let more = ["-H", operator.as_str(), "-H", "Content-Type: application/json", "-d", &deed.to_string()];
        get(demo, "api/console/act", &more).rsplit('\n').next().unwrap().to_owned()
    };
    let quarantine = parsed(&adapter(demo, &["quarantine", "--json"]));
    let page = quarantine.as_array().unwrap().iter().find(|it| it["bytes"] == 21).unwrap();
    let id = page["id"].as_str().unwrap();
    assert_ne!(act(json!({ "try_again": id })), "204", "no image is made of a page");
    assert_eq!(act(json!({ "throw_away": id })), "204");
    assert_eq!(act(json!({ "throw_away": id })), "404");
    // itself, as a peer that is called
    let [host, port] = host_port(&demo.site(0)["dimse"]);
    let allow = json!({ "ae_title": "MIRROR", "from": host, "port": port.parse::<u16>().unwrap() });
    assert_eq!(act(json!({ "allow": allow })), "204");
    let told = adapter(demo, &["echo", "MIRROR"]);
    assert!(told.starts_with(&format!("MIRROR at {host}:{port} answers")), "{told}");
    assert_eq!(act(json!({ "forget": { "ae_title": "MIRROR", "from": host } })), "204");
    let log = std::fs::read_to_string(demo.dir.join("hospital-01/audit/pacs-adapter.jsonl")).unwrap();
    let lines: Vec<Value> = log.lines().map(parsed).collect();
    let times = |what: &str, outcome: &str| {
        let ours = |line: &&Value| line["principal"].as_str().unwrap().ends_with(":operator");
        lines.iter().filter(ours).filter(|line| line["what"] == what && line["outcome"] == outcome).count()
    };
    assert_eq!((times("tried_again", "success"), times("tried_again", "failed")), (1, 1));
    assert_eq!((times("thrown_away", "success"), times("peer", "success")), (1, 2));
    assert!(times("sign_in", "success") >= 2);
}

/// The session's cookie of a role, signed in from the console's own origin.
fn session(demo: &Demo, role: &str) -> String {
    let users = demo.site(0)["users"].as_array().unwrap();
    let user = users.iter().find(|user| user["role"] == role).unwrap();
    let body = json!({ "name": user["name"], "password": user["password"] }).to_string();
    let answer = get(demo, "api/sign-in", &["-i", "-H", "Content-Type: application/json", "-d", &body]);
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    for part in ["HttpOnly", "SameSite=Strict"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    format!("Cookie: {}", cookie.split(';').next().unwrap())
}

/// Each role does what it is for, and no other origin's page does anything with a session.
fn roles(demo: &Demo) {
    let (operator, technician) = (session(demo, "operator"), session(demo, "technician"));
    let content = "Content-Type: application/json";
    for (path, cookie, more, status) in [
        ("api/console", &operator, &[] as &[&str], "200"),
        ("api/console", &technician, &[], "200"),
        ("dicomweb/studies", &operator, &[], "403"),
        ("dicomweb/studies", &technician, &[], "200"),
        ("api/links", &operator, &[], "403"),
        ("api/links", &technician, &[], "200"),
        ("api/links/none", &technician, &[], "400"),
        ("api/console/quarantine/none", &operator, &[], "404"),
        ("api/console/act", &technician, &["-H", content, "-d", "\"dial_hub\""], "403"),
        ("api/console/act", &operator, &["-H", content, "-d", "\"dial_hub\""], "204"),
        ("api/console/act", &operator, &["-H", content, "-d", "\"something\""], "400"),
        ("api/console/act", &operator, &["-d", "\"dial_hub\""], "415"),
        // from another page the cookie is not even read
        (
            "api/console/act",
            &operator,
            &["-H", "Origin: http://127.0.0.1:1", "-H", content, "-d", "\"dial_hub\""],
            "401",
        ),
        (
            "api/console/act",
            &operator,
            &["-H", "Sec-Fetch-Site: same-site", "-H", content, "-d", "\"dial_hub\""],
            "401",
        ),
    ] {
        let answer = get(demo, path, &[&["-H", cookie.as_str()], more].concat());
        assert!(answer.ends_with(&format!("\n{status}")), "{path} {more:?}: {answer}");
    }
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
    let metrics = get(&demo, "metrics", &[]);
    for counted in
        ["dimse_connections_total{outcome=\"admitted\"} 1", "dimse_associations_total{outcome=\"rejected\"} 1"]
    {
        assert!(metrics.lines().any(|line| line == counted), "{counted}: {metrics}");
    }
    until("the stranger", || adapter(&demo, &["peers"]).contains("NOT KNOWN"));
    let status = adapter(&demo, &["status"]);
    assert!(status.contains("NOT connected") && status.contains("queue 0 changes"), "{status}");
    browse(&demo, &["--stranger"]);
    assert!(echo());
    assert!(adapter(&demo, &["peers"]).contains("allowed here"));
    let from = parsed(&adapter(&demo, &["peers", "--json"]))["peers"][0]["from"][0].as_str().unwrap().to_owned();
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
    let body = json!({ "name": user["name"], "password": user["password"] }).to_string();
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
    eprintln!("{}", run(&mut command));
}

/// A folder with what is no image, an image that is cut off before its study, and one that is here with other bytes.
fn brought(demo: &Demo) -> PathBuf {
    let folder = demo.dir.join("brought");
    std::fs::create_dir(&folder).unwrap();
    let images = std::fs::read_dir(demo.dir.join("data/hospital-01/inbox")).unwrap();
    let mut images: Vec<PathBuf> = images.map(|entry| entry.unwrap().path()).collect();
    images.sort();
    let whole = daemon::read_at_most(&images[0], 1 << 30).unwrap();
    let study = whole.windows(6).position(|bytes| bytes == b"\x20\0\x0d\0UI").unwrap();
    std::fs::write(folder.join("cut.dcm"), &whole[..study]).unwrap();
    std::fs::write(folder.join("page.dcm"), "<html>no image</html>").unwrap();
    let other = folder.join("other.dcm");
    std::fs::write(&other, &whole).unwrap();
    run(Command::new("dcmodify").args(["-nb", "-i", "(0010,4000)=other"]).arg(&other));
    folder
}

/// One command of the first hospital's adapter.
fn adapter(demo: &Demo, arguments: &[&str]) -> String {
    run(program("adapter").arg("--config").arg(demo.dir.join("hospital-01.toml")).args(arguments))
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The page's facts, over the control socket.
fn command_line(demo: &Demo) {
    let status = parsed(&adapter(demo, &["status", "--json"]));
    assert_eq!(status["site"], "hospital-01");
    assert_eq!(status["hub"]["feed_connected"], true);
    let (today, holds) = (&status["today"], status["holdings"]["instances"].as_u64().unwrap());
    assert!(holds > 0);
    assert_eq!(today["all"]["stored"], holds);
    assert_eq!(today["all"]["refused"], 2);
    assert_eq!(today["all"]["conflicts"], 1);
    let of_modalities = today["modalities"].as_array().unwrap().iter().map(|of| of["stored"].as_u64().unwrap());
    assert_eq!(of_modalities.sum::<u64>(), holds);
    assert_eq!(today["senders"][0]["sender"], "DEMO @ 127.0.0.1");
    assert_eq!(status["backlog"]["written"], status["backlog"]["held"]);
    assert!(status["disk"]["free_bytes"].as_u64() < status["disk"]["total_bytes"].as_u64());
    assert_eq!(parsed(&adapter(demo, &["queue", "--json"]))["failures"][0]["sender"], "command line");
    let conflicts = parsed(&adapter(demo, &["conflicts", "--json"]));
    assert_eq!(conflicts.as_array().unwrap().len(), 1);
    assert_ne!(conflicts[0]["kept"], conflicts[0]["aside"]);
    assert!(parsed(&adapter(demo, &["peers", "--json"]))["strangers"].is_array());
    let quarantine = parsed(&adapter(demo, &["quarantine", "--json"]));
    let of =
        |bytes: u64| quarantine.as_array().unwrap().iter().find(|it| (it["bytes"] == 21) == (bytes == 21)).unwrap();
    let id = of(21)["id"].as_str().unwrap();
    let opened = parsed(&adapter(demo, &["quarantine", "show", id, "--json"]));
    assert_eq!(opened["first_bytes"].as_str().unwrap()[..17], *"3c 68 74 6d 6c 3e");
    let cut = parsed(&adapter(demo, &["quarantine", "show", of(0)["id"].as_str().unwrap(), "--json"]));
    let modality = cut["attributes"].as_array().unwrap().iter().find(|line| line["keyword"] == "Modality").unwrap();
    assert_eq!((&modality["tag"], &modality["value"]), (&"(0008,0060)".into(), &"CT".into()));
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
    for line in ["adapter_feed_connected 1", "adapter_quarantined 2", "adapter_conflicts 1", "adapter_backlog_lines 0"]
    {
        assert!(metrics.lines().any(|told| told == line), "{line}: {metrics}");
    }
    assert!(metrics.contains("dimse_store_instances_total{outcome=\"stored\"}"));
    assert!(metrics.contains("dimse_associations_total{outcome=\"accepted\"}"), "{metrics}");
    // whoever set up an alarm as the page says waits for these; two are there when there is a crawl, or a rule that sends
    let page = include_str!("../../../pacs-adapter/docs/console.md");
    let named = page.split('`').filter(|word| word.starts_with("adapter_"));
    for name in named.filter(|name| !name.contains("_crawl_") && !name.contains("_forwarding_")) {
        assert!(metrics.lines().any(|line| line.starts_with(name)), "{name}: {metrics}");
    }
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
