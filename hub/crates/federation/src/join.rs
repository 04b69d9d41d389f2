//! A hospital's first contact with the hub, and the renewal of its certificate.

use crate::{
    authority::{Credentials, Request, fingerprint_of_pem},
    code::Code,
    enrolment::{Application, Enrolled},
    error::Error,
    identity::{Identity, Peer},
    net::{Dialler, Line},
    tls,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use imaging_domain::SiteId;
use rustls_pki_types::{CertificateDer, pem::PemObject};

/// Path of enrolment on the web listener.
pub const ENROL_PATH: &str = "/enrol";
/// Path of renewal on the listener of hospitals.
pub const RENEW_PATH: &str = "/federation/renew";

/// What a hospital keeps after joining.
#[derive(Debug, Clone)]
pub struct Membership {
    /// Which site it is.
    pub site: SiteId,
    /// Certificate, key and authority.
    pub credentials: Credentials,
    /// `host:port` of the hub's listener for hospitals.
    pub federation: String,
}

/// Joins the region: dials the code's address, trusts only the authority whose fingerprint the code carries, and sends a
/// signing request for a key made here.
///
/// # Errors
/// [`Error::Refused`] when the code was used or is too old; [`Error::Certificate`] when the hub answers with an authority
/// other than the pinned one.
pub async fn join(code: &Code) -> Result<Membership, Error> {
    let mut line = Dialler::new(code.address.clone(), tls::pinned_client(code.authority)?).dial().await?;
    let membership = apply(&mut line, ENROL_PATH, URL_SAFE_NO_PAD.encode(code.secret)).await?;
    if fingerprint_of_pem(&membership.credentials.authority_pem)? != code.authority {
        return Err(Error::Certificate("hub answered with another authority than the code's"));
    }
    Ok(membership)
}

/// Gets a new certificate for a new key with the present ones.
///
/// # Errors
/// [`Error::Refused`] when the site was revoked.
pub async fn renew(membership: &Membership) -> Result<Membership, Error> {
    let tls = tls::mutual_client(&membership.credentials)?;
    let mut line = Dialler::new(membership.federation.clone(), tls).dial().await?;
    let renewed = apply(&mut line, RENEW_PATH, String::new()).await?;
    if renewed.site != membership.site || renewed.credentials.authority_pem != membership.credentials.authority_pem {
        return Err(Error::Certificate("hub answered with another identity or authority"));
    }
    Ok(renewed)
}

async fn apply(line: &mut Line, path: &str, secret: String) -> Result<Membership, Error> {
    let request = Request::generate()?;
    let application = Application { secret, csr_pem: request.csr_pem };
    let enrolled: Enrolled = line.post(path, &application).await?;
    let certificate = CertificateDer::from_pem_slice(enrolled.certificate_pem.as_bytes());
    let certificate = certificate.map_err(|_| Error::Certificate("hub answered without a certificate"))?;
    let Identity::Site(site) = Peer::of_certificate(&certificate)?.identity else {
        return Err(Error::Certificate("hub answered with a certificate of no site"));
    };
    let credentials = Credentials {
        chain_pem: enrolled.certificate_pem,
        key_pem: request.key_pem,
        authority_pem: enrolled.authority_pem,
    };
    Ok(Membership { site, credentials, federation: enrolled.federation })
}
