//! Mutual TLS, version 1.3 alone: who signs, who must show a certificate, and the pinned first contact of a hospital
//! that does not know the authority yet.

use crate::{
    authority::{Credentials, fingerprint},
    error::Error,
    shown::Shown,
};
use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, ServerConfig, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, aws_lc_rs},
    server::WebPkiClientVerifier,
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject};
use std::sync::Arc;

/// The listener of hospitals and machines: nobody without a certificate of the region's authority gets in.
///
/// # Errors
/// [`Error::Certificate`] when the credentials do not fit together.
pub fn mutual_server(credentials: &Credentials) -> Result<Arc<ServerConfig>, Error> {
    let roots = Arc::new(roots(&credentials.authority_pem)?);
    let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider()).build();
    let verifier = verifier.map_err(|_| Error::Certificate("authority is unusable"))?;
    let builder = ServerConfig::builder_with_provider(provider()).with_protocol_versions(&[&TLS13]);
    let builder =
        builder.map_err(|_| Error::Certificate("TLS 1.3 is unavailable"))?.with_client_cert_verifier(verifier);
    finish_server(builder.with_single_cert(chain(&credentials.chain_pem)?, key(&credentials.key_pem)?))
}

/// The listener of browsers: the hub shows its certificate and asks for none.
///
/// # Errors
/// [`Error::Certificate`] when the credentials do not fit together.
pub fn web_server(credentials: &Credentials) -> Result<Arc<ServerConfig>, Error> {
    let builder = ServerConfig::builder_with_provider(provider()).with_protocol_versions(&[&TLS13]);
    let builder = builder.map_err(|_| Error::Certificate("TLS 1.3 is unavailable"))?.with_no_client_auth();
    finish_server(builder.with_single_cert(chain(&credentials.chain_pem)?, key(&credentials.key_pem)?))
}

/// The public listener, for whatever telephone comes: TLS 1.2 too, a certificate that can be replaced, none asked for.
///
/// # Errors
/// [`Error::Certificate`] when TLS is unavailable.
pub fn public_server(shown: Arc<Shown>) -> Result<Arc<ServerConfig>, Error> {
    let builder = ServerConfig::builder_with_provider(provider()).with_protocol_versions(&[&TLS13, &TLS12]);
    let builder = builder.map_err(|_| Error::Certificate("TLS is unavailable"))?.with_no_client_auth();
    finish_server(Ok(builder.with_cert_resolver(shown)))
}

/// A chain with its key, ready to be shown.
pub(crate) fn certified(chain_pem: &str, key_pem: &str) -> Result<Arc<CertifiedKey>, Error> {
    let certified = CertifiedKey::from_der(chain(chain_pem)?, key(key_pem)?, &provider());
    let certified = certified.map_err(|_| Error::Certificate("certificate and key do not fit"))?;
    Ok(Arc::new(certified))
}

/// A hospital's side: trusts the region's authority alone, shows its certificate.
///
/// # Errors
/// [`Error::Certificate`] when the credentials do not fit together.
pub fn mutual_client(credentials: &Credentials) -> Result<Arc<ClientConfig>, Error> {
    mutual(credentials, b"http/1.1")
}

/// A gate's side: the same, for many requests on one connection.
///
/// # Errors
/// As [`mutual_client`].
pub fn gate_client(credentials: &Credentials) -> Result<Arc<ClientConfig>, Error> {
    mutual(credentials, b"h2")
}

fn mutual(credentials: &Credentials, protocol: &[u8]) -> Result<Arc<ClientConfig>, Error> {
    let builder = ClientConfig::builder_with_provider(provider()).with_protocol_versions(&[&TLS13]);
    let builder = builder.map_err(|_| Error::Certificate("TLS 1.3 is unavailable"))?;
    let builder = builder.with_root_certificates(roots(&credentials.authority_pem)?);
    let config = builder.with_client_auth_cert(chain(&credentials.chain_pem)?, key(&credentials.key_pem)?);
    let mut config = config.map_err(|_| Error::Certificate("certificate and key do not fit"))?;
    config.alpn_protocols = vec![protocol.to_vec()];
    Ok(Arc::new(config))
}

/// First contact: trusts whatever authority has this fingerprint, provided the server shows it in its chain.
///
/// # Errors
/// [`Error::Certificate`] when TLS 1.3 is unavailable.
pub fn pinned_client(authority: [u8; 32]) -> Result<Arc<ClientConfig>, Error> {
    let builder = ClientConfig::builder_with_provider(provider()).with_protocol_versions(&[&TLS13]);
    let builder = builder.map_err(|_| Error::Certificate("TLS 1.3 is unavailable"))?;
    let verifier = Arc::new(Pinned { authority, provider: provider() });
    let mut config = builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

fn finish_server(config: Result<ServerConfig, rustls::Error>) -> Result<Arc<ServerConfig>, Error> {
    let mut config = config.map_err(|_| Error::Certificate("certificate and key do not fit"))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn roots(pem: &str) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    for certificate in chain(pem)? {
        roots.add(certificate).map_err(|_| Error::Certificate("authority is unusable"))?;
    }
    Ok(roots)
}

fn chain(pem: &str) -> Result<Vec<CertificateDer<'static>>, Error> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    chain.ok().filter(|chain| !chain.is_empty()).ok_or(Error::Certificate("certificate is unreadable"))
}

fn key(pem: &str) -> Result<PrivateKeyDer<'static>, Error> {
    PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| Error::Certificate("key is unreadable"))
}

/// Finds the pinned authority in the server's chain and then checks the chain as usual, with it as the only root.
#[derive(Debug)]
struct Pinned {
    authority: [u8; 32],
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let unknown = || rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let pinned = intermediates.iter().find(|der| fingerprint(der) == self.authority).ok_or_else(unknown)?;
        let mut roots = RootCertStore::empty();
        roots.add(pinned.clone().into_owned()).map_err(|_| unknown())?;
        let usual = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&self.provider));
        let usual = usual.build().map_err(|_| unknown())?;
        usual.verify_server_cert(end_entity, &[], server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::PeerIncompatible(rustls::PeerIncompatible::Tls13RequiredForQuic))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
