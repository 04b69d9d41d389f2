//! Cases of the kinds of matching beyond the plain ones: no value, several values, pairs of date and time, items.

use super::{
    Index,
    sample::{CT, image, numbers, query, search, store, with},
};
use imaging_domain::{DataSet, Instance, Key, Level, Matching, Query, Tag, VR, Value, attribute, tags};

fn key(tag: Tag, matching: Matching) -> Key {
    Key { attribute: attribute::find(&[tag]).expect("an attribute of the table"), matching }
}

async fn found(index: &impl Index, level: Level, keys: &[Key]) -> Vec<u32> {
    let mut out = numbers(&search(index, &Query { keys: keys.to_vec(), ..Query::at(level) }).await);
    out.sort_unstable();
    out
}

pub(super) async fn empty_values(index: &impl Index) {
    let full = [
        (tags::PATIENT_NAME, "A^B"),
        (tags::PATIENT_ID, "1"),
        (tags::STUDY_DATE, "20240101"),
        (tags::IMAGE_TYPE, "ORIGINAL"),
        (tags::PERFORMING_PHYSICIAN_NAME, "C^D"),
        (tags::REFERRING_PHYSICIAN_NAME, "E^F"),
    ];
    let mut bare = with(image(2, 1, 2), &[(tags::MODALITY, ""), (tags::PATIENT_NAME, ""), (tags::PATIENT_ID, "")]);
    bare.sop_class = None;
    store(index, "a", vec![with(image(1, 1, 1), &full), bare]).await;
    for tag in [
        tags::PATIENT_NAME,
        tags::PATIENT_ID,
        tags::STUDY_DATE,
        tags::REFERRING_PHYSICIAN_NAME,
        tags::MODALITIES_IN_STUDY,
        tags::SOP_CLASSES_IN_STUDY,
    ] {
        assert_eq!(found(index, Level::Study, &[key(tag, Matching::Empty)]).await, [2], "{tag}");
    }
    for tag in [tags::PATIENT_NAME, tags::PERFORMING_PHYSICIAN_NAME, tags::IMAGE_TYPE, tags::MODALITY] {
        assert_eq!(found(index, Level::Instance, &[key(tag, Matching::Empty)]).await, [2], "{tag}");
    }
    assert_eq!(found(index, Level::Instance, &[key(tags::CONTENT_DATE, Matching::Empty)]).await, [1, 2]);
}

