//! The full viewer of the demo, where it can be had.

use super::children::command;
use std::path::Path;

/// Installs it as the person who started the demo asked; says why when there is none.
pub(super) async fn install(asked: &str, hub_config: &Path, say: impl Fn(&str)) {
    let arguments: &[&str] = match asked {
        "off" => return,
        "auto" => &["viewer", "install"],
        archive => &["viewer", "install", "--from", archive],
    };
    say("fetching the full viewer");
    if let Err(error) = command("hub", hub_config, arguments, "").await {
        say(&format!("the full viewer is not there, everything else is: {error:#}"));
    }
}
