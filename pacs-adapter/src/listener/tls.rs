//! The listener's second door: DICOM over TLS as in PS3.15 B.12 (BCP 195, non-downgrading): TLS 1.3 or 1.2, ephemeral keys and
//! authenticated encryption, which is all that rustls has.

use crate::{error::Error, upper_layer::certificates};
use daemon::Watched;
use rustls::{
    ServerConfig,
    server::WebPkiClientVerifier,
    version::{TLS12, TLS13},
};
use serde::{Deserialize, Serialize};
use std::{net::SocketAddr, path::PathBuf, sync::Arc};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

/// The config of the door with TLS. Its files are read again within seconds when they change.
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

    fn acceptor(&self) -> Result<TlsAcceptor, Error> {
        let builder = ServerConfig::builder_with_provider(certificates::provider());
        let builder = builder.with_protocol_versions(&[&TLS13, &TLS12]).map_err(|_| Error::Tls("there is no TLS"))?;
        let builder = if self.client_authority_file.as_os_str().is_empty() {
            builder.with_no_client_auth()
        } else {
            let roots = certificates::authorities(&self.client_authority_file).map_err(Error::Tls)?;
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), certificates::provider());
            let unusable = |_| Error::Tls("client_authority_file has no usable certificate");
            builder.with_client_cert_verifier(verifier.build().map_err(unusable)?)
        };
        let (chain, key) = certificates::identity(&self.certificate_file, &self.key_file).map_err(Error::Tls)?;
        let config = builder.with_single_cert(chain, key);
        Ok(Arc::new(config.map_err(|_| Error::Tls("certificate_file and key_file do not fit"))?).into())
    }
}

/// The door's side of TLS, made anew when one of its files changes.
pub(super) struct Renewed {
    config: TlsConfig,
    files: Watched,
    acceptor: watch::Sender<TlsAcceptor>,
}

impl Renewed {
    /// Reads the files. Blocks, at the start.
    pub(super) fn new(config: TlsConfig) -> Result<Self, Error> {
        let TlsConfig { certificate_file, key_file, client_authority_file, .. } = config.clone();
        let mut files = vec![certificate_file, key_file, client_authority_file];
        files.retain(|file| !file.as_os_str().is_empty());
        // noted before they are read: what changes in between is read again
        let files = Watched::new(files);
        Ok(Self { acceptor: watch::Sender::new(config.acceptor()?), files, config })
    }

    /// What accepts at this moment.
    pub(super) fn acceptor(&self) -> watch::Receiver<TlsAcceptor> {
        self.acceptor.subscribe()
    }

    /// Reads the files again whenever they change, until told to stop. Open associations keep what they began with.
    pub(super) async fn keep(self, stop: CancellationToken) {
        let Self { config, files, acceptor } = self;
        let take = async move || -> Result<(), Error> {
            acceptor.send_replace(config.acceptor()?);
            Ok(())
        };
        files.keep("the certificate of DICOM over TLS", take, stop).await;
    }
}
