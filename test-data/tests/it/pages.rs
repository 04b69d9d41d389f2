//! The first page, in a browser.

use crate::world::{Demo, peer_script, run};

#[test]
fn a_radiologist_signs_in_and_sees_the_region() {
    let demo = Demo::start(&[]);
    let mut command = peer_script("browse_pages.py");
    command.arg("--ready").arg(&demo.ready_file);
    if let Some(pictures) = std::env::var_os("PICTURES") {
        command.arg("--pictures").arg(pictures);
    }
    eprintln!("{}", run(&mut command));
}
