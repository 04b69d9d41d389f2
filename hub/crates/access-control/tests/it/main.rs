//! The policy as a table: every principal, every action.

use access_control::{Feed, Manage, Object, Overview, ReadAudit, Search, Store, View, decide};
use imaging_domain::{AeTitle, Principal, Role, SiteId, SopClassUid, StudyUid};
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

fn machine_of(site: &str) -> Principal {
    Principal::SiteMachine { site: SiteId::parse(site).expect("an identifier"), name: "ct".into() }
}

#[test]
fn the_table() {
    let site = SiteId::parse("hospital-01").unwrap();
    let user = |role| Principal::User { name: "somebody".into(), role };
    let peer = Principal::LocalPeer { ae: AeTitle::parse("CT1").unwrap(), addr: Ipv4Addr::LOCALHOST.into() };
    let table = [
        (Principal::Site(site), "xx-----"),
        (Principal::Machine("reader".into()), "xx--x--"),
        (machine_of("hospital-01"), "xx-----"),
        (user(Role::Radiologist), "xx--x--"),
        (user(Role::Technician), "xx--x--"),
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

#[test]
fn who_stores_what_at_a_site() {
    const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
    const SR: &str = "1.2.840.10008.5.1.4.1.1.88.33";
    const SEG: &str = "1.2.840.10008.5.1.4.1.1.66.4";
    let site = SiteId::parse("centre").unwrap();
    let user = |role| Principal::User { name: "somebody".into(), role };
    for (who, at_all, stored) in [
        (Principal::Site(site.clone()), true, [true, true, true, true]),
        (machine_of("centre"), true, [true, true, true, true]),
        (machine_of("elsewhere"), false, [false; 4]),
        (user(Role::Technician), true, [true, true, true, true]),
        (user(Role::Radiologist), true, [false, true, true, false]),
        (user(Role::Operator), false, [false; 4]),
        (user(Role::Auditor), false, [false; 4]),
        (Principal::Machine("reader".into()), false, [false; 4]),
        (Principal::Hub, false, [false; 4]),
        (Principal::Anonymous, false, [false; 4]),
    ] {
        assert_eq!(decide::<Store>(&who, Object::Site(&site)).is_ok(), at_all, "{who}");
        for (class, expected) in [Some(CT), Some(SR), Some(SEG), None].into_iter().zip(stored) {
            let parsed = class.map(|class| SopClassUid::parse(class).unwrap());
            let object = Object::Instance { site: &site, class: parsed.as_ref() };
            assert_eq!(decide::<Store>(&who, object).is_ok(), expected, "{who} {class:?}");
        }
    }
}
