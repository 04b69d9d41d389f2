//! The directory of a file set.

use crate::build::EVERYTHING;
use imaging_domain::{DataSet, Tag, VR, tags};
use part10::{FileSet, Framing, Limits, SetFile, scan};

fn keys(series: &str, number: &str) -> DataSet {
    let mut keys = DataSet::new();
    for (tag, vr, text) in [
        (tags::PATIENT_NAME, VR::PN, "王^小明"),
        (tags::PATIENT_ID, VR::LO, "P1"),
        (tags::STUDY_INSTANCE_UID, VR::UI, "1.2"),
        (tags::SERIES_INSTANCE_UID, VR::UI, series),
        (tags::MODALITY, VR::CS, "CT"),
        (tags::INSTANCE_NUMBER, VR::IS, number),
    ] {
        keys.put_text(tag, vr, text);
    }
    keys
}

#[test]
fn records_point_at_each_other() {
    let mut set = FileSet::new();
    let classes = ["1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.88.59", "1.2.840.10008.5.1.4.1.1.66"];
    for (at, (series, class)) in ["1.3", "1.3", "1.4"].into_iter().zip(classes).enumerate() {
        let name = format!("IM{at:06}");
        set.add(&SetFile {
            file_id: &["DICOM", &name],
            sop_class: class,
            sop_instance: &format!("1.5.{at}"),
            transfer_syntax: "1.2.840.10008.1.2.1",
            attributes: &keys(series, ["7", "", "9"][at]),
        });
    }
    let file = set.finish("2.25.1");
    let header = scan(&file, Framing::File, EVERYTHING, Limits::default()).expect("a file");
    assert_eq!(header.warnings, []);
    let records = header.attributes.items(Tag(4, 0x1220));
    let text = |record: &DataSet, tag| record.text(tag).unwrap_or_default().to_owned();
    let kinds: Vec<_> = records.iter().map(|record| text(record, Tag(4, 0x1430))).collect();
    assert_eq!(kinds, ["PATIENT", "STUDY", "SERIES", "IMAGE", "KEY OBJECT DOC", "SERIES", "RAW DATA"]);
    // where each item begins, by walking over them
    let sequence = file.windows(8).position(|bytes| bytes == b"\x04\0\x20\x12SQ\0\0").expect("the sequence");
    let (mut at, mut places) = (sequence + 12, vec![]);
    while at < file.len() {
        assert_eq!(file[at..at + 4], [0xFE, 0xFF, 0, 0xE0]);
        places.push(at as i64);
        at += 8 + u32::from_le_bytes(file[at + 4..at + 8].try_into().expect("four")) as usize;
    }
    let offsets = |tag| records.iter().map(|record| record.int(Tag(4, tag)).expect("an offset")).collect::<Vec<_>>();
    let [_, study, series, image, key, other, raw] = places[..] else { panic!("seven records") };
    assert_eq!(offsets(0x1400), [0, 0, other, key, 0, 0, 0], "next");
    assert_eq!(offsets(0x1420), [study, series, image, 0, 0, raw, 0], "lower");
    let roots = [0x1200, 0x1202].map(|tag| header.attributes.int(Tag(4, tag)));
    assert_eq!(roots, [Some(places[0]); 2]);
    assert_eq!(text(&records[0], tags::PATIENT_NAME), "王^小明");
    assert_eq!(records[3].texts(Tag(4, 0x1500)), ["DICOM", "IM000000"]);
    let numbers: Vec<_> = records[3..5].iter().map(|record| text(record, tags::INSTANCE_NUMBER)).collect();
    assert_eq!(numbers, ["7", "2"], "a required number that is missing is counted");
}
