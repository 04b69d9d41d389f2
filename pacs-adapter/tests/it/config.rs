use pacs_adapter::{CalledAe, Config, Holding, ListenerConfig, PrivateSopClasses};
use std::{env, fs, path::Path};

const EXAMPLE: &str = include_str!("../../../config/pacs-adapter.example.toml");

/// What a hospital sets whose images stay in its PACS: section, key, value.
const INDEX_ONLY: [(&str, &str, &str); 7] = [
    ("", "holding", r#""index-only""#),
    ("", "cache_bytes", "53687091200"),
    ("", "peers", "[\n  { ae_title = \"PACS\", address = \"10.1.2.9:104\", from = [\"10.1.2.9\"] },\n]"),
    ("dimse", "ae_title", r#""HOSPITAL01""#),
    ("crawl", "archive", r#""PACS""#),
    ("crawl", "how", r#""get""#),
    ("crawl", "every_h", "6"),
];

const INDEX_ONLY_HEAD: &str = "\
# Configuration of `pacs-adapter` for a hospital whose images stay in its PACS: what such a hospital sets. Every other key is
# in pacs-adapter.example.toml, with its default, and stays so. Made from there by a test, which WRITE_EXAMPLES=1 tells to.
";

#[test]
fn what_is_not_said_has_its_default_and_unknown_keys_are_refused() {
    let config: ListenerConfig =
        toml::from_str("ae_title = 'CT_ROOM'\ncalled_ae = 'strict'\nprivate_sop_classes = 'refuse'").unwrap();
    assert_eq!(config.ae_title.as_str(), "CT_ROOM");
    assert_eq!((config.called_ae, config.private_sop_classes), (CalledAe::Strict, PrivateSopClasses::Refuse));
    assert_eq!((config.listen.port(), config.max_associations), (11112, 200));
    for bad in ["ae_titel = 'X'", "ae_title = 'SEVENTEEN_LETTERS'", "listen = 'here'", "called_ae = 'maybe'"] {
        assert!(toml::from_str::<ListenerConfig>(bad).is_err(), "{bad}");
    }
}

#[test]
fn the_example_has_every_key_with_its_default() {
    assert_eq!(settings::check_example::<Config>(EXAMPLE), Ok(()));
}

#[test]
fn the_example_for_images_that_stay_in_the_pacs_is_made_from_the_other() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/pacs-adapter.index-only.example.toml");
    let mut text = INDEX_ONLY_HEAD.to_owned();
    let mut before = "";
    for (section, key, value) in INDEX_ONLY {
        text.push('\n');
        if section != before {
            text.push_str(&format!("{}[{section}]\n", comment_above(EXAMPLE, &format!("[{section}]"))));
            before = section;
        }
        text.push_str(&format!("{}{key} = {value}\n", comment_above(of_section(section), &format!("# {key} = "))));
    }
    if env::var("WRITE_EXAMPLES").is_ok_and(|value| value == "1") {
        fs::write(&path, &text).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), text, "it is stale: WRITE_EXAMPLES=1 makes it anew");
    let config: Config = toml::from_str(&text).unwrap();
    assert_eq!((config.holding, config.peers.len()), (Holding::IndexOnly, 1));
    assert_eq!(config.crawl.archive, config.peers[0].ae_title.as_str(), "its archive is no peer");
}

/// The text of a section, without what is below the next.
fn of_section(section: &str) -> &'static str {
    let begin = if section.is_empty() { 0 } else { EXAMPLE.find(&format!("\n[{section}]")).unwrap() + 1 };
    let rest = &EXAMPLE[begin..];
    &rest[..rest[1..].find("\n[").map_or(rest.len(), |end| end + 1)]
}

/// The comment that stands above the line that begins so.
fn comment_above(text: &str, line: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|found| found.starts_with(line)).unwrap_or_else(|| panic!("no line begins {line}"));
    let is_setting = |line: &str| {
        let key = line.trim_start_matches(['#', ' ']).split_once(" = ").map_or("", |(key, _)| key);
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let is_comment = |line: &&&str| line.starts_with('#') && !is_setting(line);
    let comment: Vec<&str> = lines[..at].iter().rev().take_while(is_comment).copied().collect();
    comment.into_iter().rev().map(|line| format!("{line}\n")).collect()
}
