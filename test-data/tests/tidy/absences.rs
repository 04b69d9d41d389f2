//! What is absent on purpose: SQL outside `catalog`, input and output in the protocol crates, HTTP statuses below the
//! edge.

use crate::code::{lines_with, paths};
use crate::layers::layers;
use crate::tree::{Purpose, TREE, except, none};
use cargo_metadata::{DependencyKind, Package};

const SQL: [&str; 9] = [
    "rusqlite",
    "libsqlite3-sys",
    "sqlite",
    "sqlx",
    "diesel",
    "sea-orm",
    "postgres",
    "tokio-postgres",
    "deadpool-postgres",
];

/// Crates that open no socket and no file and read no clock.
const PURE: [&str; 3] = ["part10", "dicomweb", "dimse"];
const IMPURE: [&str; 12] = [
    "tokio",
    "tokio-util",
    "async-std",
    "smol",
    "mio",
    "socket2",
    "rustix",
    "hyper",
    "jiff",
    "chrono",
    "time",
    "tempfile",
];
const IMPURE_PATHS: [&str; 7] =
    ["std::net", "std::fs", "std::env", "std::process", "std::thread", "std::time::SystemTime", "std::time::Instant"];

const HTTP: [&str; 6] = ["http", "hyper", "hyper-util", "axum", "tower-http", "reqwest"];

fn package(name: &str) -> &'static Package {
    let found = TREE.metadata.packages.iter().find(|package| package.name.as_str() == name);
    found.unwrap_or_else(|| panic!("no crate {name} in the workspace"))
}

#[test]
fn only_the_catalog_knows_sql() {
    let mut offenders = Vec::new();
    for package in TREE.metadata.packages.iter().filter(|package| package.name.as_str() != "catalog") {
        let sql = package.dependencies.iter().filter(|d| SQL.contains(&d.name.as_str()));
        offenders.extend(sql.map(|d| format!("{} depends on {}", package.name, d.name)));
    }
    none(offenders);
}

#[test]
fn no_connection_is_locked_outside_the_sqlite_rooms() {
    let mut offenders = Vec::new();
    for source in TREE.sources.iter().filter(|source| !source.path.starts_with("hub/crates/catalog/src/sqlite/")) {
        for (at, word) in source.all.iter().enumerate() {
            let lock = matches!(word.text.as_str(), "Mutex" | "RwLock");
            // the type between the angle brackets is a few words long
            let inner = source.all.iter().skip(at + 1).take(12).take_while(|w| !matches!(w.text.as_str(), ";" | "{"));
            if lock && inner.into_iter().any(|w| w.text == "Connection") {
                offenders.push(format!("{}:{}: a connection under a lock", source.path, word.line));
            }
        }
    }
    none(offenders);
}

#[test]
fn protocol_crates_do_no_input_and_output() {
    let mut offenders = Vec::new();
    for package in PURE.map(package) {
        let shipped = package.dependencies.iter().filter(|d| d.kind != DependencyKind::Development);
        let impure = shipped.filter(|d| IMPURE.contains(&d.name.as_str()));
        offenders.extend(impure.map(|d| format!("{} depends on {}", package.name, d.name)));
        for source in TREE.sources_of(&TREE.folder(package)) {
            let named = paths(&source.code).into_iter().filter(|(path, _)| is_impure(path));
            offenders.extend(named.map(|(path, line)| format!("{}:{line}: {path}", source.path)));
        }
    }
    none(offenders);
}

fn is_impure(path: &str) -> bool {
    let clock = path.split("::").any(|part| matches!(part, "SystemTime" | "Instant" | "tokio"));
    let below =
        |forbidden: &str| path.strip_prefix(forbidden).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
    clock || IMPURE_PATHS.into_iter().any(below)
}

#[test]
fn nothing_below_the_edge_knows_an_http_status() {
    const EXCEPTIONS: [(&str, &str); 5] = [
        ("federation depends on hyper ", "it asks the other side over HTTP itself: PS3.18 is the protocol inside too"),
        ("federation depends on hyper-util ", "as hyper"),
        ("hub/crates/federation/src/net.rs: status", "the one place that turns the hub's answer into an error kind"),
        ("hub/crates/federation/src/channel.rs: status", "the one place that turns a site's answer into an error kind"),
        (
            "hub/crates/federation/src/net.rs: hyper::http::Error",
            "what building a request may fail with; no status in it",
        ),
    ];
    let layers = layers();
    let mut offenders = Vec::new();
    for package in TREE.metadata.packages.iter().filter(|p| layers[p.name.as_str()] < layers["viewer-api"]) {
        let shipped = package.dependencies.iter().filter(|d| d.kind != DependencyKind::Development);
        let http: Vec<&str> = shipped.map(|d| d.name.as_str()).filter(|name| HTTP.contains(name)).collect();
        offenders.extend(http.iter().map(|name| format!("{} depends on {name} (HTTP)", package.name)));
        for source in TREE.sources_of(&TREE.folder(package)).filter(|source| source.purpose == Purpose::Product) {
            // a DIMSE message has a status too: the word alone says HTTP only in a crate that speaks HTTP
            let statuses = if http.is_empty() { Vec::new() } else { lines_with(&source.code, &[".", "status", "("]) };
            offenders.extend(statuses.iter().map(|line| format!("{}: status on line {line}", source.path)));
            let named = paths(&source.code).into_iter().filter(|(path, _)| is_http(path));
            offenders.extend(named.map(|(path, line)| format!("{}: {path} on line {line}", source.path)));
        }
    }
    none(except(offenders, &EXCEPTIONS));
}

fn is_http(path: &str) -> bool {
    path.split("::").any(|part| part == "StatusCode") || path.starts_with("http::") || path.contains("::http::")
}
