//! Codings that lose: the first frame beside what two independent decoders make of the same bytes.

use crate::real;
use rendering::{Image, Samples};
use serde_json::{Value, json};
use std::{path::Path, process::Command};

#[test]
fn lossy_frames_are_what_two_independent_decoders_make_of_them() {
    let Some(folder) = real::cases() else { return };
    let Some((python, script)) = real::peer("compare_lossy.py") else { return };
    let place = tempfile::tempdir().expect("a folder");
    let files = real::manifest(&folder);
    let lossy = files.iter().filter(|file| file["pixels"]["compare"]["mode"] == "within");
    let own: Vec<Value> = lossy.map(|file| decoded(&folder, file, place.path())).collect();
    let list = place.path().join("own.json");
    std::fs::write(&list, Value::Array(own.clone()).to_string()).expect("written");
    let mut command = Command::new(python);
    let ran = command.arg(script).arg("--cases").arg(&folder).arg("--own").arg(list).output().expect("Python");
    println!("{}", String::from_utf8_lossy(&ran.stdout));
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(own.len() > 50, "{}", own.len());
}

/// Decodes a file's first frame, leaves its samples in a folder, and says where.
fn decoded(folder: &Path, file: &Value, place: &Path) -> Value {
    let path = file["path"].as_str().expect("a path");
    let read = real::open(&folder.join(path)).expect("a file");
    let image = Image::describe(&read.attributes, &read.transfer_syntax, 0).expect("a description");
    let frame = rendering::decode(&image, &read.first_frame, 0).expect("samples");
    let to = place.join(path.replace('/', "-"));
    let bytes: Vec<u8> = numbers(&frame.samples).into_iter().flat_map(f64::to_le_bytes).collect();
    std::fs::write(&to, bytes).expect("written");
    json!({ "path": path, "file": to, "shape": [frame.rows, frame.columns, frame.channels], "bits": frame.bits })
}

/// Samples of any kind as numbers.
pub fn numbers(samples: &Samples) -> Vec<f64> {
    match samples {
        Samples::U8(values) => values.iter().copied().map(f64::from).collect(),
        Samples::I8(values) => values.iter().copied().map(f64::from).collect(),
        Samples::U16(values) => values.iter().copied().map(f64::from).collect(),
        Samples::I16(values) => values.iter().copied().map(f64::from).collect(),
        Samples::U32(values) => values.iter().copied().map(f64::from).collect(),
        Samples::I32(values) => values.iter().copied().map(f64::from).collect(),
        Samples::F32(values) => values.iter().copied().map(f64::from).collect(),
        Samples::F64(values) => values.clone(),
    }
}
