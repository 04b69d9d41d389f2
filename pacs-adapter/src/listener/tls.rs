//! The listener's second door: DICOM over TLS as in PS3.15 B.12 (BCP 195, non-downgrading): TLS 1.3 or 1.2, ephemeral keys and
//! authenticated encryption, which is all that rustls has.

use crate::error::Error;
use rustls::{
    RootCertStore, ServerConfig,
    crypto::aws_lc_rs,
    server::WebPkiClientVerifier,
    version::{TLS12, TLS13},
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use serde::{Deserialize, Serialize};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio_rustls::TlsAcceptor;

/// The config of the door with TLS.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TlsConfig {
    /// Address and port to listen on; empty is no TLS.
    pub listen: String,
    /// Our certificate with its chain, PEM.
    pub certificate_file: PathBuf,
    /// Its key, PEM.
    pub key_file: PathBuf,
    /// Certificates of the authorities, PEM, one of which must have signed that of whoever calls; empty asks for none.
    pub client_authority_file: PathBuf,
}

impl TlsConfig {
    /// Where to listen; `None` when there is no TLS.
    pub(super) fn address(&self) -> Result<Option<SocketAddr>, Error> {
        if self.listen.is_empty() {
            return Ok(None);
        }
        self.listen.parse().map(Some).map_err(|_| Error::Tls("listen is no address with a port"))
    }

    pub(super) fn acceptor(&self) -> Result<TlsAcceptor, Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
        let builder = builder.with_protocol_versions(&[&TLS13, &TLS12]).map_err(|_| Error::Tls("there is no TLS"))?;
        let builder = if self.client_authority_file.as_os_str().is_empty() {
            builder.with_no_client_auth()
        } else {
            let mut roots = RootCertStore::empty();
            for certificate in certificates(&self.client_authority_file)? {
                roots.add(certificate).map_err(|_| Error::Tls("client_authority_file has no usable certificate"))?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            let unusable = |_| Error::Tls("client_authority_file has no usable certificate");
            builder.with_client_cert_verifier(verifier.map_err(unusable)?)
        };
        let key = PrivateKeyDer::from_pem_file(&self.key_file).map_err(|_| Error::Tls("key_file cannot be read"))?;
        let config = builder.with_single_cert(certificates(&self.certificate_file)?, key);
        Ok(Arc::new(config.map_err(|_| Error::Tls("certificate_file and key_file do not fit"))?).into())
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let unreadable = Error::Tls("a file of certificates cannot be read");
    let Ok(found) = CertificateDer::pem_file_iter(path) else { return Err(unreadable) };
    let found: Vec<_> = found.collect::<Result<_, _>>().unwrap_or_default();
    if found.is_empty() { Err(unreadable) } else { Ok(found) }
}
