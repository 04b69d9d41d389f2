//! The certificate a public listener shows, which can be replaced while it listens.

use crate::{error::Error, tls};
use rustls::{
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use std::sync::{Arc, PoisonError, RwLock};

/// A certificate and its key. Connections that are open keep the one they began with.
#[derive(Debug)]
pub struct Shown(RwLock<Arc<CertifiedKey>>);

impl Shown {
    /// Shows this chain (PEM, its own certificate first) with this key.
    ///
    /// # Errors
    /// [`Error::Certificate`] when they are unreadable or do not fit together.
    pub fn new(chain_pem: &str, key_pem: &str) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self(RwLock::new(tls::certified(chain_pem, key_pem)?))))
    }

    /// Shows another one from the next handshake on; on a failure the old one stays.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn replace(&self, chain_pem: &str, key_pem: &str) -> Result<(), Error> {
        let next = tls::certified(chain_pem, key_pem)?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}
