//! Frames made to bring a decoder down: the hub answers, each costs a worker at most, and workers end with their hub.

use crate::{
    ask,
    load::SIZE,
    world::{Daemon, Demo, run, until},
};
use dicom_core::{DataElement, PrimitiveValue, VR, value::PixelFragmentSequence};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use std::{fs, path::Path, process::Command};
use test_data::generator::instance_of_size;

const STUDY: &str = "1.2.826.0.1.3680043.10.1338.77";

#[test]
fn a_bomb_is_an_error_and_the_next_picture_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let inbox = folder.path().join("hospital-01");
    fs::create_dir(&inbox).expect("a folder");
    fs::write(inbox.join("good.dcm"), instance_of_size(SIZE, 0)).expect("written");
    fs::write(inbox.join("bomb.dcm"), bomb()).expect("written");
    let mut demo = Demo::start(&["--data", &folder.path().to_string_lossy()]);
    until("both studies", || ask::instances(&demo).len() == 2);
    let good = ask::hub(&demo, "/studies").expect("studies");
    let good = good.as_array().into_iter().flatten().map(|study| study["0020000D"]["Value"][0].clone());
    let good = good.filter_map(|uid| uid.as_str().map(str::to_owned)).find(|uid| uid != STUDY).expect("a study");
    for _ in 0..3 {
        let status = crate::ask::status(&demo, &format!("/studies/{STUDY}/rendered"), "image/jpeg");
        // refused by the decoder, or given up with its worker
        assert!(["406", "500"].contains(&status.as_str()), "{status}");
        assert_eq!(crate::ask::status(&demo, &format!("/studies/{good}/rendered"), "image/jpeg"), "200");
    }
    let metrics = run(Command::new("curl").args(["-sS", demo.ready["hub"]["metrics"].as_str().expect("an address")]));
    assert!(metrics.contains("cage_jobs_total"), "{metrics}");
    assert!(metrics.contains("cage_workers_started_total"), "{metrics}");
    demo.stop();
    workers_end_with(&demo.dir.join("hub.toml"));
}

/// A killed hub leaves no worker behind.
fn workers_end_with(config: &Path) {
    let before = workers();
    let hub = Daemon::start("hub", config);
    let mut new = vec![];
    until("a worker", || {
        new = workers().into_iter().filter(|number| !before.contains(number)).collect();
        !new.is_empty()
    });
    hub.kill();
    until("the end of the workers", || !workers().iter().any(|number| new.contains(number)));
}

/// Processes that are workers, by number.
fn workers() -> Vec<String> {
    let processes = fs::read_dir("/proc").expect("processes").flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().into_string().ok());
    let is_worker = |number: &String| {
        let line = fs::read_to_string(format!("/proc/{number}/cmdline")).unwrap_or_default();
        line.split('\0').nth(1) == Some("decode-worker")
    };
    numbers.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit())).filter(is_worker).collect()
}

/// A JPEG 2000 codestream of 13000 x 13000 pixels in colour in a few bytes, whose attributes agree with it: its decoder wants
/// more than two gigabytes.
fn bomb() -> Vec<u8> {
    const SIDE: u16 = 13000;
    let mut stream = vec![0xFF, 0x4F, 0xFF, 0x51, 0, 47, 0, 0];
    for side in [SIDE, SIDE, 0, 0, SIDE, SIDE, 0, 0] {
        stream.extend(u32::from(side).to_be_bytes());
    }
    stream.extend([
        0, 3, 7, 1, 1, 7, 1, 1, 7, 1, 1, 0xFF, 0x52, 0, 12, 0, 0, 0, 1, 0, 0, 4, 4, 0, 1, 0xFF, 0x5C, 0, 4, 0x40, 0x40,
    ]);
    stream.extend([0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, 15, 0, 1, 0xFF, 0x93, 0, 0xFF, 0xD9]);
    let mut object = InMemDicomObject::new_empty();
    for (tag, vr, text) in [
        (tags::SOP_CLASS_UID, VR::UI, uids::SECONDARY_CAPTURE_IMAGE_STORAGE),
        (tags::SOP_INSTANCE_UID, VR::UI, "1.2.826.0.1.3680043.10.1338.77.1.1"),
        (tags::STUDY_INSTANCE_UID, VR::UI, STUDY),
        (tags::SERIES_INSTANCE_UID, VR::UI, "1.2.826.0.1.3680043.10.1338.77.1"),
        (tags::MODALITY, VR::CS, "OT"),
        (tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "RGB"),
    ] {
        object.put(DataElement::new(tag, vr, PrimitiveValue::from(text)));
    }
    for (tag, number) in [
        (tags::SAMPLES_PER_PIXEL, 3),
        (tags::PLANAR_CONFIGURATION, 0),
        (tags::ROWS, SIDE),
        (tags::COLUMNS, SIDE),
        (tags::BITS_ALLOCATED, 8),
        (tags::BITS_STORED, 8),
        (tags::HIGH_BIT, 7),
        (tags::PIXEL_REPRESENTATION, 0),
    ] {
        object.put(DataElement::new(tag, VR::US, PrimitiveValue::from(number)));
    }
    object.put(DataElement::new(tags::PIXEL_DATA, VR::OB, PixelFragmentSequence::new(vec![], vec![stream])));
    let meta = FileMetaTableBuilder::new().transfer_syntax(uids::JPEG2000);
    let mut bytes = vec![];
    object.with_meta(meta).expect("a file").write_all(&mut bytes).expect("memory takes every byte");
    bytes
}
