//! Cases of answers: order, pages, merged copies, attributes.

use super::{
    Index,
    sample::{CT, SR, image, numbers, permit, query, search, site, store, study, with},
};
use imaging_domain::{ErrorKind, Include, Level, MAX_LIMIT, SopClassUid, Tag, tags};

pub(super) async fn the_latest_study_is_first(index: &impl Index) {
    let dates = [("20240101", "10"), ("20240301", "09"), ("20240301", "1030"), ("", ""), ("20240301", "1030")];
    for (number, (date, time)) in (1..).zip(dates) {
        store(index, "a", vec![with(image(number, 1, 1), &[(tags::STUDY_DATE, date), (tags::STUDY_TIME, time)])]).await;
    }
    assert_eq!(numbers(&search(index, &query(Level::Study, &[])).await), [3, 5, 2, 1, 4]);
    store(index, "a", vec![image(5, 12, 1), image(5, 2, 1), image(5, 2, 10), image(5, 2, 9)]).await;
    assert_eq!(numbers(&search(index, &query(Level::Series, &[])).await), [1, 1, 2, 12, 1, 1, 1]);
    let of_series = query(Level::Instance, &[(&[tags::SERIES_INSTANCE_UID], "2.25.5.2")]);
    assert_eq!(numbers(&search(index, &of_series).await), [1, 9, 10]);
}

pub(super) async fn pages_are_stable_and_complete(index: &impl Index) {
    // Every other study has a second copy: a copy must neither fill a page nor come again on the next.
    let all: Vec<_> = (1..=25).map(|n| with(image(n, 1, 1), &[(tags::STUDY_DATE, "20240101")])).collect();
    store(index, "a", all.clone()).await;
    store(index, "b", all.into_iter().step_by(2).collect()).await;
    for level in [Level::Study, Level::Series, Level::Instance] {
        let whole = search(index, &query(level, &[])).await;
        assert!(!whole.more);
        assert_eq!(whole.matches.len(), 25);
        for limit in [1, 7, 25, MAX_LIMIT] {
            let mut collected = vec![];
            loop {
                let page = search(index, &query(level, &[]).page(limit, collected.len() as u32)).await;
                assert!(page.matches.len() <= limit as usize);
                collected.extend(page.matches);
                assert_eq!(page.more, collected.len() < 25);
                if !page.more {
                    break;
                }
            }
            assert!(collected == whole.matches, "pages of {limit}");
        }
        for offset in [25, 1000, u32::MAX] {
            let past = search(index, &query(level, &[]).page(10, offset)).await;
            assert!(past.matches.is_empty() && !past.more);
        }
    }
}

pub(super) async fn studies_are_counted_once(index: &impl Index) {
    store(index, "a", (1..=5).map(|n| with(image(n, 1, 1), &[(tags::PATIENT_ID, "P")])).collect()).await;
    store(index, "b", vec![image(1, 1, 1), image(6, 1, 1), image(6, 2, 1)]).await;
    let by_id: (&[Tag], &str) = (&[tags::PATIENT_ID], "P");
    for (keys, at_most, expected) in [(vec![], 100, 6), (vec![], 4, 4), (vec![by_id], 100, 5), (vec![by_id], 0, 0)] {
        // the page that is asked for changes nothing
        let asked = query(Level::Study, &keys).page(1, 3);
        assert_eq!(index.count(&permit(), &asked, at_most).await.unwrap(), expected);
    }
    let below = index.count(&permit(), &query(Level::Series, &[]), 100).await;
    assert_eq!(below.unwrap_err().kind(), ErrorKind::Invalid);
}

pub(super) async fn sites_narrow(index: &impl Index) {
    store(index, "a", vec![image(1, 1, 1), image(2, 1, 1)]).await;
    store(index, "b", vec![image(2, 1, 1), image(3, 1, 1)]).await;
    for (sites, expected) in
        [(vec!["a"], vec![1, 2]), (vec!["b"], vec![2, 3]), (vec!["a", "b"], vec![1, 2, 3]), (vec!["none"], vec![])]
    {
        let mut asked = query(Level::Study, &[]);
        asked.sites = sites.into_iter().map(site).collect();
        let answer = search(index, &asked).await;
        assert_eq!(numbers(&answer), expected);
        assert_eq!(index.count(&permit(), &asked, 100).await.unwrap() as usize, expected.len());
        // what is found is told whole, other sites included
        let both = answer.matches.iter().find(|found| found.study == study(2));
        assert!(both.is_none_or(|found| found.sites == ["a", "b"].map(site)));
    }
}

