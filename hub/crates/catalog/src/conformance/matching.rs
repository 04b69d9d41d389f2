//! Cases of matching (PS3.4 C.2.2.2), as tables: key, text, numbers of what it finds.

use super::{
    Index,
    sample::{CT, SR, image, numbers, permit, query, search, store, with},
};
use imaging_domain::{DataSet, Instance, Key, Level, Matching, SopClassUid, Tag, VR, Value, attribute, tags};

type Rows<'a> = &'a [(&'a [Tag], &'a str, &'a [u32])];

async fn check(index: &impl Index, level: Level, rows: Rows<'_>) {
    for (path, text, expected) in rows {
        let mut found = numbers(&search(index, &query(level, &[(path, text)])).await);
        found.sort_unstable();
        assert_eq!(found, *expected, "{path:?} {text:?}");
    }
}

fn patients() -> Vec<Instance> {
    let rows: [(&str, &str, &str, &str, &str); 9] = [
        // name, patient id, date, time, description
        ("WANG^XIAOMING=王^小明=ワン^シャオミン", "P1", "20240101", "0800", "CT HEAD"),
        ("Wang^Fang=王^芳", "P2", "20240131", "123000.5", "100%"),
        ("YAMADA^TAROU=山田^太郎=やまだ^たろう", "P*3", "20240201", "235959", "A_B"),
        ("HONG^GILDONG=洪^吉洞=홍^길동", "P?4", "20231231", "12", "[1]"),
        ("ＳＵＺＵＫＩ　ＩＣＨＩＲＯ", "P[5]", "2024.02.29", "12:59:59.999999", "100_"),
        ("O'BRIEN^\"Q\"; DROP TABLE study;--", "P%6", "", "", "1000"),
        ("WANG", "P_7", "20250101", "000000", "AXB"),
        ("Müller^Jörg^^Dr.", " P8 ", "20240615", "1259", "1"),
        ("", "", "no date", "no time", "ct head"),
    ];
    let instance = |(number, row): (u32, &(&str, &str, &str, &str, &str))| {
        let values = [
            (tags::PATIENT_NAME, row.0),
            (tags::PATIENT_ID, row.1),
            (tags::STUDY_DATE, row.2),
            (tags::STUDY_TIME, row.3),
            (tags::STUDY_DESCRIPTION, row.4),
        ];
        with(image(number, 1, 1), &values)
    };
    (1..).zip(&rows).map(instance).collect()
}

pub(super) async fn study_keys(index: &impl Index) {
    store(index, "a", patients()).await;
    store(index, "b", vec![with(image(1, 2, 1), &[(tags::MODALITY, "MR")])]).await;
    check(index, Level::Study, NAMES).await;
    check(index, Level::Study, TEXTS).await;
    check(index, Level::Study, DATES).await;
    let long = "x".repeat(4000);
    check(index, Level::Study, &[(&[tags::PATIENT_ID], &long, &[]), (&[tags::PATIENT_NAME], &format!("{long}*"), &[])])
        .await;
    assert_eq!(index.totals(&permit()).await.unwrap().studies, 9, "no key changed anything");
}

const NAMES: Rows<'static> = &[
    (&[tags::PATIENT_NAME], "wang^xiaoming", &[1]),
    (&[tags::PATIENT_NAME], "WANG XIAOMING", &[1]),
    (&[tags::PATIENT_NAME], "WANG^XIAOMING^^", &[1]),
    (&[tags::PATIENT_NAME], "wang", &[7]),
    (&[tags::PATIENT_NAME], "wang*", &[1, 2, 7]),
    (&[tags::PATIENT_NAME], "WANG^*", &[1, 2, 7]),
    (&[tags::PATIENT_NAME], "*ming", &[1]),
    (&[tags::PATIENT_NAME], "王*", &[1, 2]),
    (&[tags::PATIENT_NAME], "王^?", &[2]),
    (&[tags::PATIENT_NAME], "王^??", &[1]),
    (&[tags::PATIENT_NAME], "*太郎", &[3]),
    (&[tags::PATIENT_NAME], "やまだ^たろう", &[3]),
    (&[tags::PATIENT_NAME], "홍*", &[4]),
    (&[tags::PATIENT_NAME], "wang*=王*", &[1, 2]),
    (&[tags::PATIENT_NAME], "*=王^芳", &[2]),
    (&[tags::PATIENT_NAME], "wang*=山田*", &[]),
    (&[tags::PATIENT_NAME], "suzuki ichiro", &[5]),
    (&[tags::PATIENT_NAME], "ＷＡＮＧ*", &[1, 2, 7]),
    (&[tags::PATIENT_NAME], "MÜLLER*", &[8]),
    (&[tags::PATIENT_NAME], "o'brien*", &[6]),
    (&[tags::PATIENT_NAME], "*; drop table study;--", &[6]),
    (&[tags::PATIENT_NAME], "' OR '1'='1", &[]),
    (&[tags::PATIENT_NAME], "wang*\0", &[1, 2, 7]),
    (&[tags::PATIENT_NAME], "*", &[1, 2, 3, 4, 5, 6, 7, 8, 9]),
    (&[tags::PATIENT_NAME], "?*", &[1, 2, 3, 4, 5, 6, 7, 8]),
];

const TEXTS: Rows<'static> = &[
    (&[tags::PATIENT_ID], "P1", &[1]),
    (&[tags::PATIENT_ID], "p1", &[]),
    (&[tags::PATIENT_ID], "P8", &[8]),
    (&[tags::PATIENT_ID], "P[5]", &[5]),
    (&[tags::PATIENT_ID], "P[*", &[5]),
    (&[tags::PATIENT_ID], "P%*", &[6]),
    (&[tags::PATIENT_ID], "P_*", &[7]),
    (&[tags::PATIENT_ID], "*]", &[5]),
    (&[tags::PATIENT_ID], "P?", &[1, 2, 8]),
    (&[tags::PATIENT_ID], "P*3", &[3]),
    (&[tags::PATIENT_ID], "P??", &[3, 4, 6, 7]),
    (&[tags::PATIENT_ID], "P1'; DELETE FROM study; --", &[]),
    (&[tags::STUDY_DESCRIPTION], "100%", &[2]),
    (&[tags::STUDY_DESCRIPTION], "100?", &[2, 5, 6]),
    (&[tags::STUDY_DESCRIPTION], "A_?", &[3]),
    (&[tags::STUDY_DESCRIPTION], "[1?", &[4]),
    (&[tags::STUDY_DESCRIPTION], "CT*", &[1]),
    (&[tags::STUDY_INSTANCE_UID], "2.25.3", &[3]),
    (&[tags::STUDY_INSTANCE_UID], "2.25.3\\2.25.5,2.25.99", &[3, 5]),
    (&[tags::MODALITIES_IN_STUDY], "MR", &[1]),
    (&[tags::MODALITIES_IN_STUDY], "C?", &[1, 2, 3, 4, 5, 6, 7, 8, 9]),
    (&[tags::MODALITIES_IN_STUDY], "MR\\US", &[1]),
    (&[tags::SOP_CLASSES_IN_STUDY], SR, &[]),
    (&[tags::SOP_CLASSES_IN_STUDY], CT, &[1, 2, 3, 4, 5, 6, 7, 8, 9]),
];

