//! A person's history, and whether what is found can be opened.

use crate::{
    files::study,
    remote::{Region, Site},
    world::{World, operator, radiologist, stored},
};
use archive::{Availability, Basis};
use audit_log::{Outcome, What};
use imaging_domain::{
    Digest, ErrorKind, Instance, InstanceUid, Level, Principal, Query, SeriesUid, StudyUid, VR, Value, tags,
};

/// ID, issuer, name, birth date, study date.
type Row<'a> = [&'a str; 5];

/// A study of one instance, told from the others by its number.
async fn of(number: u8, [id, issuer, name, birth_date, date]: Row<'_>) -> Instance {
    let (mut instance, _) = stored(1, 0).await;
    let uid = |suffix: &str| format!("2.25.7{number}{suffix}");
    instance.study = StudyUid::parse(&uid("")).unwrap();
    instance.series = SeriesUid::parse(&uid(".1")).unwrap();
    instance.uid = InstanceUid::parse(&uid(".1.1")).unwrap();
    instance.digest = Digest([number; 32]);
    for (tag, vr, text) in [
        (tags::STUDY_INSTANCE_UID, VR::UI, uid("").as_str()),
        (tags::SERIES_INSTANCE_UID, VR::UI, &uid(".1")),
        (tags::SOP_INSTANCE_UID, VR::UI, &uid(".1.1")),
        (tags::PATIENT_ID, VR::LO, id),
        (tags::ISSUER_OF_PATIENT_ID, VR::LO, issuer),
        (tags::PATIENT_NAME, VR::PN, name),
        (tags::PATIENT_BIRTH_DATE, VR::DA, birth_date),
        (tags::PATIENT_SEX, VR::CS, "F"),
        (tags::STUDY_DATE, VR::DA, date),
    ] {
        instance.attributes.put(tag, vr, Value::Text(vec![text.to_owned()]));
    }
    instance
}

async fn region(rows: &[(&str, Row<'_>)]) -> World {
    let world = World::hub(Region::of(&[("a", Site::Silent), ("b", Site::Silent), ("c", Site::Down)]));
    for (number, (site, row)) in (1..).zip(rows) {
        world.tell(&[site], &of(number, *row).await).await;
    }
    world
}

async fn told(world: &World, number: u8) -> Vec<(u8, Option<Basis>)> {
    let study = StudyUid::parse(&format!("2.25.7{number}")).unwrap();
    let history = world.archive.history(&radiologist(), &study).await.unwrap();
    assert!(!history.more);
    let number = |study: &StudyUid| study.as_str().strip_prefix("2.25.7").unwrap().parse().unwrap();
    history.studies.iter().map(|(one, basis, _)| (number(&one.study), *basis)).collect()
}

#[tokio::test]
async fn records_of_a_person_come_from_every_hospital_and_say_why() {
    let world = region(&[
        ("a", ["1", "A", "Li^Na=李^娜", "19880502", "20260101"]),
        ("a", ["1", "A", "Li^Na=李^娜", "19880502", "20250101"]),
        ("b", ["9", "B", "李娜", "19880502", "20260301"]),
        ("c", ["5", "C", "LI^NA", "19880502", "20240101"]),
        // other people
        ("b", ["1", "B", "Li^Nan=李^楠", "19880502", "20260101"]),
        ("c", ["6", "C", "LI^NA", "19910101", "20260101"]),
    ])
    .await;
    let expected = [(3, Some(Basis::SameName)), (1, None), (2, Some(Basis::SameId)), (4, Some(Basis::SameName))];
    assert_eq!(told(&world, 1).await, expected);
    // from the record without letters only what has its signs
    let expected = [(3, None), (1, Some(Basis::SameName)), (2, Some(Basis::SameName))];
    assert_eq!(told(&world, 3).await, expected);
    assert_eq!(told(&world, 6).await, [(6, None)]);
}

#[tokio::test]
async fn a_star_in_a_record_is_no_wildcard() {
    let world = region(&[
        ("a", ["*", "", "*^*", "19880502", "20260101"]),
        ("a", ["2", "", "Li^Na", "19880502", "20260101"]),
        ("a", ["", "", "李^*", "19880502", "20260101"]),
        ("a", ["3", "", "李^娜", "19880502", "20260101"]),
    ])
    .await;
    assert_eq!(told(&world, 1).await, [(1, None)]);
    assert_eq!(told(&world, 3).await, [(3, None)]);
}

#[tokio::test]
async fn a_history_is_written_down_and_refused_as_a_search_is() {
    let world = region(&[("a", ["1", "A", "Li^Na", "19880502", "20260101"])]).await;
    let study = StudyUid::parse("2.25.71").unwrap();
    world.archive.history(&radiologist(), &study).await.unwrap();
    let absent = StudyUid::parse("2.25.9").unwrap();
    let error = world.archive.history(&radiologist(), &absent).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    for who in [Principal::Anonymous, operator()] {
        assert_eq!(world.archive.history(&who, &study).await.unwrap_err().kind(), ErrorKind::Forbidden);
        assert_eq!(
            world.archive.count(&who, &Query::at(Level::Study), 9).await.unwrap_err().kind(),
            ErrorKind::Forbidden
        );
    }
    let who = radiologist().to_string();
    let events = world.events();
    assert_eq!(events[0], (What::Query, Outcome::Success, who.clone(), Some("2.25.71".to_owned())));
    assert_eq!(events[1], (What::Query, Outcome::Success, who, Some("2.25.9".to_owned())));
    assert_eq!(events[2..].iter().filter(|event| event.1 == Outcome::Denied).count(), 4);
    assert_eq!(events.len(), 6);
}

#[tokio::test]
async fn what_is_cached_of_a_disconnected_hospital_is_told() {
    let (first, bytes) = stored(1, 0).await;
    let (second, _) = stored(2, 0).await;
    let sites = Region::of(&[("a", Site::Gives(bytes))]);
    let world = World::hub(sites.clone());
    world.tell(&["a"], &first).await;
    let availability = async || {
        let found = world.archive.search(&radiologist(), &Query::at(Level::Study)).await.unwrap();
        world.archive.availability(&radiologist(), &found.matches).await.unwrap()
    };
    assert_eq!(availability().await, [Availability::Online]);
    sites.becomes("a", Site::Down);
    assert_eq!(availability().await, [Availability::Offline]);
    sites.becomes("a", Site::Gives(stored(1, 0).await.1));
    world.files(&study()).await.unwrap();
    sites.becomes("a", Site::Down);
    assert_eq!(availability().await, [Availability::Cached]);
    world.tell(&["a"], &second).await;
    assert_eq!(availability().await, [Availability::Partly]);
}
