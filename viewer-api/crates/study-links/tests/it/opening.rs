//! Opening links: right PINs, wrong ones, a thousand at once, and links that open nothing.

use crate::world::{DAY_MS, World, addr, radiologist, study, token, wanted, wrong};
use audit_log::{Outcome, What};
use catalog::LinkStep;
use futures_util::future::join_all;
use imaging_domain::{Allowed, Principal};
use study_links::{Error, Made, Wanted};

#[tokio::test]
async fn a_right_pin_opens_and_is_written_down() {
    let world = World::new().await;
    let made = world.links.make(&radiologist(), wanted(&[1, 2])).await.unwrap();
    let opened = world.open(&made, &format!(" {} {}", &made.pin[..3], &made.pin[3..])).await.unwrap();
    let holder = world.links.session(&opened.token).await.unwrap().unwrap();
    let expected = Principal::LinkHolder {
        link: made.link.id.clone(),
        studies: vec![study(1), study(2)].into(),
        allowed: Allowed::View,
    };
    assert_eq!(holder.principal, expected);
    assert_eq!(world.steps(&made.link.id).await, [LinkStep::Opened]);
    let (_, events) = world.links.history(&radiologist(), &made.link.id).await.unwrap();
    assert_eq!(events[0].addr, addr().to_string());
    let who = format!("link:{}", made.link.id);
    let opened_events: Vec<_> = world.events().into_iter().filter(|event| event.0 == What::LinkOpened).collect();
    let event = |study: &str| (What::LinkOpened, Outcome::Success, who.clone(), study.to_owned());
    assert_eq!(opened_events, [event("2.25.1"), event("2.25.2")]);
    world.links.leave(&opened.token).await.unwrap();
    assert!(world.links.session(&opened.token).await.unwrap().is_none());
}

#[tokio::test]
async fn five_wrong_pins_lock_a_link_for_good() {
    let world = World::new().await;
    let made = world.made(1).await;
    for left in (1..=4).rev() {
        let refused = world.open(&made, &wrong(&made)).await.err().unwrap();
        assert!(matches!(refused, Error::WrongPin { left: said } if said == left), "{refused}");
        // a right one between gives back its own attempt and no wrong one's
        world.open(&made, &made.pin).await.unwrap();
    }
    let before = world.open(&made, &made.pin).await.unwrap().token;
    assert!(matches!(world.open(&made, "no pin at all").await.err(), Some(Error::WrongPin { left: 0 })));
    assert!(matches!(world.open(&made, &made.pin).await.err(), Some(Error::NotValid)), "the right one comes too late");
    assert!(world.links.session(&before).await.unwrap().is_some(), "who has opened it goes on");
    let (link, _) = world.links.history(&radiologist(), &made.link.id).await.unwrap();
    assert_eq!((link.state(crate::world::now_ms()), link.tries_left), ("locked", 0));
    world.links.extend(&radiologist(), &made.link.id, 30).await.unwrap();
    assert!(matches!(world.open(&made, &made.pin).await.err(), Some(Error::NotValid)), "no more days unlock it");
}

#[tokio::test]
async fn of_a_thousand_wrong_pins_at_once_five_are_looked_at() {
    let world = World::new().await;
    let made = world.made(1).await;
    let pins: Vec<String> = (0..1001).map(|n| format!("{n:06}")).filter(|pin| *pin != made.pin).take(1000).collect();
    let answers = join_all(pins.iter().map(|pin| world.open(&made, pin))).await;
    let wrong = answers.iter().filter(|answer| matches!(answer, Err(Error::WrongPin { .. }))).count();
    let not_valid = answers.iter().filter(|answer| matches!(answer, Err(Error::NotValid))).count();
    assert_eq!((wrong, not_valid), (5, 995));
    let denied = |event: &&(What, Outcome, String, String)| (event.0, event.1) == (What::LinkOpened, Outcome::Denied);
    assert_eq!(world.events().iter().filter(denied).count(), 5, "each that was looked at is in the audit log");
    assert_eq!(world.steps(&made.link.id).await, [LinkStep::WrongPin; 5]);
    assert!(matches!(world.open(&made, &made.pin).await.err(), Some(Error::NotValid)), "it is locked");
}

/// One that opens nothing for each cause.
async fn dead(world: &World) -> Vec<(&'static str, Made)> {
    let once = world.links.make(&radiologist(), Wanted { openings: Some(1), ..wanted(&[1]) }).await.unwrap();
    world.open(&once, &once.pin).await.unwrap();
    let (revoked, locked) = (world.made(1).await, world.made(1).await);
    world.links.revoke(&radiologist(), &revoked.link.id).await.unwrap();
    for _ in 0..5 {
        let _ = world.open(&locked, &wrong(&locked)).await;
    }
    let mut unknown = world.made(1).await;
    unknown.url = format!("https://links.example/s#{}", "A".repeat(43));
    let mut cut = world.made(1).await;
    cut.url.pop();
    vec![("used up", once), ("revoked", revoked), ("locked", locked), ("unknown", unknown), ("cut", cut)]
}

#[tokio::test]
async fn what_opens_nothing_does_not_say_why() {
    let world = World::new().await;
    let mut links = dead(&world).await;
    let short = world.links.make(&radiologist(), Wanted { days: Some(1), ..wanted(&[1]) }).await.unwrap();
    crate::world::pass(DAY_MS);
    links.push(("expired", short));
    let before = world.events().len();
    for (why, made) in &links {
        for pin in [made.pin.clone(), wrong(made), String::new()] {
            let refused = world.open(made, &pin).await.err();
            assert!(matches!(refused, Some(Error::NotValid)), "{why}");
        }
    }
    assert_eq!(world.events().len(), before, "and whoever guesses does not fill the audit log");
    world.links.extend(&radiologist(), &links[5].1.link.id, 1).await.unwrap();
    assert!(world.open(&links[5].1, &links[5].1.pin).await.is_ok(), "what has only ended may begin again");
}

#[tokio::test]
async fn the_full_viewer_is_for_one_study_and_asks_for_the_pin() {
    let world = World::new().await;
    let asked = Wanted { allowed: Allowed::Download, ..wanted(&[1, 2]) };
    let made = world.links.make(&radiologist(), asked).await.unwrap();
    let page = world.open(&made, &made.pin).await.unwrap().token;
    let open =
        async |session: &str, pin: &str, number| world.links.professional(session, pin, &study(number), None).await;
    assert!(matches!(open(&page, &wrong(&made), 1).await.err(), Some(Error::WrongPin { left: 4 })));
    assert!(matches!(open(&page, &made.pin, 3).await.err(), Some(Error::NotValid)), "not one of its studies");
    assert!(matches!(open(token(&made), &made.pin, 1).await.err(), Some(Error::NotValid)), "not a session");
    let opened = open(&page, &made.pin, 1).await.unwrap();
    let Principal::LinkHolder { studies, allowed, .. } = &opened.holder.principal else { panic!("not a holder") };
    assert_eq!((studies.as_ref(), *allowed), (&[study(1)][..], Allowed::View), "it shows and gives nothing away");
    assert!(matches!(open(&opened.token, &made.pin, 2).await.err(), Some(Error::NotValid)), "it opens nothing further");
    assert_eq!(world.steps(&made.link.id).await, [LinkStep::Opened, LinkStep::WrongPin, LinkStep::Professional]);
}
