//! Asking the provider: short questions, bounded answers, no redirects.

use super::{config::usable, error::Error};
use axum::http::{Request, Uri, header};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client as HyperClient, connect::HttpConnector},
    rt::TokioExecutor,
};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use rustls_pki_types::{CertificateDer, pem::PemObject};
use serde_json::Value;
use std::{sync::Arc, time::Duration};

/// The most bytes of an answer.
const MAX_ANSWER_BYTES: usize = 1 << 20;
/// Time for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A client of one provider.
#[derive(Clone)]
pub(super) struct Client(HyperClient<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl Client {
    /// Trusts these authorities, or the machine's.
    pub(super) fn new(authorities_pem: Option<&str>) -> Result<Self, Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = HttpsConnectorBuilder::new();
        let builder = match authorities_pem {
            Some(pem) => builder.with_tls_config(trusting(pem, provider)?),
            None => builder
                .with_provider_and_native_roots(provider)
                .map_err(|_| Error::Config("the machine trusts no authority"))?,
        };
        let connector = builder.https_or_http().enable_http1().build();
        Ok(Self(HyperClient::builder(TokioExecutor::new()).build(connector)))
    }

    /// Reads a JSON document.
    pub(super) async fn get(&self, address: &str) -> Result<Value, Error> {
        let request = Request::get(usable(address)?).header(header::ACCEPT, "application/json");
        self.ask(request.body(Full::default())).await
    }

    /// Posts a form; `credentials` is the value of `Authorization`.
    pub(super) async fn post(&self, address: &str, form: String, credentials: Option<String>) -> Result<Value, Error> {
        let to: Uri = usable(address)?;
        let mut request = Request::post(to)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(credentials) = credentials {
            request = request.header(header::AUTHORIZATION, credentials);
        }
        self.ask(request.body(Full::from(form))).await
    }

    async fn ask(&self, request: Result<Request<Full<Bytes>>, axum::http::Error>) -> Result<Value, Error> {
        let request = request.map_err(|error| Error::Unreachable(error.to_string()))?;
        let asking = async {
            let response = self.0.request(request).await.map_err(|error| Error::Unreachable(format!("{error:?}")))?;
            let is_answer = response.status().is_success();
            let body = Limited::new(response.into_body(), MAX_ANSWER_BYTES).collect().await;
            let body = body.map_err(|_| Error::Unreachable("its answer breaks off or is too large".into()))?;
            if !is_answer {
                return Err(Error::Refused("it answered with an error"));
            }
            serde_json::from_slice(&body.to_bytes()).map_err(|_| Error::Unreachable("its answer is no JSON".into()))
        };
        tokio::time::timeout(PATIENCE, asking)
            .await
            .unwrap_or_else(|_| Err(Error::Unreachable("no answer in time".into())))
    }
}

fn trusting(pem: &str, provider: Arc<rustls::crypto::CryptoProvider>) -> Result<ClientConfig, Error> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let certificate = certificate.map_err(|_| Error::Config("the authorities are no PEM"))?;
        roots.add(certificate).map_err(|_| Error::Config("an authority is no certificate"))?;
    }
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|_| Error::Config("no version of TLS"))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
