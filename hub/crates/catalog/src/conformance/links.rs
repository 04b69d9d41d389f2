//! Cases of study links: their attempts, openings and sessions, and what a permit of one narrows.

use super::{
    Index,
    sample::{image, permit, site, store, study},
};
use crate::ports::{Link, LinkEvent, LinkFiles, LinkFilter, LinkKey, LinkSecrets, LinkSession, LinkStep};
use access_control::{Object, Search, decide};
use imaging_domain::{Allowed, ErrorKind, Level, LinkId, Principal, Query};

fn id(mark: u8) -> LinkId {
    LinkId::of_bytes([mark; 8])
}

fn link(mark: u8, openings_left: Option<u32>) -> Link {
    Link {
        id: id(mark),
        studies: vec![study(2), study(1)],
        owner: format!("user:{mark}"),
        allowed: if mark.is_multiple_of(2) { Allowed::Download } else { Allowed::View },
        language: "zh".into(),
        note: "a note".into(),
        made_ms: 100 + i64::from(mark),
        expires_ms: 1000,
        revoked_ms: None,
        openings_left,
        tries_left: 5,
    }
}

async fn put(index: &impl Index, link: Link) {
    let mark = link.id.as_str().as_bytes()[0];
    let secrets = LinkSecrets {
        token_digest: [mark; 32],
        pin_hash: "hash".into(),
        manifest_digest: [mark ^ 0xff; 32],
        sealed_key: vec![mark],
    };
    index.put_link(&permit(), link, secrets).await.unwrap();
}

fn token(mark: u8) -> LinkKey {
    LinkKey::Token([id(mark).as_str().as_bytes()[0]; 32])
}

fn event(at_ms: i64, what: LinkStep) -> LinkEvent {
    LinkEvent { at_ms, what, addr: "192.0.2.1".into() }
}

async fn open(index: &impl Index, mark: u8, session: u8, at_ms: i64) -> bool {
    let session = LinkSession {
        token_digest: [session; 32],
        link: id(mark),
        study: None,
        expires_ms: 900,
        last_ms: at_ms,
        files: None,
    };
    index.open_link(session, event(at_ms, LinkStep::Opened)).await.unwrap()
}

pub(super) async fn links_are_kept_and_listed(index: &impl Index) {
    put(index, link(0x11, None)).await;
    put(index, Link { studies: vec![study(3)], ..link(0x22, Some(3)) }).await;
    assert_eq!(index.link(&permit(), &id(0x11)).await.unwrap(), Some(link(0x11, None)));
    assert_eq!(index.link(&permit(), &id(0x33)).await.unwrap(), None);
    let listed = async |owner: Option<&str>, of: Option<u32>| {
        let filter = LinkFilter { owner: owner.map(String::from), study: of.map(study) };
        let links = index.links(&permit(), &filter, 10).await.unwrap();
        links.iter().map(|link| link.made_ms).collect::<Vec<_>>()
    };
    assert_eq!(listed(None, None).await, [134, 117]);
    assert_eq!(listed(Some("user:17"), None).await, [117]);
    assert_eq!(listed(None, Some(3)).await, [134]);
    assert_eq!(listed(Some("user:17"), Some(3)).await, [0_i64; 0]);
    index.extend_link(&permit(), &id(0x11), 5000).await.unwrap();
    assert_eq!(index.link(&permit(), &id(0x11)).await.unwrap().unwrap().expires_ms, 5000);
    let missing = index.extend_link(&permit(), &id(0x33), 5000).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
}

pub(super) async fn no_more_attempts_than_a_link_has(index: &impl Index) {
    put(index, link(0x11, None)).await;
    let key = token(0x11);
    let take = || index.take_try(&key, 10);
    let (a, b, c, d, e, f, g, h) = tokio::join!(take(), take(), take(), take(), take(), take(), take(), take());
    let given: Vec<u32> =
        [a, b, c, d, e, f, g, h].into_iter().filter_map(|one| Some(one.unwrap()?.tries_left)).collect();
    assert_eq!(given.len(), 5, "however many come at once");
    assert!(index.take_try(&token(0x11), 10).await.unwrap().is_none());
    assert!(open(index, 0x11, 1, 10).await, "one of them was right");
    assert_eq!(index.take_try(&token(0x11), 10).await.unwrap().map(|one| one.tries_left), Some(0), "it was given back");
}

