//! Who makes links to what.

use crate::world::{DAY_MS, World, hospital, now_ms, radiologist, study, token, user, wanted};
use audit_log::{Outcome, What};
use imaging_domain::{Allowed, Principal, Role};
use study_links::{Error, Wanted, WithPin, slip};

#[tokio::test]
async fn a_link_is_what_was_asked_for() {
    let world = World::new().await;
    let asked = Wanted {
        days: Some(30),
        allowed: Allowed::Download,
        language: "es".into(),
        openings: Some(2),
        note: "for her surgeon".into(),
        ..wanted(&[2, 1, 2])
    };
    let made = world.links.make(&radiologist(), asked).await.unwrap();
    assert_eq!((token(&made).len(), made.pin.len()), (43, 6));
    let link = &made.link;
    assert_eq!(link.studies, [study(2), study(1)], "each once, in the order they were asked for");
    assert_eq!((link.allowed, link.language.as_str(), link.openings_left), (Allowed::Download, "es", Some(2)));
    assert_eq!((link.owner.as_str(), link.note.as_str()), ("user:lin", "for her surgeon"));
    assert_eq!(link.expires_ms, now_ms() + 30 * DAY_MS);
    let hospitals: Vec<&str> = made.subjects.iter().map(|subject| subject.hospital.as_str()).collect();
    assert_eq!(hospitals, ["First Hospital 第一医院"; 2]);
    let made_events: Vec<_> = world.events().into_iter().filter(|event| event.0 == What::LinkMade).collect();
    let event = |study: &str| (What::LinkMade, Outcome::Success, "user:lin:radiologist".into(), study.into());
    assert_eq!(made_events, [event("2.25.2"), event("2.25.1")], "one for each study");
    assert_eq!(world.made(1).await.link.expires_ms, now_ms() + 7 * DAY_MS, "seven days when nobody says");
}

#[tokio::test]
async fn one_link_opens_one_persons_studies() {
    let world = World::new().await;
    let mut tried = vec![];
    for studies in [&[1_u32, 2][..], &[1, 2, 3], &[1, 4], &[1, 5], &[4, 1, 2]] {
        tried.push(match world.links.make(&radiologist(), wanted(studies)).await {
            Ok(_) => "made",
            Err(Error::TwoPersons) => "two persons",
            Err(_) => "another failure",
        });
    }
    assert_eq!(tried, ["made", "made", "two persons", "two persons", "two persons"]);
}

#[tokio::test]
async fn a_hospital_shares_what_it_holds() {
    let world = World::new().await;
    assert!(world.links.make(&hospital("a"), wanted(&[1, 2])).await.is_ok());
    let both = world.links.make(&hospital("b"), wanted(&[6])).await.unwrap();
    assert_eq!(both.subjects[0].hospital, "b", "of a study at two hospitals the one that shares it is named");
    for (site, studies) in [("a", &[3_u32][..]), ("a", &[1, 3]), ("b", &[1]), ("c", &[1])] {
        let refused = world.links.make(&hospital(site), wanted(studies)).await.err().unwrap();
        assert!(matches!(refused, Error::NotFound("study")), "{site} {studies:?}: {refused}");
    }
}

#[tokio::test]
async fn who_sees_no_images_shares_none_and_it_is_written_down() {
    let world = World::new().await;
    let made = world.made(1).await;
    let holder = world.open(&made, &made.pin).await.unwrap().holder.principal;
    let refused = [
        user("ops", Role::Operator),
        user("audit", Role::Auditor),
        Principal::Machine("pacs".into()),
        Principal::Anonymous,
        holder,
    ];
    for who in &refused {
        let before = world.events().len();
        let denied = |error: Option<Error>| matches!(error, Some(Error::Denied(_)));
        assert!(denied(world.links.make(who, wanted(&[1])).await.err()), "{who}");
        assert!(denied(world.links.list(who, None).await.err()), "{who}");
        assert!(denied(world.links.history(who, &made.link.id).await.err()), "{who}");
        assert!(denied(world.links.extend(who, &made.link.id, 3).await.err()), "{who}");
        assert!(denied(world.links.revoke(who, &made.link.id).await.err()), "{who}");
        let events: Vec<_> = world.events()[before..].iter().map(|event| (event.0, event.1)).collect();
        let expected = [What::LinkMade, What::Query, What::Query, What::LinkExtended, What::LinkRevoked];
        assert_eq!(events, expected.map(|what| (what, Outcome::Denied)), "{who}");
    }
    assert!(world.links.make(&user("mei", Role::Technician), wanted(&[1])).await.is_ok());
}

#[tokio::test]
async fn what_is_out_of_range_is_no_link() {
    let world = World::new().await;
    let bad = [
        ("no study", wanted(&[])),
        ("a hundred and one", wanted(&(1..=101).collect::<Vec<_>>())),
        ("no day", Wanted { days: Some(0), ..wanted(&[1]) }),
        ("31 days", Wanted { days: Some(31), ..wanted(&[1]) }),
        ("no opening", Wanted { openings: Some(0), ..wanted(&[1]) }),
        ("too many openings", Wanted { openings: Some(10_001), ..wanted(&[1]) }),
        ("a long note", Wanted { note: "字".repeat(501), ..wanted(&[1]) }),
        ("no language of ours", Wanted { language: "fr".into(), ..wanted(&[1]) }),
    ];
    for (what, asked) in bad {
        assert!(matches!(world.links.make(&radiologist(), asked).await.err(), Some(Error::Invalid(_))), "{what}");
    }
    let missing = world.links.make(&radiologist(), wanted(&[99])).await.err();
    assert!(matches!(missing, Some(Error::NotFound("study"))));
    assert!(world.links.list(&radiologist(), None).await.unwrap().is_empty());
    let longest = Wanted { note: "字".repeat(500), openings: Some(10_000), ..wanted(&[1]) };
    assert!(world.links.make(&radiologist(), longest).await.is_ok());
}

#[tokio::test]
async fn a_slip_says_the_pin_only_where_it_should() {
    let world = World::new().await;
    let made = world.made(1).await;
    let (printed, apart) = (slip(&made, WithPin::Printed).unwrap(), slip(&made, WithPin::Apart).unwrap());
    assert!(printed.contains(&format!(">{}<", made.pin)) && !apart.contains(&format!(">{}<", made.pin)));
    for text in [&printed, &apart] {
        for part in
            ["First Hospital 第一医院", "王芳 · Wang Fang", "2026-01-02", "CHEST &lt;plain&gt;", "<svg", &made.url]
        {
            assert!(text.contains(part), "{part}");
        }
        assert!(!text.contains("Cómo abrirlo"), "nobody asked for Spanish");
        assert!(!text.contains("<plain>") && !text.contains("<script"), "what a hospital wrote is text");
    }
    let spanish = Wanted { language: "es".into(), ..wanted(&[1]) };
    let spanish = world.links.make(&radiologist(), spanish).await.unwrap();
    assert!(slip(&spanish, WithPin::Apart).unwrap().contains("Cómo abrirlo"));
}
