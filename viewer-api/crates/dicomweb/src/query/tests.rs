use super::*;
use proptest::prelude::*;

/// Keys of a query as `Keyword=value`.
fn keys(query: &Query) -> Vec<String> {
    let shown = |key: &Key| {
        let matching = match &key.matching {
            Matching::Single(value) => value.clone(),
            Matching::List(values) => values.join("|"),
            Matching::All(values) => values.join("&"),
            Matching::Empty => "none".to_owned(),
            Matching::DateTimes { from, to } => {
                let end = |end: &Option<(String, String)>| {
                    end.as_ref().map(|(date, time)| format!("{date} {time}")).unwrap_or_default()
                };
                format!("{}..{}", end(from), end(to))
            }
            Matching::Wildcard(pattern) => format!("~{pattern}"),
            Matching::Range { from, to } => {
                format!("{}..{}", from.as_deref().unwrap_or_default(), to.as_deref().unwrap_or_default())
            }
        };
        format!("{}={matching}", key.attribute.keyword)
    };
    query.keys.iter().map(shown).collect()
}

/// Who sends it, at which level, literally what, and what it means.
type Case = (&'static str, Level, &'static str, &'static [&'static str], usize);

const CLIENTS: &[Case] = &[
    (
        "OHIF work list",
        Level::Study,
        "limit=101&offset=0&fuzzymatching=false&includefield=00081030,00080060,00080090,00100030&PatientName=*x*&00100020=*x*",
        &["PatientName=~*x*", "PatientID=~*x*"],
        0,
    ),
    (
        "OHIF work list, dates and modalities",
        Level::Study,
        "StudyDate=20240101-20240131&ModalitiesInStudy=CT&StudyDescription=*head*&AccessionNumber=A1",
        &["StudyDate=20240101..20240131", "StudyDescription=~*head*", "AccessionNumber=A1", "ModalitiesInStudy=CT"],
        0,
    ),
    (
        "OHIF several studies",
        Level::Study,
        "StudyInstanceUID=1.2%5C1.3&includefield=00081030%2C00080060",
        &["StudyInstanceUID=1.2|1.3"],
        0,
    ),
    ("OHIF series", Level::Series, "includefield=0008103E,00080021", &[], 0),
    ("OHIF thumbnail fallback", Level::Instance, "limit=1", &[], 0),
    (
        "Slim series of slides",
        Level::Series,
        "Modality=SM&StudyInstanceUID=1.2",
        &["Modality=SM", "StudyInstanceUID=1.2"],
        0,
    ),
    ("Slim reports of a study", Level::Instance, "Modality=SR", &["Modality=SR"], 0),
    ("Weasis nothing", Level::Study, "&includefield=", &[], 0),
    ("Weasis series", Level::Series, "0020000E=1.2.3&includefield=00201209", &["SeriesInstanceUID=1.2.3"], 0),
    (
        "Weasis patient with issuer",
        Level::Study,
        "00100020=P1&00100021=HOSPITAL&&00080060=",
        &["PatientID=P1", "IssuerOfPatientID=HOSPITAL"],
        0,
    ),
    (
        "wsidicom, list by repetition",
        Level::Instance,
        "SeriesInstanceUID=1.2&SeriesInstanceUID=1.3&SOPClassUID=1.2.840.10008.5.1.4.1.1.77.1.6&includefield=AvailableTransferSyntaxUID",
        &["SeriesInstanceUID=1.2|1.3", "SOPClassUID=1.2.840.10008.5.1.4.1.1.77.1.6"],
        0,
    ),
    ("python client, space as plus", Level::Study, "PatientName=WANG+XIAO*&limit=50", &["PatientName=~WANG XIAO*"], 0),
    (
        "keyword path",
        Level::Series,
        "RequestAttributesSequence.ScheduledProcedureStepID=S1",
        &["ScheduledProcedureStepID=S1"],
        0,
    ),
    ("tag path", Level::Series, "00400275.00400009=S1", &["ScheduledProcedureStepID=S1"], 0),
    ("modality of studies", Level::Study, "Modality=CT,MR", &["ModalitiesInStudy=CT|MR"], 0),
    ("Chinese name", Level::Study, "PatientName=%E7%8E%8B*", &["PatientName=~王*"], 0),
    ("fuzzy", Level::Study, "fuzzymatching=true&PatientName=x", &["PatientName=x"], 0),
    (
        "combined dates and times",
        Level::Study,
        "StudyTime=1000-1230&StudyDate=20240101-20240131",
        &["StudyDate=20240101 1000..20240131 123059.999999"],
        0,
    ),
    (
        "a time of every day",
        Level::Study,
        "StudyTime=10&StudyDate=20240101-20240131",
        &["StudyTime=10", "StudyDate=20240101..20240131"],
        0,
    ),
    ("no value", Level::Study, "PatientID=%22%22&emptyvaluematching=true", &["PatientID=none"], 0),
    ("quotes", Level::Study, "PatientID=%22%22&emptyvaluematching=false", &["PatientID=\"\""], 0),
    (
        "all of several",
        Level::Series,
        "multiplevaluematching=true&ModalitiesInStudy=CT%5CPT&PerformingPhysicianName=LI%5CWANG&Modality=CT,PT",
        &["ModalitiesInStudy=CT&PT", "PerformingPhysicianName=LI&WANG", "Modality=CT|PT"],
        0,
    ),
    ("charset", Level::Study, "charset=iso-8859-1,utf-8;q=0.5", &[], 0),
    ("another charset", Level::Study, "charset=gb18030", &[], 1),
    (
        "highdicom",
        Level::Instance,
        "accept=application%2Fdicom%2Bjson&offset=0&SOPClassUID=1.2.840.10008.5.1.4.1.1.66.4",
        &["SOPClassUID=1.2.840.10008.5.1.4.1.1.66.4"],
        0,
    ),
    (
        "dcmjs",
        Level::Study,
        "fuzzymatching=false&PatientName=wang&limit=10&offset=20&includefield=PatientAge",
        &["PatientName=wang"],
        0,
    ),
    (
        "key below the level",
        Level::Study,
        "SeriesDescription=x&PatientID=1",
        &["SeriesDescription=x", "PatientID=1"],
        0,
    ),
    (
        "keys of the same attribute here, by other names",
        Level::Study,
        "Modality=CT&ModalitiesInStudy=SR&Modality=MR",
        &["ModalitiesInStudy=CT|MR", "ModalitiesInStudy=SR"],
        0,
    ),
    ("key the index lacks, twice", Level::Study, "PatientComments=x&PatientComments=y", &[], 1),
    ("attribute that is no key", Level::Instance, "Rows=512", &[], 1),
    ("no attribute", Level::Study, "orderby=x&foo=bar", &[], 1),
    ("private tag", Level::Study, "00091001=x", &[], 1),
    ("universal", Level::Study, "PatientName=*&PatientID=&StudyInstanceUID=*", &[], 0),
];

