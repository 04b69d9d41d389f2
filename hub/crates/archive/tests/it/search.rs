//! Searching: who may, and what is written down.

use crate::{
    files::{STUDY, image, study},
    remote::{Region, Site},
    world::{World, operator, radiologist, stored},
};
use audit_log::{Outcome, What};
use imaging_domain::{ErrorKind, Level, Principal, Query, tags};

#[tokio::test]
async fn a_search_finds_what_was_committed_and_is_written_down() {
    let world = World::hospital();
    for number in 1..=3 {
        world.take(&image(number, 0)).await.unwrap();
    }
    let before = world.events().len();
    let query = Query::at(Level::Study).in_study(&study().study);
    let answer = world.archive.search(&radiologist(), &query).await.unwrap();
    assert_eq!(answer.matches.len(), 1);
    assert_eq!(answer.matches[0].study, study().study);
    assert_eq!(answer.matches[0].attributes.int(tags::NUMBER_OF_STUDY_RELATED_INSTANCES), Some(3));
    let wide = world.archive.search(&radiologist(), &Query::at(Level::Instance)).await.unwrap();
    assert_eq!(wide.matches.len(), 3);
    let who = radiologist().to_string();
    let expected = [
        (What::Query, Outcome::Success, who.clone(), Some(STUDY.to_owned())),
        (What::Query, Outcome::Success, who, None),
    ];
    assert_eq!(world.events()[before..], expected);
}

#[tokio::test]
async fn each_part_of_the_results_is_written_down() {
    let world = World::hospital();
    for number in 1..=3 {
        world.take(&image(number, 0)).await.unwrap();
    }
    let before = world.events().len();
    let query = Query::at(Level::Instance).page(2, 0);
    let (first, next) = world.archive.search_on(&radiologist(), &query, None).await.unwrap();
    assert_eq!((first.matches.len(), first.more), (2, true));
    let (rest, end) = world.archive.search_on(&radiologist(), &query, next.as_ref()).await.unwrap();
    assert_eq!((rest.matches.len(), rest.more, end), (1, false, None));
    assert!(first.matches.iter().all(|found| found.instance != rest.matches[0].instance));
    assert_eq!(world.events().len(), before + 2);
}

#[tokio::test]
async fn who_may_not_search_gets_nothing_and_it_is_written_down() {
    for who in [Principal::Anonymous, operator()] {
        let world = World::hospital();
        let refused = world.archive.search(&who, &Query::at(Level::Study)).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Forbidden);
        assert_eq!(world.events(), [(What::Query, Outcome::Denied, who.to_string(), None)]);
    }
}

#[tokio::test]
async fn the_hub_answers_from_its_index_while_every_site_is_down() {
    let (instance, _) = stored(1, 0).await;
    let region = Region::of(&[("a", Site::Down), ("b", Site::Down)]);
    let world = World::hub(region.clone());
    world.tell(&["a", "b"], &instance).await;
    let answer = world.archive.search(&radiologist(), &Query::at(Level::Study)).await.unwrap();
    assert_eq!(answer.matches.len(), 1);
    assert_eq!(answer.matches[0].sites.len(), 2);
    assert!(region.files_asked().is_empty());
}
