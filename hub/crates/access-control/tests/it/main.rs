//! The policy as a table: every principal, every action.

use access_control::{Feed, Manage, Object, Overview, ReadAudit, Search, Store, View, decide};
use imaging_domain::{AeTitle, Principal, Role, SiteId, StudyUid};
use std::net::Ipv4Addr;

/// Which actions are allowed on the region, in the order search, view, store, feed, overview, manage, read audit.
fn allowed(who: &Principal, object: Object<'_>) -> String {
    let answers = [
        decide::<Search>(who, object).is_ok(),
        decide::<View>(who, object).is_ok(),
        decide::<Store>(who, object).is_ok(),
        decide::<Feed>(who, object).is_ok(),
        decide::<Overview>(who, object).is_ok(),
        decide::<Manage>(who, object).is_ok(),
        decide::<ReadAudit>(who, object).is_ok(),
    ];
    answers.iter().map(|yes| if *yes { 'x' } else { '-' }).collect()
}

#[test]
fn the_table() {
    let site = SiteId::parse("hospital-01").unwrap();
    let user = |role| Principal::User { name: "somebody".into(), role };
    let peer = Principal::LocalPeer { ae: AeTitle::parse("CT1").unwrap(), addr: Ipv4Addr::LOCALHOST.into() };
    let table = [
        (Principal::Site(site), "xx-----"),
        (Principal::Machine("reader".into()), "xx--x--"),
        (user(Role::Radiologist), "xx--x--"),
        (user(Role::Operator), "----xx-"),
        (user(Role::Auditor), "----x-x"),
        (peer, "--x----"),
        (Principal::Hub, "xx-----"),
        (Principal::Service("job"), "xxxxxxx"),
        (Principal::Anonymous, "-------"),
    ];
    let study = StudyUid::parse("1.2.3").unwrap();
    for (who, expected) in table {
        assert_eq!(allowed(&who, Object::Region), expected, "{who}");
        assert_eq!(allowed(&who, Object::Study(&study)), expected, "{who}");
    }
}

#[test]
fn a_site_moves_its_own_feed_only() {
    let (own, other) = (SiteId::parse("hospital-01").unwrap(), SiteId::parse("hospital-02").unwrap());
    let who = Principal::Site(own.clone());
    assert!(decide::<Feed>(&who, Object::Site(&own)).is_ok());
    assert!(decide::<Feed>(&who, Object::Site(&other)).is_err());
}