pub(super) async fn what_cannot_be_opened_is_not_there(index: &impl Index) {
    put(index, link(0x11, Some(1))).await;
    put(index, link(0x22, None)).await;
    let opens = async |mark, now_ms| index.take_try(&token(mark), now_ms).await.unwrap().is_some();
    assert!(opens(0x11, 999).await && !opens(0x11, 1000).await, "it has ended");
    assert!(!opens(0x33, 10).await, "there is none");
    assert!(open(index, 0x11, 1, 10).await);
    assert!(!opens(0x11, 10).await, "it was opened as often as it may be");
    assert!(!open(index, 0x11, 2, 10).await, "by two at once");
    assert!(index.take_try(&LinkKey::Id(id(0x11)), 10).await.unwrap().is_some(), "who has it open tries on");
    index.revoke_link(&permit(), &id(0x22), 20).await.unwrap();
    index.revoke_link(&permit(), &id(0x22), 30).await.unwrap();
    assert!(!opens(0x22, 10).await, "it was taken back");
    assert_eq!(index.link(&permit(), &id(0x22)).await.unwrap().unwrap().revoked_ms, Some(20));
    assert!(index.extend_link(&permit(), &id(0x22), 5000).await.is_err(), "and stays so");
}

pub(super) async fn link_sessions_end(index: &impl Index) {
    put(index, link(0x11, None)).await;
    assert!(open(index, 0x11, 1, 10).await);
    let found = async |mark: u8, now_ms, idle| index.link_session(&[mark; 32], now_ms, idle).await.unwrap();
    let (of, session) = found(1, 20, 0).await.unwrap();
    assert_eq!((of.studies, session.study, session.last_ms), (vec![study(2), study(1)], None, 10));
    assert!(found(2, 20, 0).await.is_none(), "nobody opened it");
    assert!(found(1, 900, 0).await.is_none(), "it has ended");
    assert!(found(1, 20, 11).await.is_none(), "nobody used it for long");
    index.touch_link_session(&[1; 32], 50).await.unwrap();
    assert!(found(1, 60, 50).await.is_some());
    let one = LinkSession { token_digest: [3; 32], study: Some(study(1)), ..session };
    assert!(index.open_link(one, event(60, LinkStep::Professional)).await.unwrap());
    assert_eq!(found(3, 70, 0).await.unwrap().1.study, Some(study(1)));
    index.close_link_session(&[3; 32]).await.unwrap();
    assert!(found(3, 70, 0).await.is_none());
    index.revoke_link(&permit(), &id(0x11), 80).await.unwrap();
    assert!(found(1, 80, 0).await.is_none(), "the link was taken back");
    let ended = async |mark: u8, now_ms| index.link_of_session_ended(&[mark; 32], now_ms).await.unwrap();
    assert!(ended(1, 80).await, "its holder may know");
    assert!(!ended(2, 80).await && !ended(3, 80).await && !ended(1, 900).await, "nobody else, and not for ever");
    index.note_link_event(&id(0x11), event(80, LinkStep::Revoked)).await.unwrap();
    let events = index.link_events(&permit(), &id(0x11), 10).await.unwrap();
    let steps: Vec<_> = events.iter().map(|one| (one.at_ms, one.what)).collect();
    assert_eq!(steps, [(80, LinkStep::Revoked), (60, LinkStep::Professional), (10, LinkStep::Opened)]);
}

