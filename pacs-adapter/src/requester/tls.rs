//! TLS of the associations that we open: TLS 1.3 or 1.2, as at our own door.
//!
//! Whom we call shows the certificate that the configuration pins, or one that an authority of ours signed for the name that
//! we call it by.

use super::Error;
use crate::{
    peers::{Fingerprint, Peer},
    upper_layer::{Stream, certificates},
};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    version::{TLS12, TLS13},
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use serde::{Deserialize, Serialize};
use std::{path::PathBuf, sync::Arc};
use tokio::{net::TcpStream, task::spawn_blocking};
use tokio_rustls::TlsConnector;

/// The config of TLS where we call: for peers with `tls = true`. The files are read for each association.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TlsConfig {
    /// The certificate that we show, with its chain, PEM; empty shows none.
    pub certificate_file: PathBuf,
    /// Its key, PEM.
    pub key_file: PathBuf,
    /// Certificates of the authorities, PEM, one of which must have signed that of a peer whose `certificate` is not pinned.
    pub authority_file: PathBuf,
}

/// The connection to a peer, over TLS where the peer wants it.
pub(super) async fn stream(config: &TlsConfig, peer: &Peer, socket: TcpStream) -> Result<Stream, Error> {
    if !peer.tls {
        return Ok(socket.into());
    }
    let host = peer.address.rsplit_once(':').map_or("", |(host, _)| host).trim_matches(['[', ']']);
    let name = ServerName::try_from(host.to_owned()).map_err(|_| Error::Tls("the peer's address has no name"))?;
    let (config, pinned) = (config.clone(), peer.certificate);
    let client =
        spawn_blocking(move || client(&config, pinned)).await.map_err(|_| Error::Tls("no file was read"))??;
    let shaken = TlsConnector::from(Arc::new(client)).connect(name, socket).await.map_err(Error::Handshake)?;
    Ok(Stream::Tls(Box::new(shaken.into())))
}

fn client(config: &TlsConfig, pinned: Option<Fingerprint>) -> Result<ClientConfig, Error> {
    let builder = ClientConfig::builder_with_provider(certificates::provider());
    let builder = builder.with_protocol_versions(&[&TLS13, &TLS12]).map_err(|_| Error::Tls("there is no TLS"))?;
    let builder = match pinned {
        Some(certificate) => {
            let verifier = Pinned { certificate, provider: certificates::provider() };
            builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier))
        }
        None if config.authority_file.as_os_str().is_empty() => {
            return Err(Error::Tls("neither authority_file nor the peer's certificate says whom to trust"));
        }
        None => {
            let roots = certificates::authorities(&config.authority_file).map_err(Error::Tls)?;
            builder.with_root_certificates(roots)
        }
    };
    if config.certificate_file.as_os_str().is_empty() {
        return Ok(builder.with_no_client_auth());
    }
    let (chain, key) = certificates::identity(&config.certificate_file, &config.key_file).map_err(Error::Tls)?;
    builder.with_client_auth_cert(chain, key).map_err(|_| Error::Tls("certificate_file and key_file do not fit"))
}

/// One certificate and no other, whoever signed it and for whatever name.
#[derive(Debug)]
struct Pinned {
    certificate: Fingerprint,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if Fingerprint::of(end_entity) == self.certificate {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(rustls::Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
