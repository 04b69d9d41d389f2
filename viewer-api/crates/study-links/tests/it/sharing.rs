//! A link's second form: opened by its manifest, counted with the first.

use crate::world::{World, addr, pass, payload, radiologist, token, wanted, wrong};
use audit_log::{Outcome, What};
use catalog::LinkStep;
use imaging_domain::{Allowed, Principal};
use study_links::{Door, Error, Made, Shared, Wanted};

const MINUTE_MS: i64 = 60 * 1000;

async fn share(world: &World, made: &Made, pin: &str) -> Result<Shared, Error> {
    let (manifest, _) = payload(made);
    world.links.share(&manifest, pin, Some(addr())).await
}

#[tokio::test]
async fn a_reader_gets_the_key_and_two_secrets_that_are_for_different_doors() {
    let world = World::new().await;
    let made = world.made(1).await;
    let shared = share(&world, &made, &made.pin).await.unwrap();
    assert_eq!(shared.holder.door, Door::Reader);
    let Principal::LinkHolder { link, studies, allowed } = &shared.holder.principal else { panic!("a holder") };
    assert_eq!((link, studies.len(), *allowed), (&made.link.id, 1, Allowed::View), "what the link allows, no more");
    let at_images = world.links.session(&shared.bearer).await.unwrap().unwrap();
    assert_eq!(at_images.door, Door::Reader, "no cookie's session");
    assert!(world.links.session(&shared.files).await.unwrap().is_none());
    assert!(world.links.shared(&shared.bearer).await.unwrap().is_none());
    let again = world.links.shared(&shared.files).await.unwrap().unwrap();
    assert!(again.key == shared.key && again.bearer == shared.bearer, "the address of a file leads to the same");
    let study = &made.link.studies[0];
    let viewer = world.links.professional(&shared.bearer, &made.pin, study, None).await;
    assert!(matches!(viewer.err(), Some(Error::NotValid)), "and not to the full viewer");
    let last = world.events().pop().unwrap();
    let who = format!("link:{}", made.link.id.as_str());
    assert_eq!(last, (What::LinkOpened, Outcome::Success, who, "2.25.1".into()));
    assert_eq!(world.steps(&made.link.id).await, [LinkStep::Opened]);
}

#[tokio::test]
async fn both_forms_bear_the_same_five_wrong_pins() {
    let world = World::new().await;
    let made = world.made(1).await;
    let mut left = vec![];
    for turn in 0..5 {
        let error = match turn % 2 {
            0 => share(&world, &made, &wrong(&made)).await.err(),
            _ => world.open(&made, &wrong(&made)).await.err(),
        };
        let Some(Error::WrongPin { left: now }) = error else { panic!("{error:?}") };
        left.push(now);
    }
    assert_eq!(left, [4, 3, 2, 1, 0]);
    assert!(matches!(share(&world, &made, &made.pin).await.err(), Some(Error::NotValid)));
    assert!(matches!(world.open(&made, &made.pin).await.err(), Some(Error::NotValid)));
    let denied = world.events().into_iter().filter(|event| event.1 == Outcome::Denied).count();
    assert_eq!(denied, 5);
}

#[tokio::test]
async fn both_forms_take_the_same_openings() {
    let world = World::new().await;
    let made = world.links.make(&radiologist(), Wanted { openings: Some(2), ..wanted(&[1]) }).await.unwrap();
    share(&world, &made, &made.pin).await.unwrap();
    world.open(&made, &made.pin).await.unwrap();
    assert!(matches!(share(&world, &made, &made.pin).await.err(), Some(Error::NotValid)));
}

#[tokio::test]
async fn what_is_taken_back_or_idle_gives_no_file() {
    let world = World::new().await;
    let made = world.made(1).await;
    let (first, second) =
        (share(&world, &made, &made.pin).await.unwrap(), share(&world, &made, &made.pin).await.unwrap());
    for _ in 0..3 {
        pass(14 * MINUTE_MS);
        assert!(world.links.shared(&first.files).await.unwrap().is_some(), "each use keeps it");
    }
    assert!(world.links.shared(&second.files).await.unwrap().is_none(), "nobody used it");
    pass(14 * MINUTE_MS);
    assert!(world.links.shared(&first.files).await.unwrap().is_some());
    pass(4 * MINUTE_MS);
    assert!(world.links.shared(&first.files).await.unwrap().is_none(), "an hour at most");
    let third = share(&world, &made, &made.pin).await.unwrap();
    world.links.revoke(&radiologist(), &made.link.id).await.unwrap();
    assert!(world.links.shared(&third.files).await.unwrap().is_none());
    assert!(world.links.session(&third.bearer).await.unwrap().is_none());
    assert!(matches!(share(&world, &made, &made.pin).await.err(), Some(Error::NotValid)));
}

#[tokio::test]
async fn the_page_opens_by_either_token_a_manifest_by_its_own() {
    let world = World::new().await;
    let made = world.made(1).await;
    let (manifest, key) = payload(&made);
    let opened = world.links.open(&manifest, &made.pin, None).await.unwrap();
    assert_eq!(opened.holder.door, Door::Page);
    for other in [token(&made), key.as_str(), "", "x"] {
        assert!(matches!(world.links.share(other, &made.pin, None).await.err(), Some(Error::NotValid)));
    }
}