const DATES: Rows<'static> = &[
    (&[tags::STUDY_DATE], "20240101", &[1]),
    (&[tags::STUDY_DATE], "20240101-20240131", &[1, 2]),
    (&[tags::STUDY_DATE], "20240132-20240229", &[3, 5]),
    (&[tags::STUDY_DATE], "-20240101", &[1, 4]),
    (&[tags::STUDY_DATE], "20240615-", &[7, 8]),
    (&[tags::STUDY_DATE], "20260101-", &[]),
    (&[tags::STUDY_TIME], "12", &[2, 4, 5, 8]),
    (&[tags::STUDY_TIME], "1230", &[2]),
    (&[tags::STUDY_TIME], "1200-1230", &[2, 4]),
    (&[tags::STUDY_TIME], "-0800", &[1, 7]),
    (&[tags::STUDY_TIME], "123001-", &[3, 5, 8]),
    (&[tags::STUDY_TIME], "123000.5", &[2]),
    (&[tags::STUDY_TIME], "123000.6-1231", &[]),
];

pub(super) async fn series_and_instance_keys(index: &impl Index) {
    let mut report = with(image(1, 2, 7), &[(tags::MODALITY, "SR"), (tags::SERIES_NUMBER, "+02")]);
    report.sop_class = SopClassUid::parse(SR).ok();
    let mut item = DataSet::new();
    item.put_text(tags::REQUESTED_PROCEDURE_ID, VR::SH, "RP1");
    let mut other = DataSet::new();
    other.put_text(tags::REQUESTED_PROCEDURE_ID, VR::SH, "RP2");
    report.attributes.put(tags::REQUEST_ATTRIBUTES_SEQUENCE, VR::SQ, Value::Sequence(vec![item, other]));
    let head = [
        (tags::PATIENT_ID, "P1"),
        (tags::PERFORMING_PHYSICIAN_NAME, "LI^WEI=李^伟\\ZHAO"),
        (tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY\\AXIAL"),
        (tags::CONTENT_DATE, "20240101"),
    ];
    store(index, "a", vec![with(image(1, 1, 1), &head), report, with(image(2, 3, 3), &[(tags::PATIENT_ID, "P2")])])
        .await;
    const NESTED: &[Tag] = &[tags::REQUEST_ATTRIBUTES_SEQUENCE, tags::REQUESTED_PROCEDURE_ID];
    let rows: Rows<'_> = &[
        (&[tags::MODALITY], "CT", &[1, 3]),
        (&[tags::MODALITY], "CT\\SR", &[1, 2, 3]),
        (&[tags::SERIES_NUMBER], "2", &[2]),
        (&[tags::SERIES_NUMBER], "+002", &[2]),
        (&[tags::PATIENT_ID], "P1", &[1, 2]),
        (&[tags::MODALITIES_IN_STUDY], "SR", &[1, 2]),
        (NESTED, "RP1", &[2]),
        (NESTED, "RP2", &[2]),
        (NESTED, "RP*", &[2]),
        (NESTED, "RP", &[]),
        (&[tags::PERFORMING_PHYSICIAN_NAME], "zhao", &[1]),
        (&[tags::PERFORMING_PHYSICIAN_NAME], "李*", &[1]),
        (&[tags::PERFORMING_PHYSICIAN_NAME], "li*zhao", &[]),
    ];
    check(index, Level::Series, rows).await;
    let rows: Rows<'_> = &[
        (&[tags::INSTANCE_NUMBER], "7", &[7]),
        (&[tags::SOP_CLASS_UID], CT, &[1, 3]),
        (&[tags::SOP_INSTANCE_UID], "2.25.1.1.1\\2.25.2.3.3", &[1, 3]),
        (&[tags::SERIES_INSTANCE_UID], "2.25.1.2", &[7]),
        (&[tags::IMAGE_TYPE], "AXIAL", &[1]),
        (&[tags::IMAGE_TYPE], "PRIM*", &[1]),
        (&[tags::IMAGE_TYPE], "ORIGINAL*AXIAL", &[]),
        (&[tags::CONTENT_DATE], "2024.01.01", &[1]),
        (&[tags::PATIENT_ID], "P2", &[3]),
        (NESTED, "RP1", &[7]),
    ];
    check(index, Level::Instance, rows).await;
    let both = query(Level::Instance, &[(&[tags::PATIENT_ID], "P1"), (&[tags::MODALITY], "CT")]);
    assert_eq!(numbers(&search(index, &both).await), [1], "every key has to match");
}

pub(super) async fn wrong_keys_are_refused(index: &impl Index) {
    let key = |tag: Tag, matching: Matching| Key { attribute: attribute::find(&[tag]).unwrap(), matching };
    let range = |from: &str| Matching::Range { from: Some(from.into()), to: None };
    for key in [
        key(tags::PATIENT_WEIGHT, Matching::Single("70".into())),
        key(tags::STUDY_DATE, range("yesterday")),
        key(tags::PATIENT_NAME, range("A")),
        key(tags::PATIENT_ID, Matching::Single("x".repeat(1 << 20))),
        key(tags::PATIENT_ID, Matching::List(vec![String::new(); 100_000])),
    ] {
        let mut query = imaging_domain::Query::at(Level::Study);
        query.keys.push(key.clone());
        let error = index.search(&permit(), &query).await.unwrap_err();
        assert_eq!(error.kind(), imaging_domain::ErrorKind::Invalid, "{key:?}");
    }
}
