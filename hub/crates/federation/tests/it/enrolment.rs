//! Becoming a site: who is invited, what a code is good for, and who the certificate says its holder is.

use crate::{
    hub::{Hub, encoded, operator},
    instances::{open, site},
};
use audit_log::{AuditLog, Lines};
use federation::{
    Application, Authority, CERTIFICATE_DAYS, Code, Enrolled, Enrolment, Error, INVITATION_MS, Identity, Peer, Request,
    issued_ms, join, renew,
};
use imaging_domain::{ErrorKind, Principal, Role};
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_ECDSA_P384_SHA384, SanType};
use rustls_pki_types::{CertificateDer, pem::PemObject};
use std::{cell::Cell, sync::Arc};
use tempfile::TempDir;

thread_local! {
    /// Milliseconds since 1970 UTC; each test has a thread of its own.
    static NOW_MS: Cell<i64> = const { Cell::new(1_700_000_000_000) };
}

fn pass(ms: i64) {
    NOW_MS.with(|now| now.set(now.get() + ms));
}

struct Region {
    enrolment: Enrolment,
    lines: Lines,
    _folder: TempDir,
}

fn region() -> Region {
    let folder = tempfile::tempdir().unwrap();
    let (audit, lines) = AuditLog::memory(|| 0);
    let clock = || NOW_MS.with(Cell::get);
    let enrolment = Enrolment {
        registry: Arc::new(open(folder.path(), "hub.db")),
        authority: Authority::create("region", clock()).unwrap().0,
        audit,
        clock,
        federation: "hub.example:8446".into(),
        web: "hub.example:8445".into(),
    };
    Region { enrolment, lines, _folder: folder }
}

impl Region {
    async fn invite(&self, name: &str) -> Code {
        self.enrolment.invite(&operator(), &site(name), name, rand::random()).await.unwrap()
    }

    async fn enrol(&self, secret: &str) -> Result<Enrolled, Error> {
        let csr_pem = Request::generate().unwrap().csr_pem;
        self.enrolment.enrol(&Application { secret: secret.to_owned(), csr_pem }).await
    }

    /// How many events of a kind and an outcome there are.
    fn events(&self, what: &str, outcome: &str) -> usize {
        let (what, outcome) = (format!("\"what\":\"{what}\""), format!("\"outcome\":\"{outcome}\""));
        self.lines.text().lines().filter(|line| line.contains(&what) && line.contains(&outcome)).count()
    }
}

fn peer(certificate_pem: &str) -> Peer {
    Peer::of_certificate(&CertificateDer::from_pem_slice(certificate_pem.as_bytes()).unwrap()).unwrap()
}

#[tokio::test]
async fn a_code_works_once() {
    let region = region();
    let code = region.invite("a").await;
    let enrolled = region.enrol(&encoded(&code.secret)).await.unwrap();
    assert_eq!(enrolled.identity, "site:a");
    assert_eq!(enrolled.federation, "hub.example:8446");
    let peer = peer(&enrolled.certificate_pem);
    assert_eq!(peer.identity, Identity::Site(site("a")));
    assert!(region.enrolment.registry.is_valid(&site("a"), &peer.fingerprint).await.unwrap());
    for _ in 0..2 {
        assert!(matches!(region.enrol(&encoded(&code.secret)).await, Err(Error::Refused)));
    }
    assert_eq!((region.events("enrol", "success"), region.events("enrol", "denied")), (1, 2));
    assert_eq!(region.events("invite", "success"), 1);
}

#[tokio::test]
async fn a_code_used_by_many_at_once_works_for_one() {
    let region = region();
    let secret = encoded(&region.invite("a").await.secret);
    let tries = futures_util::future::join_all((0..10).map(|_| region.enrol(&secret))).await;
    assert_eq!(tries.iter().filter(|tried| tried.is_ok()).count(), 1);
}

#[tokio::test]
async fn a_code_ends_after_its_time() {
    for (waited_ms, works) in [(INVITATION_MS - 1, true), (INVITATION_MS + 1, false)] {
        let region = region();
        let code = region.invite("a").await;
        pass(waited_ms);
        let enrolled = region.enrol(&encoded(&code.secret)).await;
        assert_eq!(enrolled.is_ok(), works, "after {waited_ms} ms");
        assert!(works || matches!(enrolled, Err(Error::Refused)));
    }
}

#[tokio::test]
async fn a_wrong_secret_is_refused_and_the_right_one_still_works() {
    let region = region();
    let code = region.invite("a").await;
    let near = {
        let mut near = code.secret;
        near[31] ^= 1;
        near
    };
    let wrong = [encoded(&near), encoded(&code.secret[..31]), String::new(), "no base64 !".into(), "A".repeat(10_000)];
    for (number, secret) in wrong.iter().enumerate() {
        assert!(matches!(region.enrol(secret).await, Err(Error::Refused)), "{secret:?}");
        assert_eq!(region.events("enrol", "denied"), number + 1, "{secret:?} was not written down");
    }
    region.enrol(&encoded(&code.secret)).await.unwrap();
}

#[tokio::test]
async fn a_later_invitation_ends_the_earlier() {
    let region = region();
    let (first, second) = (region.invite("a").await, region.invite("a").await);
    assert!(matches!(region.enrol(&encoded(&first.secret)).await, Err(Error::Refused)));
    region.enrol(&encoded(&second.secret)).await.unwrap();
}

