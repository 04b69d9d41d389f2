//! The worklist, in a browser.

use crate::world::{Demo, peer_script, program, run, until};
use std::path::{Path, PathBuf};

#[test]
fn a_radiologist_works_in_the_worklist() {
    let demo = Demo::start(&[]);
    eprintln!("{}", browse(&demo, &[]));
    let away = "hospital-09";
    run(program("hub").arg("--config").arg(demo.dir.join("hub.toml")).args(["site", "revoke", away]));
    until("the end of its lines", || {
        crate::known::status(&demo.site(8)["console"]).is_some_and(|status| status["channel_connected"] == false)
    });
    eprintln!("{}", browse(&demo, &["--away", away]));
}

/// Pictures of the pages are left in `PICTURES`, or in cargo's own temporary folder.
fn browse(demo: &Demo, arguments: &[&str]) -> String {
    let usual = || Path::new(env!("CARGO_TARGET_TMPDIR")).join("worklist");
    let pictures = std::env::var_os("PICTURES").map_or_else(usual, PathBuf::from);
    let mut command = peer_script("browse_worklist.py");
    command.arg("--ready").arg(&demo.ready_file).arg("--pictures").arg(pictures).args(arguments);
    run(&mut command)
}
