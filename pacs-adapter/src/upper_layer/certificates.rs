//! Certificates and keys in PEM files, for both sides of TLS. What cannot be used is said in words that begin with the
//! setting's name.

use rustls::{
    RootCertStore,
    crypto::{CryptoProvider, aws_lc_rs},
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use std::{path::Path, sync::Arc};

/// A chain of certificates, its own first, and its key. Blocks.
pub(crate) type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// What does the arithmetic.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// Reads `certificate_file` and `key_file`. Blocks.
pub(crate) fn identity(certificate_file: &Path, key_file: &Path) -> Result<Identity, &'static str> {
    let key = PrivateKeyDer::from_pem_file(key_file).map_err(|_| "key_file cannot be read")?;
    Ok((certificates(certificate_file)?, key))
}

/// Reads authorities. Blocks.
pub(crate) fn authorities(path: &Path) -> Result<RootCertStore, &'static str> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(path)? {
        roots.add(certificate).map_err(|_| "a file of authorities has no usable certificate")?;
    }
    Ok(roots)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, &'static str> {
    let found = CertificateDer::pem_file_iter(path).map(|found| found.collect::<Result<Vec<_>, _>>());
    match found {
        Ok(Ok(found)) if !found.is_empty() => Ok(found),
        _ => Err("a file of certificates cannot be read"),
    }
}
