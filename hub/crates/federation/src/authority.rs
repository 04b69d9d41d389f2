//! The region's certificate authority: makes itself, and signs what the hub decided (RFC 5280).

use crate::{error::Error, identity::Identity};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SanType,
};
use rustls_pki_types::{CertificateDer, pem::PemObject};
use sha2::{Digest, Sha256};
use std::{sync::Arc, time::Duration};
use x509_parser::prelude::{FromDer, X509Certificate};

/// How long the authority itself lasts.
pub const AUTHORITY_DAYS: u64 = 3653;
/// How long a certificate lasts; adapters renew when a third of it is over.
pub const CERTIFICATE_DAYS: u64 = 30;
/// How far back a certificate begins, for clocks that are behind.
const BACKDATED: Duration = Duration::from_secs(3600);

/// A certificate chain and its key as PEM texts. `Debug` shows nothing of the key.
#[derive(Clone)]
pub struct Credentials {
    /// The certificate, then those above it.
    pub chain_pem: String,
    /// The private key, PKCS #8.
    pub key_pem: String,
    /// The region's authority.
    pub authority_pem: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(***)")
    }
}

/// A key with the request for its certificate; the key never leaves who made it.
pub struct Request {
    /// The private key, PKCS #8 PEM.
    pub key_pem: String,
    /// PKCS #10 PEM. It asks for nothing but a signature: the identity is the hub's decision.
    pub csr_pem: String,
}

impl Request {
    /// A new P-256 key and its request.
    ///
    /// # Errors
    /// [`Error::Certificate`] when the system gives no randomness.
    pub fn generate() -> Result<Self, Error> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|_| Error::Certificate("no key"))?;
        let csr = CertificateParams::default().serialize_request(&key);
        let csr_pem = csr.and_then(|csr| csr.pem()).map_err(|_| Error::Certificate("no signing request"))?;
        Ok(Self { key_pem: key.serialize_pem(), csr_pem })
    }
}

/// The authority, able to sign. Cheap to clone.
#[derive(Clone)]
pub struct Authority {
    certificate_pem: String,
    issuer: Arc<Issuer<'static, KeyPair>>,
}

impl Authority {
    /// A new authority with its key (PKCS #8 PEM), valid from `now_ms`.
    ///
    /// # Errors
    /// [`Error::Certificate`] when the system gives no randomness.
    pub fn create(region: &str, now_ms: i64) -> Result<(Self, String), Error> {
        let wrong = |_| Error::Certificate("authority cannot be made");
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(wrong)?;
        let mut params = CertificateParams::default();
        params.distinguished_name = named(region);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        set_validity(&mut params, now_ms, AUTHORITY_DAYS);
        let certificate_pem = params.self_signed(&key).map_err(wrong)?.pem();
        let key_pem = key.serialize_pem();
        Ok((Self { certificate_pem, issuer: Arc::new(Issuer::new(params, key)) }, key_pem))
    }

    /// The authority of a certificate and its key.
    ///
    /// # Errors
    /// [`Error::Certificate`] when one is unreadable.
    pub fn load(certificate_pem: &str, key_pem: &str) -> Result<Self, Error> {
        let key = KeyPair::from_pem(key_pem).map_err(|_| Error::Certificate("authority's key is unreadable"))?;
        let issuer = Issuer::from_ca_cert_pem(certificate_pem, key);
        let issuer = issuer.map_err(|_| Error::Certificate("authority's certificate is unreadable"))?;
        Ok(Self { certificate_pem: certificate_pem.to_owned(), issuer: Arc::new(issuer) })
    }

    /// The authority's own certificate.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// SHA-256 of the authority's certificate in DER: what an invitation code pins.
    ///
    /// # Errors
    /// [`Error::Certificate`] when the certificate is unreadable.
    pub fn fingerprint(&self) -> Result<[u8; 32], Error> {
        fingerprint_of_pem(&self.certificate_pem)
    }

    /// Signs a request for an identity. Of the request only the public key is taken.
    ///
    /// # Errors
    /// [`Error::Certificate`] when the request is unreadable or its key is not P-256.
    pub fn sign(&self, csr_pem: &str, identity: &Identity, now_ms: i64, days: u64) -> Result<String, Error> {
        let request = CertificateSigningRequestParams::from_pem(csr_pem);
        let request = request.map_err(|_| Error::Certificate("signing request is unreadable"))?;
        if request.public_key.algorithm() != &PKCS_ECDSA_P256_SHA256 {
            return Err(Error::Certificate("signing request has a key that is not P-256"));
        }
        let mut params = CertificateParams::default();
        params.distinguished_name = named(&identity.to_string());
        let uri = identity.uri().try_into().map_err(|_| Error::Certificate("identity is not ASCII"))?;
        params.subject_alt_names = vec![SanType::URI(uri)];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        set_validity(&mut params, now_ms, days);
        let signed = params.signed_by(&request.public_key, &*self.issuer);
        Ok(signed.map_err(|_| Error::Certificate("cannot be signed"))?.pem())
    }

    /// A server certificate with its key for host names and addresses of the hub itself, the authority behind it.
    ///
    /// # Errors
    /// [`Error::Certificate`] when a name is no host name.
    pub fn server(&self, names: &[String], now_ms: i64) -> Result<Credentials, Error> {
        let wrong = |_| Error::Certificate("server certificate cannot be made");
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(wrong)?;
        let mut params = CertificateParams::new(names.to_vec()).map_err(wrong)?;
        params.distinguished_name = named("hub");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        set_validity(&mut params, now_ms, CERTIFICATE_DAYS);
        let certificate = params.signed_by(&key, &*self.issuer).map_err(wrong)?;
        Ok(Credentials {
            chain_pem: certificate.pem() + &self.certificate_pem,
            key_pem: key.serialize_pem(),
            authority_pem: self.certificate_pem.clone(),
        })
    }
}

/// SHA-256 of the first certificate of a PEM text, in DER.
///
/// # Errors
/// [`Error::Certificate`] when there is none.
pub fn fingerprint_of_pem(pem: &str) -> Result<[u8; 32], Error> {
    let der = CertificateDer::from_pem_slice(pem.as_bytes());
    Ok(fingerprint(&der.map_err(|_| Error::Certificate("certificate is unreadable"))?))
}

/// When the first certificate of a PEM text began to be valid, milliseconds since 1970 UTC.
///
/// # Errors
/// [`Error::Certificate`] when there is none.
pub fn issued_ms(pem: &str) -> Result<i64, Error> {
    let wrong = || Error::Certificate("certificate is unreadable");
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| wrong())?;
    let (_, certificate) = X509Certificate::from_der(&der).map_err(|_| wrong())?;
    Ok(certificate.validity().not_before.timestamp() * 1000)
}

/// SHA-256 of a certificate in DER.
pub fn fingerprint(der: &[u8]) -> [u8; 32] {
    Sha256::digest(der).into()
}

fn named(name: &str) -> DistinguishedName {
    let mut out = DistinguishedName::new();
    out.push(DnType::CommonName, name);
    out
}

fn set_validity(params: &mut CertificateParams, now_ms: i64, days: u64) {
    let now = rcgen::date_time_ymd(1970, 1, 1) + Duration::from_millis(now_ms.max(0).unsigned_abs());
    params.not_before = now - BACKDATED;
    params.not_after = now + Duration::from_secs(days * 86_400);
}