#[test]
fn clients_are_understood() {
    for (who, level, text, expected, warnings) in CLIENTS {
        let (query, complaints) = parse_search(*level, text).unwrap_or_else(|error| panic!("{who}: {error}"));
        assert_eq!(keys(&query), *expected, "{who}");
        assert_eq!(complaints.len(), *warnings, "{who}: {complaints:?}");
    }
}

#[test]
fn what_is_malformed_is_refused() {
    for text in [
        "limit=abc",
        "offset=-1",
        "fuzzymatching=maybe",
        "multiplevaluematching=true&ModalitiesInStudy=C*,MR",
        "StudyDate=yesterday",
        "PatientName=%FF%FE",
        "StudyDate=2024-01-31",
        "StudyDate=20241399",
        "StudyDate=20240132",
    ] {
        assert!(parse_search(Level::Study, text).is_err(), "{text}");
    }
}

#[test]
fn included_fields_come_by_comma_and_by_repetition() {
    let included = |text| parse_search(Level::Study, text).unwrap().0.include;
    let three = Include::These(vec![tags::STUDY_DESCRIPTION, tags::MODALITY, tags::REQUEST_ATTRIBUTES_SEQUENCE]);
    assert_eq!(included("includefield=00081030,Modality&includefield=00400275.00400009"), three);
    assert_eq!(included("includefield=StudyDescription,all&includefield=00080060"), Include::All);
    assert_eq!(included("includefield=nonsense"), Include::These(vec![]));
    assert_eq!(included("StudyDescription="), Include::These(vec![tags::STUDY_DESCRIPTION]));
}

#[test]
fn options_stand_anywhere() {
    let names = |text| parse_search(Level::Study, text).unwrap().0.names;
    assert_eq!(names("PatientName=x&fuzzymatching=TRUE"), Names::Fuzzy);
    assert_eq!(names("fuzzymatching=false&PatientName=x"), Names::Literal);
    assert_eq!(names("fuzzymatching="), Names::Literal);
}

#[test]
fn a_page_is_what_was_asked() {
    let page = |text| parse_search(Level::Study, text).unwrap().0.page;
    for (text, limit, offset) in [
        ("", NO_LIMIT, 0),
        ("limit=101&offset=202", 101, 202),
        ("limit=0", NO_LIMIT, 0),
        ("limit=999999999999&offset=999999999999", NO_LIMIT, u32::MAX),
        ("limit=5000", 5000, 0),
        ("limit=&offset=", NO_LIMIT, 0),
    ] {
        assert_eq!((page(text).limit, page(text).offset), (limit, offset), "{text}");
    }
}

#[test]
fn lists_pass_the_length_of_one_key_and_end_at_a_thousand() {
    let uid = "1.2.840.113619.2.55.3.604688119.971.1268755123.511";
    let long = vec![uid; MAX_VALUES].join(",");
    let (query, _) = parse_search(Level::Study, &format!("StudyInstanceUID={long}")).unwrap();
    assert!(matches!(&query.keys[0].matching, Matching::List(values) if values.len() == MAX_VALUES));
    let short = vec!["1"; MAX_VALUES].join(",");
    assert!(parse_search(Level::Study, &format!("StudyInstanceUID={short}&StudyInstanceUID=2")).is_err());
}

#[test]
fn warnings_and_errors_repeat_no_value() {
    let (_, warnings) = parse_search(Level::Study, "PatientComments=SECRET&SECRET=1&%0d%0aSECRET=2").unwrap();
    for warning in warnings {
        let value = warning.header_value("https://hub/dicomweb");
        assert!(!value.contains("SECRET") && value.bytes().all(|b| b.is_ascii_graphic() || b == b' '), "{value}");
    }
    let error = parse_search(Level::Study, "StudyDate=SECRET").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("SECRET"));
}

proptest! {
    #[test]
    fn nothing_breaks_it(text in ".{0,200}") {
        let _ = parse_search(Level::Instance, &text);
    }

    #[test]
    fn answers_keep_the_limits(text in "([A-Za-z0-9]{0,12}[=&,.%*\\\\-]){0,40}") {
        if let Ok((query, warnings)) = parse_search(Level::Instance, &text) {
            prop_assert!(query.keys.len() <= MAX_KEYS && query.page.limit >= 1);
            prop_assert!(warnings.len() <= MAX_KEYS);
        }
    }
}
