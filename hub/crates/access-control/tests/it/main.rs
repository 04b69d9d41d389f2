//! The policy as a table: every principal, every action.

use access_control::{
    Delete, Export, Feed, Manage, Object, Overview, ReadAudit, Search, Share, Store, View, Work, decide,
};
use imaging_domain::{AeTitle, Allowed, LinkId, Principal, Role, SiteId, SopClassUid, StudyUid};
use std::net::Ipv4Addr;

/// Which actions are allowed on the region, in the order search, view, export, store, feed, overview, manage, read audit,
/// share, delete, work.
fn allowed(who: &Principal, object: Object<'_>) -> String {
    let answers = [
        decide::<Search>(who, object).is_ok(),
        decide::<View>(who, object).is_ok(),
        decide::<Export>(who, object).is_ok(),
        decide::<Store>(who, object).is_ok(),
        decide::<Feed>(who, object).is_ok(),
        decide::<Overview>(who, object).is_ok(),
        decide::<Manage>(who, object).is_ok(),
        decide::<ReadAudit>(who, object).is_ok(),
        decide::<Share>(who, object).is_ok(),
        decide::<Delete>(who, object).is_ok(),
        decide::<Work>(who, object).is_ok(),
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
        (Principal::Site(site), "xxx-----x-x"),
        (Principal::Machine("reader".into()), "xxx--x----x"),
        (machine_of("hospital-01"), "xxx-------x"),
        (Principal::Gate("public".into()), "-----------"),
        (user(Role::Radiologist), "xxx--x--x-x"),
        (user(Role::Technician), "xxx--x--x-x"),
        (user(Role::Operator), "-----xx----"),
        (user(Role::Auditor), "-----x-x---"),
        (peer, "xxxx-------"),
        (Principal::Hub, "xxx--------"),
        (Principal::Service("job"), "xxxxxxxxxxx"),
        (Principal::Anonymous, "-----------"),
    ];
    let study = StudyUid::parse("1.2.3").unwrap();
    for (who, expected) in table {
        assert_eq!(allowed(&who, Object::Region), expected, "{who}");
        // work is the region's, never a study's
        let of_a_study =
            if who == Principal::Service("job") { expected.to_owned() } else { expected[..10].to_owned() + "-" };
        assert_eq!(allowed(&who, Object::Study(&study)), of_a_study, "{who}");
    }
}

#[test]
fn a_site_moves_its_own_feed_only() {
    let (own, other) = (SiteId::parse("hospital-01").unwrap(), SiteId::parse("hospital-02").unwrap());
    let who = Principal::Site(own.clone());
    assert!(decide::<Feed>(&who, Object::Site(&own)).is_ok());
    assert!(decide::<Feed>(&who, Object::Site(&other)).is_err());
    assert!(decide::<Feed>(&Principal::Gate("hospital-01".into()), Object::Site(&own)).is_err());
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
        (Principal::Gate("centre".into()), false, [false; 4]),
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

#[test]
fn a_link_is_for_its_studies() {
    let own = [StudyUid::parse("1.2.3").unwrap(), StudyUid::parse("1.2.4").unwrap()];
    let holder = |allowed| Principal::LinkHolder {
        link: LinkId::parse("0123456789abcdef").unwrap(),
        studies: own.to_vec().into(),
        allowed,
    };
    let (other, site) = (StudyUid::parse("1.2.5").unwrap(), SiteId::parse("hospital-01").unwrap());
    for (allowed_by_link, on_own) in [(Allowed::View, "xx---------"), (Allowed::Download, "xxx--------")] {
        let who = holder(allowed_by_link);
        assert_eq!(allowed(&who, Object::Region), "x----------", "narrowed by the permit");
        assert_eq!(allowed(&who, Object::Study(&own[1])), on_own);
        assert_eq!(allowed(&who, Object::Study(&other)), "-----------");
        assert_eq!(allowed(&who, Object::Site(&site)), "-----------");
        assert_eq!(decide::<Search>(&who, Object::Region).unwrap().only_studies(), Some(&own[..]));
    }
    assert_eq!(decide::<Search>(&Principal::Hub, Object::Region).unwrap().only_studies(), None);
}
