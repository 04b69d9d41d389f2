//! Looking after links.

use crate::world::{DAY_MS, World, hospital, now_ms, pass, radiologist, study, user, wanted};
use audit_log::{Outcome, What};
use catalog::LinkStep;
use imaging_domain::{LinkId, Role};
use study_links::Error;

#[tokio::test]
async fn a_link_that_is_taken_back_ends_what_it_opened() {
    let world = World::new().await;
    let made = world.made(1).await;
    let opened = world.open(&made, &made.pin).await.unwrap();
    world.links.revoke(&user("mei", Role::Technician), &made.link.id).await.unwrap();
    assert!(world.links.session(&opened.token).await.unwrap().is_none());
    assert!(matches!(world.open(&made, &made.pin).await.err(), Some(Error::NotValid)));
    world.links.revoke(&radiologist(), &made.link.id).await.unwrap();
    assert_eq!(world.steps(&made.link.id).await, [LinkStep::Opened, LinkStep::Revoked], "the first time stands");
    let refused = world.links.extend(&radiologist(), &made.link.id, 7).await.err();
    assert!(matches!(refused, Some(Error::Invalid(_))), "what was taken back stays so");
    let told: Vec<_> = world.events().into_iter().filter(|event| event.0 == What::LinkRevoked).collect();
    assert_eq!(told, [(What::LinkRevoked, Outcome::Success, "user:mei:technician".into(), "2.25.1".into())]);
    assert!(!world.events().iter().any(|event| event.0 == What::LinkExtended));
}

#[tokio::test]
async fn days_are_counted_from_now() {
    let world = World::new().await;
    let made = world.made(1).await;
    pass(5 * DAY_MS);
    assert_eq!(world.links.extend(&radiologist(), &made.link.id, 1).await.unwrap().expires_ms, now_ms() + DAY_MS);
    for days in [0, 31] {
        assert!(matches!(world.links.extend(&radiologist(), &made.link.id, days).await.err(), Some(Error::Invalid(_))));
    }
    assert_eq!(world.events().last().unwrap().0, What::LinkExtended);
    assert_eq!(world.steps(&made.link.id).await, [LinkStep::Extended]);
    let asked = (What::Query, Outcome::Success, "user:lin:radiologist".into(), "2.25.1".into());
    assert_eq!(world.events().last(), Some(&asked), "who looks at a link is written down too");
    pass(DAY_MS);
    assert!(matches!(world.open(&made, &made.pin).await.err(), Some(Error::NotValid)));
}

#[tokio::test]
async fn a_session_ends_with_its_link_and_when_nobody_uses_it() {
    let world = World::new().await;
    let made = world.made(1).await;
    let opened = world.open(&made, &made.pin).await.unwrap();
    let lives = async || world.links.session(&opened.token).await.unwrap().is_some();
    for _ in 0..10 {
        pass(10 * 60 * 1000);
        assert!(lives().await, "each use keeps it");
    }
    pass(15 * 60 * 1000 + 1);
    assert!(!lives().await);
    let opened = world.open(&made, &made.pin).await.unwrap();
    pass(8 * DAY_MS);
    assert!(world.links.session(&opened.token).await.unwrap().is_none());
}

#[tokio::test]
async fn who_had_opened_a_link_may_know_that_it_was_taken_back() {
    let world = World::new().await;
    let made = world.made(1).await;
    let opened = world.open(&made, &made.pin).await.unwrap();
    assert!(!world.links.has_ended(&opened.token).await.unwrap());
    world.links.revoke(&radiologist(), &made.link.id).await.unwrap();
    assert!(world.links.session(&opened.token).await.unwrap().is_none());
    assert!(world.links.has_ended(&opened.token).await.unwrap());
    assert!(
        !world.links.has_ended(made.url.split_once("/s#").unwrap().1).await.unwrap(),
        "the link's own secret tells nothing"
    );
}

#[tokio::test]
async fn a_link_is_forgotten_some_time_after_its_end() {
    let world = World::new().await;
    let made = world.made(1).await;
    pass(7 * DAY_MS + 29 * DAY_MS);
    assert_eq!(world.links.forget(30).await.unwrap(), 0);
    pass(2 * DAY_MS);
    assert_eq!(world.links.forget(30).await.unwrap(), 1);
    assert!(matches!(world.links.history(&radiologist(), &made.link.id).await, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn a_hospital_knows_its_own_links_only() {
    let world = World::new().await;
    let (a, b) = (hospital("a"), hospital("b"));
    let own = world.links.make(&a, wanted(&[1])).await.unwrap().link.id;
    let staffs = world.made(1).await.link.id;
    let lin = radiologist();
    let listed = async |who, number: Option<u32>| {
        let links = world.links.list(who, number.map(study).as_ref()).await.unwrap();
        links.into_iter().map(|link| link.id).collect::<Vec<_>>()
    };
    assert_eq!(listed(&a, None).await, std::slice::from_ref(&own));
    assert_eq!(listed(&b, None).await, [] as [LinkId; 0]);
    assert_eq!(listed(&lin, Some(1)).await.len(), 2, "who reads the region's studies sees all of a study");
    assert_eq!(listed(&lin, Some(2)).await.len(), 0);
    for (who, id) in [(&a, &staffs), (&b, &own), (&b, &LinkId::of_bytes([0; 8]))] {
        let missing = |error: Option<Error>| matches!(error, Some(Error::NotFound("link")));
        assert!(missing(world.links.history(who, id).await.err()));
        assert!(missing(world.links.extend(who, id, 3).await.err()));
        assert!(missing(world.links.revoke(who, id).await.err()));
    }
    world.links.revoke(&a, &own).await.unwrap();
    assert_eq!(world.events().last().unwrap().2, "site:a");
}