pub(super) async fn copies_are_one_result(index: &impl Index) {
    let described = |number, text| with(image(1, 1, number), &[(tags::STUDY_DESCRIPTION, text)]);
    store(index, "b", vec![described(1, "B"), described(2, "B"), described(3, "B")]).await;
    store(index, "a", vec![described(1, "A"), described(4, "A"), image(1, 2, 1)]).await;
    store(index, "c", vec![described(1, "C")]).await;
    let mut asked = query(Level::Study, &[]);
    asked.include = Include::These(vec![tags::STUDY_DESCRIPTION]);
    let answer = search(index, &asked).await;
    assert_eq!(answer.matches.len(), 1);
    let one = &answer.matches[0];
    assert_eq!(one.sites, ["a", "b", "c"].map(site));
    assert_eq!(one.attributes.text(tags::STUDY_DESCRIPTION), Some("A"), "as many as b, and the lower name");
    assert_eq!(one.attributes.int(tags::NUMBER_OF_STUDY_RELATED_SERIES), Some(2));
    assert_eq!(one.attributes.int(tags::NUMBER_OF_STUDY_RELATED_INSTANCES), Some(5));
    let series = search(index, &query(Level::Series, &[])).await;
    assert_eq!(numbers(&series), [1, 2]);
    assert_eq!(series.matches[0].sites, ["a", "b", "c"].map(site));
    assert_eq!(series.matches[1].sites, ["a"].map(site));
    assert_eq!(series.matches[0].attributes.int(tags::NUMBER_OF_SERIES_RELATED_INSTANCES), Some(4));
    let instances = search(index, &query(Level::Instance, &[])).await;
    assert_eq!(numbers(&instances), [1, 2, 3, 4, 1]);
    assert_eq!(instances.matches[1].sites, ["b"].map(site));
}

pub(super) async fn one_copy_that_matches_is_enough(index: &impl Index) {
    let of = |id, number| with(image(1, 1, number), &[(tags::PATIENT_ID, id)]);
    store(index, "a", vec![of("OLD", 1)]).await;
    store(index, "b", vec![of("NEW", 1), of("NEW", 2)]).await;
    for id in ["OLD", "NEW"] {
        let answer = search(index, &query(Level::Study, &[(&[tags::PATIENT_ID], id)])).await;
        assert_eq!(answer.matches.len(), 1, "{id}");
        assert_eq!(answer.matches[0].attributes.text(tags::PATIENT_ID), Some("NEW"));
        assert_eq!(answer.matches[0].sites, ["a", "b"].map(site));
    }
}

/// Relational queries (PS3.4 C.4.1.2.2.1).
pub(super) async fn keys_below_the_level_match_in_one_thing(index: &impl Index) {
    let of = |study, series, number, maker| with(image(study, series, number), &[(tags::MANUFACTURER, maker)]);
    store(index, "a", vec![of(1, 1, 1, "ACME"), of(1, 1, 2, "ACME"), of(1, 2, 1, "OTHER"), of(2, 1, 1, "ACME")]).await;
    store(index, "b", vec![of(1, 1, 1, "ACME"), of(3, 1, 7, "OTHER")]).await;
    let (maker, number) = (&[tags::MANUFACTURER][..], &[tags::INSTANCE_NUMBER][..]);
    let (series, instance) = (&[tags::SERIES_INSTANCE_UID][..], &[tags::SOP_INSTANCE_UID][..]);
    let found = async |level, keys: &[(&[Tag], &str)]| {
        let answer = search(index, &query(level, keys)).await;
        answer.matches.iter().map(|one| one.study.to_string()).collect::<std::collections::BTreeSet<_>>()
    };
    for (keys, studies) in [
        (&[(maker, "ACME")][..], &["2.25.1", "2.25.2"][..]),
        (&[(maker, "OTHER")], &["2.25.1", "2.25.3"]),
        (&[(series, "2.25.1.2")], &["2.25.1"]),
        (&[(instance, "2.25.3.1.7")], &["2.25.3"]),
        (&[(number, "2")], &["2.25.1"]),
        (&[(maker, "ACME"), (number, "1")], &["2.25.1", "2.25.2"]),
        (&[(maker, "OTHER"), (number, "2")], &[]),
        (&[(&[tags::STUDY_INSTANCE_UID], "2.25.2"), (maker, "ACME")], &["2.25.2"]),
        (&[(maker, "NOBODY")], &[]),
    ] {
        let studies = studies.iter().map(ToString::to_string).collect();
        assert_eq!(found(Level::Study, keys).await, studies, "{keys:?}");
    }
    let answer = search(index, &query(Level::Series, &[(number, "2")])).await;
    assert_eq!(
        answer.matches.iter().map(|one| one.series.clone().unwrap().to_string()).collect::<Vec<_>>(),
        ["2.25.1.1"]
    );
}

