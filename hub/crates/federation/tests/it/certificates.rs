//! Who gets through the handshake of the hub's listener for hospitals.

use crate::hub::{DAY_MS, Hub, credentials, note, now_ms};
use federation::{
    Authority, Credentials, Dialler, Error, FEED_PATH, Request,
    sync::{Batch, Held},
    tls,
};
use imaging_domain::ErrorKind;
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion, crypto::aws_lc_rs, version};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use std::sync::Arc;

/// Says over a dialler that the hospital lives.
async fn sign_of_life(dialler: &Dialler) -> Result<Held, Error> {
    dialler.dial().await?.post(FEED_PATH, &Batch { last: 0, changes: vec![] }).await
}

async fn assert_refused(hub: &Hub, dialler: &Dialler, why: &str) {
    let before = hub.requests();
    match sign_of_life(dialler).await {
        Err(error) => assert_eq!(error.kind(), ErrorKind::Unavailable, "{why}: {error}"),
        Ok(held) => panic!("{why}: the hub answered {held:?}"),
    }
    assert_eq!(hub.requests(), before, "{why}: a request came through");
}

/// A client that trusts the hub and speaks only one version of TLS, with or without a certificate.
fn client(version: &'static SupportedProtocolVersion, hub: &Hub, shown: Option<&Credentials>) -> Arc<ClientConfig> {
    let certificates = |pem: &str| -> Vec<CertificateDer<'static>> {
        CertificateDer::pem_slice_iter(pem.as_bytes()).map(Result::unwrap).collect()
    };
    let mut roots = RootCertStore::empty();
    for certificate in certificates(hub.authority.certificate_pem()) {
        roots.add(certificate).unwrap();
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let builder = builder.with_protocol_versions(&[version]).unwrap().with_root_certificates(roots);
    let config = match shown {
        None => builder.with_no_client_auth(),
        Some(shown) => {
            let key = PrivateKeyDer::from_pem_slice(shown.key_pem.as_bytes()).unwrap();
            builder.with_client_auth_cert(certificates(&shown.chain_pem), key).unwrap()
        }
    };
    Arc::new(config)
}

#[tokio::test]
async fn a_member_is_let_in_over_tls_1_3_alone() {
    let hub = Hub::start().await;
    let member = hub.member("a").await;
    let dialler = Hub::dialler(&hub.federation, &member);
    assert_eq!(sign_of_life(&dialler).await.unwrap().held, 0);
    let new = Dialler::new(&hub.federation, client(&version::TLS13, &hub, Some(&member)));
    assert_eq!(sign_of_life(&new).await.unwrap().held, 0);
    let old = Dialler::new(&hub.federation, client(&version::TLS12, &hub, Some(&member)));
    assert_refused(&hub, &old, "TLS 1.2").await;
}

#[tokio::test]
async fn nobody_without_a_certificate_is_let_in() {
    let hub = Hub::start().await;
    let bare = Dialler::new(&hub.federation, client(&version::TLS13, &hub, None));
    assert_refused(&hub, &bare, "no certificate").await;
    let pinned = tls::pinned_client(hub.authority.fingerprint().unwrap()).unwrap();
    assert_refused(&hub, &Dialler::new(&hub.federation, pinned), "first contact").await;
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_refused() {
    let hub = Hub::start().await;
    let (foreign, _) = Authority::create("region", now_ms()).unwrap();
    let mut shown = credentials(&foreign, "a", now_ms(), 30);
    shown.authority_pem = hub.authority.certificate_pem().to_owned();
    note(&hub, "a", &shown).await;
    assert_refused(&hub, &Hub::dialler(&hub.federation, &shown), "a foreign authority").await;
    shown.chain_pem += foreign.certificate_pem();
    assert_refused(&hub, &Hub::dialler(&hub.federation, &shown), "a foreign authority in the chain").await;
}

#[tokio::test]
async fn a_certificate_out_of_its_dates_is_refused() {
    let hub = Hub::start().await;
    for (from_ms, days, why) in [(now_ms() - 31 * DAY_MS, 30, "expired"), (now_ms() + 2 * DAY_MS, 30, "not begun")] {
        let shown = credentials(&hub.authority, "a", from_ms, days);
        note(&hub, "a", &shown).await;
        assert_refused(&hub, &Hub::dialler(&hub.federation, &shown), why).await;
    }
    let shown = credentials(&hub.authority, "a", now_ms() - 29 * DAY_MS, 30);
    note(&hub, "a", &shown).await;
    sign_of_life(&Hub::dialler(&hub.federation, &shown)).await.unwrap();
}

#[tokio::test]
async fn the_certificate_of_a_server_opens_no_door() {
    let hub = Hub::start().await;
    let server = hub.authority.server(&["127.0.0.1".into()], now_ms()).unwrap();
    assert_refused(&hub, &Hub::dialler(&hub.federation, &server), "a server's certificate").await;
}

#[tokio::test]
async fn a_certificate_without_its_key_cannot_be_shown() {
    let hub = Hub::start().await;
    let stolen = Credentials { key_pem: Request::generate().unwrap().key_pem, ..hub.member("a").await };
    assert_eq!(tls::mutual_client(&stolen).err().unwrap().kind(), ErrorKind::Invalid);
}

#[tokio::test]
async fn a_hospital_talks_to_no_hub_of_another_authority() {
    let hub = Hub::start().await;
    let mut member = hub.member("a").await;
    member.authority_pem = Authority::create("region", now_ms()).unwrap().0.certificate_pem().to_owned();
    assert_refused(&hub, &Hub::dialler(&hub.federation, &member), "a hub that is not the region's").await;
}

#[tokio::test]
async fn revoking_ends_every_certificate_of_a_site() {
    let hub = Hub::start().await;
    let (one, other) = (hub.member("a").await, hub.member("b").await);
    hub.enrolment.revoke(&crate::hub::operator(), &crate::instances::site("a")).await.unwrap();
    assert_refused(&hub, &Hub::dialler(&hub.federation, &one), "revoked").await;
    sign_of_life(&Hub::dialler(&hub.federation, &other)).await.unwrap();
}
