//! Cases of the registry and of accounts.

use super::{
    Index,
    sample::{image, permit, site, store},
};
use crate::ports::{Account, Invitation, Session};
use imaging_domain::{Change, ErrorKind, Event, Role};

fn invitation(name: &str, secret: u8) -> Invitation {
    Invitation { site: site(name), name: format!("Hospital {name}"), secret_digest: [secret; 32], expires_ms: 1000 }
}

pub(super) async fn an_invitation_is_used_once(index: &impl Index) {
    let redeem =
        async |secret: u8, now_ms| index.redeem(&permit(), &[secret; 32], now_ms).await.map_err(|error| error.kind());
    index.invite(&permit(), invitation("a", 1)).await.unwrap();
    assert_eq!(redeem(2, 10).await, Err(ErrorKind::NotFound), "another secret");
    assert_eq!(redeem(1, 1001).await, Err(ErrorKind::NotFound), "it has ended");
    assert_eq!(redeem(1, 999).await, Ok(site("a")));
    assert_eq!(redeem(1, 999).await, Err(ErrorKind::NotFound), "it is used up");
    index.invite(&permit(), invitation("a", 3)).await.unwrap();
    index.invite(&permit(), invitation("a", 4)).await.unwrap();
    index.invite(&permit(), invitation("b", 5)).await.unwrap();
    assert_eq!(redeem(3, 10).await, Err(ErrorKind::NotFound), "it was replaced");
    assert_eq!(redeem(4, 10).await, Ok(site("a")));
    assert_eq!(redeem(5, 10).await, Ok(site("b")));
}

pub(super) async fn certificates_end_with_revocation(index: &impl Index) {
    let (a, b) = (site("a"), site("b"));
    index.invite(&permit(), invitation("a", 1)).await.unwrap();
    index.invite(&permit(), invitation("b", 2)).await.unwrap();
    assert!(!index.is_valid(&a, &[7; 32]).await.unwrap(), "it was not issued");
    for (site, mark) in [(&a, 7), (&a, 8), (&b, 9)] {
        index.certify(&permit(), site, &[mark; 32], 5000).await.unwrap();
    }
    assert!(index.is_valid(&a, &[7; 32]).await.unwrap());
    assert!(index.is_valid(&a, &[8; 32]).await.unwrap(), "a renewed one beside the old");
    assert!(!index.is_valid(&b, &[7; 32]).await.unwrap(), "it is of another site");
    index.revoke(&permit(), &a).await.unwrap();
    for mark in [7, 8] {
        assert!(!index.is_valid(&a, &[mark; 32]).await.unwrap());
    }
    assert!(index.is_valid(&b, &[9; 32]).await.unwrap());
    index.certify(&permit(), &a, &[7; 32], 5000).await.unwrap();
    assert!(!index.is_valid(&a, &[7; 32]).await.unwrap(), "what was revoked stays so");
    index.certify(&permit(), &a, &[10; 32], 5000).await.unwrap();
    assert!(index.is_valid(&a, &[10; 32]).await.unwrap(), "a new one after the revocation");
}

pub(super) async fn a_site_is_held_by_the_hub_or_has_an_adapter(index: &impl Index) {
    let (held, invited) = (site("centre"), site("a"));
    assert!(!index.is_held(&held).await.unwrap(), "nobody made it");
    index.hold(&permit(), &held, "Centre").await.unwrap();
    index.hold(&permit(), &held, "").await.unwrap();
    assert!(index.is_held(&held).await.unwrap());
    let refused = index.invite(&permit(), invitation("centre", 1)).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Invalid, "it would number its changes twice");
    index.certify(&permit(), &held, &[7; 32], 5000).await.unwrap();
    index.hold(&permit(), &held, "Health centre").await.unwrap();
    index.invite(&permit(), invitation("a", 2)).await.unwrap();
    assert_eq!(index.hold(&permit(), &invited, "").await.unwrap_err().kind(), ErrorKind::Invalid);
    store(index, "centre", vec![image(1, 1, 1)]).await;
    let sites = index.sites(&permit()).await.unwrap();
    let rows: Vec<_> = sites.iter().map(|s| (s.site.as_str(), s.name.as_str(), s.held_by_hub, s.position)).collect();
    assert_eq!(rows, [("a", "Hospital a", false, 0), ("centre", "Health centre", true, 1)]);
}