pub(super) async fn a_manifest_is_a_second_way_to_the_same_link(index: &impl Index) {
    put(index, link(0x11, Some(2))).await;
    let mark = id(0x11).as_str().as_bytes()[0];
    let (manifest, crossed) = (LinkKey::Manifest([mark ^ 0xff; 32]), LinkKey::Manifest([mark; 32]));
    assert!(index.take_try(&crossed, 10).await.unwrap().is_none(), "neither token is the other");
    assert_eq!(index.take_try(&token(0x11), 10).await.unwrap().map(|one| one.tries_left), Some(4));
    let attempt = index.take_try(&manifest, 10).await.unwrap().unwrap();
    assert_eq!((attempt.sealed_key, attempt.tries_left), (vec![mark], 3), "both count the same attempts");
    let files = LinkFiles { token_digest: [2; 32], sealed: vec![7] };
    let session = LinkSession {
        token_digest: [1; 32],
        link: id(0x11),
        study: None,
        expires_ms: 900,
        last_ms: 10,
        files: Some(files),
    };
    assert!(index.open_link(session.clone(), event(10, LinkStep::Opened)).await.unwrap());
    assert_eq!(index.link(&permit(), &id(0x11)).await.unwrap().unwrap().openings_left, Some(1));
    let found = async |mark: u8, now_ms| index.link_files(&[mark; 32], now_ms, 5).await.unwrap().map(|found| found.1);
    assert_eq!(found(2, 20).await, Some(session.clone()));
    assert_eq!(found(1, 20).await, None, "the session's token is not the files'");
    assert_eq!(index.link_session(&[1; 32], 20, 5).await.unwrap().map(|found| found.1), Some(session));
    assert!(index.link_session(&[2; 32], 20, 5).await.unwrap().is_none(), "nor the files' the session's");
    assert_eq!(found(2, 900).await, None, "it has ended");
    index.revoke_link(&permit(), &id(0x11), 20).await.unwrap();
    assert_eq!(found(2, 20).await, None, "the link was taken back");
    assert!(index.take_try(&manifest, 20).await.unwrap().is_none());
}

pub(super) async fn a_links_permit_narrows_searches(index: &impl Index) {
    for number in 1..=3 {
        store(index, "a", vec![image(number, 1, 1), image(number, 2, 1)]).await;
    }
    let who =
        Principal::LinkHolder { link: id(0x11), studies: vec![study(1), study(3)].into(), allowed: Allowed::View };
    let narrowed = decide::<Search>(&who, Object::Region).unwrap();
    let found = async |query: Query| {
        let answer = index.search(&narrowed, &query).await.unwrap();
        answer.matches.into_iter().map(|one| one.study).collect::<Vec<_>>()
    };
    let mut all = found(Query::at(Level::Study)).await;
    all.sort();
    assert_eq!(all, [study(1), study(3)]);
    assert_eq!(found(Query::at(Level::Series)).await.len(), 4);
    assert_eq!(found(Query::at(Level::Instance)).await.len(), 4);
    assert_eq!(found(Query::at(Level::Study).in_study(&study(2))).await, []);
    assert_eq!(found(Query::at(Level::Series).in_study(&study(3))).await.len(), 2);
    assert_eq!(index.count(&narrowed, &Query::at(Level::Study), 10).await.unwrap(), 2);
    let mut elsewhere = Query::at(Level::Study);
    elsewhere.sites = vec![site("b")];
    assert_eq!(found(elsewhere).await, []);
}

pub(super) async fn links_that_ended_long_ago_are_forgotten(index: &impl Index) {
    for (mark, expires_ms) in [(0x11, 1000), (0x22, 2000), (0x33, 3000)] {
        put(index, Link { expires_ms, ..link(mark, None) }).await;
        assert!(open(index, mark, mark, 10).await);
    }
    index.revoke_link(&permit(), &id(0x33), 500).await.unwrap();
    assert_eq!(index.forget_links(&permit(), 500, 10).await.unwrap(), 0, "not yet");
    assert_eq!(index.forget_links(&permit(), 1500, 1).await.unwrap(), 1, "no more at once than said");
    assert_eq!(index.forget_links(&permit(), 1500, 10).await.unwrap(), 1);
    let left = index.links(&permit(), &LinkFilter::default(), 10).await.unwrap();
    assert_eq!(left.iter().map(|link| link.expires_ms).collect::<Vec<_>>(), [2000]);
    assert_eq!(index.link_events(&permit(), &id(0x11), 10).await.unwrap(), []);
    assert!(!index.link_of_session_ended(&[0x33; 32], 10).await.unwrap());
}
