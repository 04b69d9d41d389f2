//! The examples of the documentation run as they are written.

use crate::world::{Demo, python, root, run};
use std::{
    fs::{self, File},
    io::Read,
    path::Path,
    process::Command,
};

#[test]
fn the_examples_for_scripts_run() {
    let text = fs::read_to_string(root().join("hub/docs/dicomweb.md")).expect("the page");
    let (shell, python_code) = (blocks(&text, "sh"), blocks(&text, "python"));
    assert!(shell.contains("curl") && python_code.contains("DICOMwebClient"), "the page has no examples");
    let demo = Demo::start(&[]);
    let folder = tempfile::tempdir().expect("a folder");
    fs::copy(&demo.ready_file, folder.path().join("ready.json")).expect("copied");
    let mut bash = Command::new("bash");
    run(bash.args(["-eu", "-o", "pipefail", "-c", &shell]).current_dir(folder.path()));
    for (name, begin) in
        [("thumbnail.jpg", &b"\xff\xd8\xff"[..]), ("picture.png", b"\x89PNG"), ("metadata.json", b"[{")]
    {
        assert!(start(&folder.path().join(name)).starts_with(begin), "{name}");
    }
    assert_eq!(&start(&folder.path().join("instance.dcm"))[128..132], b"DICM");
    let told = run(Command::new(python()).arg("-c").arg(python_code).current_dir(folder.path()));
    assert!(told.contains("CT Image Storage"), "{told}");
}

/// The first bytes of a file.
#[allow(clippy::disallowed_methods, reason = "it says how much")]
fn start(path: &Path) -> Vec<u8> {
    let mut bytes = vec![];
    File::open(path).expect("a file").take(200).read_to_end(&mut bytes).expect("read");
    bytes
}

/// All fenced blocks of a language, one after the other.
fn blocks(text: &str, language: &str) -> String {
    let fence = format!("```{language}\n");
    let found = text.split(&fence).skip(1).filter_map(|rest| rest.split_once("```\n"));
    found.map(|(block, _)| block).collect()
}
