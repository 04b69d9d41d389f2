//! Accounts of the identity provider beside local ones.

use archive::{Error, People};
use audit_log::AuditLog;
use catalog::{Config, Sqlite};
use imaging_domain::{Principal, Role};
use std::sync::Arc;

const NOW_MS: i64 = 1_700_000_000_000;

fn user(name: &str, role: Role) -> Principal {
    Principal::User { name: name.into(), role }
}

#[tokio::test]
async fn the_provider_s_people_have_sessions_and_no_password() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = Arc::new(Sqlite::open(&Config { path: folder.path().join("index.db"), readers: 1 }).unwrap());
    let (audit, lines) = AuditLog::memory(|| NOW_MS);
    let people = People { accounts, audit, clock: || NOW_MS };
    let anna = user("anna@id.example", Role::Radiologist);
    let signed_in = people.sign_in_by_provider(anna.clone()).await.unwrap();
    assert_eq!(people.session(&signed_in.token).await.unwrap(), anna);
    for password in ["", "by provider", "anything"] {
        assert!(matches!(people.sign_in("anna@id.example", password).await, Err(Error::NotFound(_))), "{password}");
    }
    // another role the next time, and the session of before has it too
    let changed = user("anna@id.example", Role::Auditor);
    people.sign_in_by_provider(changed.clone()).await.unwrap();
    assert_eq!(people.session(&signed_in.token).await.unwrap(), changed);
    let said = lines.text();
    let signed_in = |who: &str| said.lines().any(|line| line.contains("\"sign_in\"") && line.contains(who));
    assert!(signed_in("user:anna@id.example:radiologist") && signed_in("user:anna@id.example:auditor"), "{said}");
}

#[tokio::test]
async fn a_local_account_is_nobody_s_at_the_provider() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = Arc::new(Sqlite::open(&Config { path: folder.path().join("index.db"), readers: 1 }).unwrap());
    let people = People { accounts, audit: AuditLog::memory(|| NOW_MS).0, clock: || NOW_MS };
    let operator = Principal::Service("test");
    people.put_account(&operator, "anna@id.example", Role::Auditor, "a long password").await.unwrap();
    let who = user("anna@id.example", Role::Radiologist);
    assert!(matches!(people.sign_in_by_provider(who).await, Err(Error::NotFound(_))));
    for nobody in [Principal::Anonymous, Principal::Hub, Principal::Machine("reader".into())] {
        assert!(people.sign_in_by_provider(nobody).await.is_err());
    }
    let signed_in = people.sign_in("anna@id.example", "a long password").await.unwrap();
    assert_eq!(signed_in.principal, user("anna@id.example", Role::Auditor));
    people.put_account(&operator, "anna@id.example", Role::Auditor, "another long password").await.unwrap();
    assert_eq!(people.session(&signed_in.token).await.unwrap(), Principal::Anonymous, "the old password opened it");
}

#[tokio::test]
async fn whom_the_provider_gives_no_role_any_more_has_no_session_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = Arc::new(Sqlite::open(&Config { path: folder.path().join("index.db"), readers: 1 }).unwrap());
    let (audit, lines) = AuditLog::memory(|| NOW_MS);
    let people = People { accounts, audit, clock: || NOW_MS };
    let (anna, bert) = (user("anna@id.example", Role::Radiologist), user("bert@id.example", Role::Radiologist));
    let (first, second) = (
        people.sign_in_by_provider(anna.clone()).await.unwrap(),
        people.sign_in_by_provider(anna.clone()).await.unwrap(),
    );
    let other = people.sign_in_by_provider(bert.clone()).await.unwrap();
    people.put_account(&Principal::Service("test"), "carl", Role::Auditor, "a long password").await.unwrap();
    let local = people.sign_in("carl", "a long password").await.unwrap();
    for named in [None, Some("nobody@id.example"), Some("carl")] {
        people.refused_by_provider(named, 1).await.unwrap();
    }
    assert_eq!(people.session(&first.token).await.unwrap(), anna);
    people.refused_by_provider(Some("anna@id.example"), 1).await.unwrap();
    for ended in [&first, &second] {
        assert_eq!(people.session(&ended.token).await.unwrap(), Principal::Anonymous);
    }
    assert_eq!(people.session(&other.token).await.unwrap(), bert);
    assert_ne!(
        people.session(&local.token).await.unwrap(),
        Principal::Anonymous,
        "a local account is not the provider's"
    );
    let said = lines.text();
    assert_eq!(said.lines().filter(|line| line.contains("denied")).count(), 4, "{said}");
    let ended = said.lines().filter(|line| line.contains("\"sign_out\"")).collect::<Vec<_>>();
    assert!(ended.len() == 1 && ended[0].contains("anna@id.example") && ended[0].contains("2"), "{said}");
}