pub(super) async fn answers_carry_what_was_asked(index: &impl Index) {
    let values = [
        (tags::PATIENT_ID, "P1"),
        (tags::STUDY_DESCRIPTION, "HEAD"),
        (tags::MANUFACTURER, "ACME"),
        (tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY"),
    ];
    store(index, "a", vec![with(image(1, 1, 1), &values)]).await;
    const STUDY: (&[Tag], &str) = (&[tags::STUDY_INSTANCE_UID], "2.25.1");
    const SERIES: (&[Tag], &str) = (&[tags::SERIES_INSTANCE_UID], "2.25.1.1");
    let (id, text, maker) = (tags::PATIENT_ID, tags::STUDY_DESCRIPTION, tags::MANUFACTURER);
    let (study, series) = (tags::STUDY_INSTANCE_UID, tags::SERIES_INSTANCE_UID);
    let (kind, rows) = (tags::IMAGE_TYPE, tags::ROWS);
    type Row<'a> = (Level, &'a [(&'a [Tag], &'a str)], Include, &'a [Tag], &'a [Tag]);
    let none = || Include::These(vec![]);
    let cases: &[Row<'_>] = &[
        (Level::Study, &[], none(), &[study, id], &[text, series]),
        (Level::Study, &[], Include::These(vec![text]), &[study, id, text], &[maker]),
        (Level::Study, &[], Include::All, &[study, id, text], &[maker, series]),
        (Level::Study, &[(&[text], "HEAD")], none(), &[text], &[maker]),
        (Level::Series, &[], none(), &[study, series, id], &[text, maker]),
        (Level::Series, &[STUDY], none(), &[study, series], &[id, text, maker]),
        (Level::Series, &[STUDY], Include::These(vec![id, maker]), &[study, series, id, maker], &[text]),
        (Level::Series, &[STUDY], Include::All, &[study, series, id, maker, text], &[kind, rows]),
        (Level::Instance, &[], none(), &[study, series, id, tags::MODALITY, rows], &[kind, maker]),
        (Level::Instance, &[STUDY], none(), &[study, series, tags::MODALITY, rows], &[id]),
        (Level::Instance, &[STUDY, SERIES], none(), &[study, series, rows], &[id, tags::MODALITY]),
        (Level::Instance, &[STUDY, SERIES], Include::These(vec![kind]), &[kind], &[id]),
    ];
    for (level, keys, include, present, absent) in cases {
        let mut asked = query(*level, keys);
        asked.include = include.clone();
        let answer = search(index, &asked).await;
        let found = &answer.matches[0].attributes;
        for tag in *present {
            assert!(found.get(*tag).is_some(), "{level:?} {include:?}: {tag} is missing");
        }
        for tag in *absent {
            assert!(found.get(*tag).is_none(), "{level:?} {include:?}: {tag} was not asked for");
        }
        assert!(found.get(tags::RETRIEVE_URL).is_none(), "the edge writes it");
    }
}

pub(super) async fn computed_attributes(index: &impl Index) {
    let mut report = with(image(1, 2, 1), &[(tags::MODALITY, "SR")]);
    report.sop_class = SopClassUid::parse(SR).ok();
    let mut compressed = image(1, 1, 1);
    compressed.transfer_syntax = "1.2.840.10008.1.2.4.70".into();
    store(index, "a", vec![image(1, 1, 1), image(1, 1, 2), report]).await;
    store(index, "b", vec![compressed]).await;
    let answer = search(index, &query(Level::Study, &[])).await;
    let study = &answer.matches[0].attributes;
    assert_eq!(study.texts(tags::MODALITIES_IN_STUDY), ["CT", "SR"]);
    assert_eq!(study.texts(tags::SOP_CLASSES_IN_STUDY), [CT, SR]);
    assert_eq!(study.int(tags::NUMBER_OF_STUDY_RELATED_SERIES), Some(2));
    assert_eq!(study.int(tags::NUMBER_OF_STUDY_RELATED_INSTANCES), Some(3));
    let answer = search(index, &query(Level::Instance, &[(&[tags::SOP_INSTANCE_UID], "2.25.1.1.1")])).await;
    let found = &answer.matches[0].attributes;
    assert_eq!(found.texts(tags::AVAILABLE_TRANSFER_SYNTAX_UID), ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.70"]);
    assert_eq!(found.int(tags::NUMBER_OF_SERIES_RELATED_INSTANCES), Some(2));
    assert_eq!(found.int(tags::NUMBER_OF_STUDY_RELATED_INSTANCES), Some(3));
}