pub(super) async fn all_of_several_values(index: &impl Index) {
    let of = |study, series, modality| with(image(study, series, study), &[(tags::MODALITY, modality)]);
    let mut types = of(3, 1, "CT");
    types = with(types, &[(tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY\\AXIAL")]);
    types = with(types, &[(tags::PERFORMING_PHYSICIAN_NAME, "LI^WEI\\ZHAO^M")]);
    store(index, "a", vec![of(1, 1, "CT"), of(1, 2, "PT"), of(2, 1, "PT"), types]).await;
    let all = |texts: &[&str]| Matching::All(texts.iter().map(|text| (*text).to_owned()).collect());
    let modalities = |texts| key(tags::MODALITIES_IN_STUDY, all(texts));
    assert_eq!(found(index, Level::Study, &[modalities(&["CT", "PT"])]).await, [1]);
    assert_eq!(found(index, Level::Study, &[modalities(&["PT"])]).await, [1, 2]);
    assert!(found(index, Level::Study, &[modalities(&["CT", "PT", "MR"])]).await.is_empty());
    for (tag, texts, expected) in [
        (tags::IMAGE_TYPE, ["AXIAL", "ORIGINAL"], &[3_u32] as &[u32]),
        (tags::IMAGE_TYPE, ["AXIAL", "DERIVED"], &[]),
        (tags::PERFORMING_PHYSICIAN_NAME, ["zhao^m", "li^wei"], &[3]),
        (tags::PERFORMING_PHYSICIAN_NAME, ["zhao^m", "wang"], &[]),
    ] {
        assert_eq!(found(index, Level::Instance, &[key(tag, all(&texts))]).await, expected, "{texts:?}");
    }
    let any = |texts: &[&str]| Matching::List(texts.iter().map(|text| (*text).to_owned()).collect());
    assert_eq!(found(index, Level::Study, &[key(tags::MODALITIES_IN_STUDY, any(&["MR", "P?"]))]).await, [1, 2]);
}

pub(super) async fn dates_with_times(index: &impl Index) {
    let times = [("20240101", "0900"), ("20240101", "1100"), ("20240102", "0500"), ("20240103", "1200"), ("", "1100")];
    let at = |(number, (date, time)): (u32, (&str, &str))| {
        with(image(number, 1, 1), &[(tags::STUDY_DATE, date), (tags::STUDY_TIME, time)])
    };
    let mut all: Vec<Instance> = (1..).zip(times).map(at).collect();
    all.push(with(image(6, 1, 1), &[(tags::STUDY_DATE, "20240102")]));
    store(index, "a", all).await;
    let rows: &[(&str, &str, &[u32])] = &[
        ("20240101-20240103", "1000-1159", &[2, 3, 6]),
        ("20240101-20240103", "1000-12", &[2, 3, 4, 6]),
        ("20240101-", "1000-", &[2, 3, 4, 6]),
        ("-20240102", "-0500", &[1, 2, 3, 6]),
        ("20240101-20240102", "-0459", &[1, 2, 6]),
        ("20240102", "0400-0600", &[3]),
        ("20240101-20240103", "11", &[2]),
    ];
    for (dates, times, expected) in rows {
        let mut asked = query(Level::Study, &[(&[tags::STUDY_DATE], dates), (&[tags::STUDY_TIME], times)]);
        asked.combine_date_times();
        let mut found = numbers(&search(index, &asked).await);
        found.sort_unstable();
        assert_eq!(found, *expected, "{dates} {times}");
    }
}

pub(super) async fn keys_of_one_sequence_match_one_item(index: &impl Index) {
    let item = |procedure: &str, step: &str| {
        let mut item = DataSet::new();
        item.put_text(tags::REQUESTED_PROCEDURE_ID, VR::SH, procedure);
        item.put_text(tags::SCHEDULED_PROCEDURE_STEP_ID, VR::SH, step);
        item
    };
    let mut both = image(1, 1, 1);
    let items = vec![item("RP1", "S1"), item("RP2", "S2")];
    both.attributes.put(tags::REQUEST_ATTRIBUTES_SEQUENCE, VR::SQ, Value::Sequence(items));
    store(index, "a", vec![both, image(2, 2, 2)]).await;
    const PROCEDURE: &[Tag] = &[tags::REQUEST_ATTRIBUTES_SEQUENCE, tags::REQUESTED_PROCEDURE_ID];
    const STEP: &[Tag] = &[tags::REQUEST_ATTRIBUTES_SEQUENCE, tags::SCHEDULED_PROCEDURE_STEP_ID];
    let rows: &[(&str, &str, &[u32])] =
        &[("RP1", "S1", &[1]), ("RP1", "S2", &[]), ("RP*", "S2", &[1]), ("RP2", "S?", &[1]), ("RP3", "S1", &[])];
    for (procedure, step, expected) in rows {
        let keys: [(&[Tag], &str); 3] = [(PROCEDURE, procedure), (STEP, step), (&[tags::SOP_CLASS_UID], CT)];
        for (level, keys) in [(Level::Series, &keys[..2]), (Level::Instance, &keys[..])] {
            assert_eq!(numbers(&search(index, &query(level, keys)).await), *expected, "{procedure} {step}");
        }
    }
    let none = Key { attribute: attribute::find(STEP).expect("an attribute of the table"), matching: Matching::Empty };
    assert_eq!(found(index, Level::Series, &[none]).await, [2]);
}
