//! The region as a hospital asks it: the hub's DICOMweb, by the hospital's certificate.

use crate::{
    channel::pieces,
    error::Error,
    lines::{Lines, Turn},
    metadata,
    net::{Dialler, images},
    remote::DICOMWEB_PATH,
};
use archive::{Body, DataSets, Error as Failure};
use bytes::Bytes;
use catalog::Scope;
use dicomweb::search_path;
use futures_util::StreamExt;
use http_body_util::Empty;
use hyper::{Request, body::Incoming};
use imaging_domain::Query;
use tracing::warn;

/// A hospital's lines to the hub for searching and retrieving.
pub struct Region {
    lines: Lines<Empty<Bytes>>,
}

impl Region {
    /// The region behind a dialler that speaks HTTP/2 ([`tls::gate_client`](crate::tls::gate_client)).
    pub fn new(dialler: Dialler) -> Self {
        Self { lines: Lines::new(dialler) }
    }

    /// Dials in this way from now on, by a renewed certificate.
    pub async fn replace(&self, dialler: Dialler) {
        self.lines.replace(dialler).await;
    }

    /// What matches a query, all of it, while it comes (QIDO-RS).
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the hub does not answer, [`Failure::Unsupported`] when it does not take the query.
    pub async fn search(&self, query: &Query) -> Result<DataSets, Failure> {
        let body = self.ask(&search_path(query), "application/dicom+json").await?;
        Ok(metadata::data_sets(body))
    }

    /// The file of one instance in a transfer syntax (WADO-RS).
    ///
    /// # Errors
    /// As [`search`](Self::search), and [`Failure::NotFound`].
    pub async fn file(&self, instance: &Scope, transfer_syntax: &str) -> Result<Body, Failure> {
        let Scope { study, series: Some(series), instance: Some(uid) } = instance else {
            return Err(Failure::NotFound("instance"));
        };
        let path = format!("/studies/{study}/series/{series}/instances/{uid}");
        self.ask(&path, &format!("application/dicom; transfer-syntax={transfer_syntax}")).await
    }

    async fn ask(&self, path: &str, accept: &str) -> Result<Body, Failure> {
        // the authority is not looked at: who is asked is said by its certificate
        let request = Request::get(format!("https://hub{DICOMWEB_PATH}{path}")).header("accept", accept);
        let request = request.body(Empty::new()).map_err(|_| Failure::Unsupported("the query is no address"))?;
        let (response, turn) = self.lines.send(request).await.map_err(|error| unavailable(&error))?;
        images(response).map(|body| kept(body, turn))
    }
}

fn unavailable(error: &Error) -> Failure {
    warn!(%error, source = std::error::Error::source(error), "the hub did not answer");
    Failure::Unavailable
}

/// A body that keeps its turn on the line until it has come whole, or is dropped.
fn kept(body: Incoming, turn: Turn) -> Body {
    pieces(body)
        .map(move |piece| {
            let _kept = &turn;
            piece
        })
        .boxed()
}
