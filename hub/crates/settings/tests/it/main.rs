//! Configurations as people write them.

use serde::{Deserialize, Serialize};
use settings::{Error, check_example, load};
use std::fs;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    dir: String,
    listen: Listen,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Listen {
    port: u16,
    address: String,
}

impl Default for Config {
    fn default() -> Self {
        Self { dir: "/var/lib/x".into(), listen: Listen::default() }
    }
}

impl Default for Listen {
    fn default() -> Self {
        Self { port: 80, address: "127.0.0.1".into() }
    }
}

fn read(text: &str) -> Result<Config, Error> {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("x.toml");
    fs::write(&path, text).expect("written");
    load(Some(&path), "SETTINGS_TEST_UNSET_")
}

#[test]
fn a_file_goes_over_the_defaults() {
    let config = read("[listen]\nport = 8080\n").unwrap();
    assert_eq!(config, Config { listen: Listen { port: 8080, ..Listen::default() }, ..Config::default() });
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest() {
    let error = read("[listen]\nprot = 8080\n").unwrap_err();
    assert!(error.to_string().contains("`port`"), "{error}");
}

#[test]
fn a_wrong_value_is_named_and_not_repeated() {
    let error = read("[listen]\nport = \"a secret\"\n").unwrap_err().to_string();
    assert!(error.contains("listen.port") && !error.contains("secret"), "{error}");
}

#[test]
fn what_cannot_be_read_is_told_with_its_line_and_without_its_text() {
    for (text, told) in [
        ("dir = \"x\"\n[listen]\nport = a secret\n", "x.toml cannot be read as configuration: line 3: "),
        ("[listen]\n[listen]\n", "line 2: duplicate key"),
    ] {
        let error = read(text).unwrap_err().to_string();
        assert!(error.contains(told) && !error.contains("secret"), "{error}");
    }
    let error = read("[listen]\nport = 80\ndir = \"/x\"\n").unwrap_err().to_string();
    assert!(error.contains("`dir`") && error.contains("before the first section"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let error = load::<Config>(Some(folder.path()), "X_").unwrap_err().to_string();
    assert!(error.contains(folder.path().to_str().unwrap()) && !error.contains("not there"), "{error}");
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    assert!(matches!(load::<Config>(Some("nowhere.toml".as_ref()), "X_"), Err(Error::Missing(_))));
}

#[test]
fn an_example_has_every_key_with_its_default() {
    let whole = "# Where.\n# dir = \"/var/lib/x\"\n[listen]\n# The port.\n# port = 80\n# address = \"127.0.0.1\"\n";
    assert_eq!(check_example::<Config>(whole), Ok(()));
    assert!(check_example::<Config>(&whole.replace("80", "81")).is_err());
    assert!(check_example::<Config>(&whole.replace("# port = 80\n", "")).unwrap_err().contains("listen.port"));
}