#[tokio::test]
async fn who_a_site_is_the_hub_decides_and_not_the_request() {
    let region = region();
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["hub.example".into()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, "site:b");
    for uri in ["site:b", "machine:reader"] {
        params.subject_alt_names.push(SanType::URI(uri.try_into().unwrap()));
    }
    let csr_pem = params.serialize_request(&key).unwrap().pem().unwrap();
    let secret = encoded(&region.invite("a").await.secret);
    let enrolled = region.enrolment.enrol(&Application { secret, csr_pem }).await.unwrap();
    assert_eq!(
        (enrolled.identity.as_str(), peer(&enrolled.certificate_pem).identity),
        ("site:a", Identity::Site(site("a")))
    );
    let der = CertificateDer::from_pem_slice(enrolled.certificate_pem.as_bytes()).unwrap();
    for asked in ["site:b", "machine:reader", "hub.example"] {
        let found = der.windows(asked.len()).any(|window| window == asked.as_bytes());
        assert!(!found, "the certificate has {asked} of the request");
    }
}

#[tokio::test]
async fn a_request_that_cannot_be_signed_is_refused() {
    let region = region();
    let key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    let other_key = CertificateParams::default().serialize_request(&key).unwrap().pem().unwrap();
    for csr_pem in [other_key, "no request".into(), String::new()] {
        let secret = encoded(&region.invite("a").await.secret);
        let refused = region.enrolment.enrol(&Application { secret, csr_pem }).await.err().unwrap();
        assert_eq!(refused.kind(), ErrorKind::Invalid);
    }
    assert_eq!(region.events("enrol", "success"), 0);
}

#[tokio::test]
async fn only_an_operator_invites_revokes_and_makes_machines() {
    let region = region();
    let csr_pem = Request::generate().unwrap().csr_pem;
    let radiologist = Principal::User { name: "li".into(), role: Role::Radiologist };
    for who in [Principal::Anonymous, radiologist, Principal::Site(site("a")), Principal::Hub] {
        let enrolment = &region.enrolment;
        let refused = [
            enrolment.invite(&who, &site("a"), "a", [7; 32]).await.err(),
            enrolment.revoke(&who, &site("a")).await.err(),
            enrolment.machine(&who, &site("reader"), &csr_pem).await.err(),
        ];
        assert!(refused.iter().all(|refused| matches!(refused, Some(Error::Refused))), "{who}: {refused:?}");
    }
    assert!(matches!(region.enrol(&encoded(&[7; 32])).await, Err(Error::Refused)));
    let machine = region.enrolment.machine(&operator(), &site("reader"), &csr_pem).await.unwrap();
    assert_eq!(peer(&machine).identity, Identity::Machine("reader".into()));
}

#[tokio::test]
async fn only_a_site_renews_and_only_as_itself() {
    let region = region();
    region.enrol(&encoded(&region.invite("a").await.secret)).await.unwrap();
    let application = Application { secret: String::new(), csr_pem: Request::generate().unwrap().csr_pem };
    for who in [Principal::Anonymous, Principal::Machine("a".into()), operator()] {
        assert!(matches!(region.enrolment.renew(&who, &application).await, Err(Error::Refused)), "{who}");
    }
    pass(10 * 86_400_000);
    let renewed = region.enrolment.renew(&Principal::Site(site("a")), &application).await.unwrap();
    assert_eq!(peer(&renewed.certificate_pem).identity, Identity::Site(site("a")));
    let age_ms = NOW_MS.with(Cell::get) - issued_ms(&renewed.certificate_pem).unwrap();
    assert!(age_ms < CERTIFICATE_DAYS as i64 * 86_400_000 / 3, "a new certificate that is {age_ms} ms old");
}

#[tokio::test]
async fn a_hospital_joins_and_renews_over_the_network() {
    let hub = Hub::start().await;
    let code = hub.enrolment.invite(&operator(), &site("a"), "Hospital A", rand::random()).await.unwrap();
    let code = Code::parse(&code.to_line()).unwrap();
    let membership = join(&code).await.unwrap();
    assert_eq!((&membership.site, &membership.federation), (&site("a"), &hub.federation));
    assert!(matches!(join(&code).await, Err(Error::Refused)));
    let renewed = renew(&membership).await.unwrap();
    assert_ne!(renewed.credentials.key_pem, membership.credentials.key_pem, "the key is the old one");
    assert_eq!(renewed.site, membership.site);
}

#[tokio::test]
async fn a_hospital_gives_its_secret_to_no_other_hub() {
    let (hub, other) = (Hub::start().await, Hub::start().await);
    let mut code = hub.enrolment.invite(&operator(), &site("a"), "Hospital A", rand::random()).await.unwrap();
    let right = std::mem::replace(&mut code.address, other.enrolment.web.clone());
    assert_eq!(join(&code).await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(other.requests(), 0, "the secret was sent");
    code.address = right;
    join(&code).await.unwrap();
}

#[tokio::test]
async fn a_gate_is_nothing_but_a_gate() {
    let region = region();
    let operator = Principal::Service("command line");
    let csr_pem = Request::generate().unwrap().csr_pem;
    let certificate_pem = region.enrolment.gate(&operator, &site("public"), &csr_pem).await.unwrap();
    let identity = peer(&certificate_pem).identity;
    assert_eq!(
        (identity.to_string().as_str(), identity.principal()),
        ("gate:public", Principal::Gate("public".into()))
    );
    let gate = identity.principal();
    let application = Application { secret: String::new(), csr_pem: csr_pem.clone() };
    assert!(matches!(region.enrolment.renew(&gate, &application).await, Err(Error::Refused)));
    assert!(matches!(region.enrolment.gate(&gate, &site("other"), &csr_pem).await, Err(Error::Refused)));
    for text in ["gate:", "gate:a@b", "gate:A", "gate:a/b"] {
        assert_eq!(Identity::parse(text), None, "{text}");
    }
}