pub(super) async fn sites_are_listed_by_name(index: &impl Index) {
    index.invite(&permit(), invitation("c", 1)).await.unwrap();
    store(index, "a", vec![image(1, 1, 1), image(1, 1, 2), image(2, 1, 1)]).await;
    let line = Change { number: 1, event: Event::Stored(Box::new(image(1, 1, 1))) };
    index.apply(&permit(), &site("b"), vec![line], 4711).await.unwrap();
    let sites = index.sites(&permit()).await.unwrap();
    let rows: Vec<_> = sites.iter().map(|s| (s.site.as_str(), s.name.as_str(), s.studies, s.instances)).collect();
    assert_eq!(rows, [("a", "", 2, 3), ("b", "", 1, 1), ("c", "Hospital c", 0, 0)]);
    assert_eq!((sites[1].position, sites[1].last_change_ms), (1, Some(4711)));
    assert_eq!((sites[2].position, sites[2].last_change_ms), (0, None));
}

pub(super) async fn accounts_are_replaced(index: &impl Index) {
    let account = |role, hash: &str| Account { name: "li".into(), role, password_hash: hash.into() };
    assert_eq!(index.account("li").await.unwrap(), None);
    index.put_account(&permit(), account(Role::Operator, "one")).await.unwrap();
    index.put_account(&permit(), account(Role::Radiologist, "two")).await.unwrap();
    assert_eq!(index.account("li").await.unwrap(), Some(account(Role::Radiologist, "two")));
    assert_eq!(index.account("LI' OR 1=1 --").await.unwrap(), None);
}

pub(super) async fn sessions_end(index: &impl Index) {
    let account = Account { name: "li".into(), role: Role::Auditor, password_hash: "hash".into() };
    index.put_account(&permit(), account.clone()).await.unwrap();
    let session =
        |mark: u8, name: &str, expires_ms| Session { token_digest: [mark; 32], name: name.into(), expires_ms };
    index.open_session(session(1, "li", 1000), 0).await.unwrap();
    index.open_session(session(2, "li", 3000), 0).await.unwrap();
    index.open_session(session(3, "nobody", 3000), 0).await.unwrap();
    assert_eq!(index.session(&[1; 32], 999).await.unwrap(), Some(account.clone()));
    assert_eq!(index.session(&[1; 32], 1001).await.unwrap(), None, "it has ended");
    assert_eq!(index.session(&[3; 32], 0).await.unwrap(), None, "there is no such account");
    assert_eq!(index.session(&[9; 32], 0).await.unwrap(), None);
    index.open_session(session(4, "li", 9000), 2000).await.unwrap();
    assert_eq!(index.session(&[1; 32], 0).await.unwrap(), None, "what ended is gone");
    assert_eq!(index.session(&[2; 32], 2000).await.unwrap(), Some(account));
    index.close_session(&[2; 32]).await.unwrap();
    index.close_session(&[2; 32]).await.unwrap();
    assert_eq!(index.session(&[2; 32], 2000).await.unwrap(), None);
    index
        .put_account(&permit(), Account { name: "wu".into(), role: Role::Auditor, password_hash: "hash".into() })
        .await
        .unwrap();
    index.open_session(session(5, "wu", 9000), 2000).await.unwrap();
    index.open_session(session(6, "li", 2500), 2000).await.unwrap();
    assert_eq!(index.close_sessions(&permit(), "li", 3000).await.unwrap(), 1, "the other had ended");
    assert_eq!(index.close_sessions(&permit(), "li", 3000).await.unwrap(), 0);
    assert_eq!(index.session(&[4; 32], 3000).await.unwrap(), None);
    assert!(index.session(&[5; 32], 3000).await.unwrap().is_some(), "of another account");
}
