//! What a search found as one answer: the first results, and the others while the client reads them.

use super::{headers, streams};
use crate::error::Error;
use ::dicomweb::{Base, Boundary, DICOM_JSON, DICOM_XML, SearchAnswer};
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use imaging_domain::DataSet;

/// Results that are asked of an index some after the other.
pub(super) trait Found: Send + 'static {
    /// A result as the index gives it.
    type Item: Send + 'static;

    /// The next results; `None` when the client has all it asked for.
    fn next(&mut self) -> impl Future<Output = Result<Option<Vec<Self::Item>>, Error>> + Send;

    /// Whether there is nothing to ask for any more.
    fn is_finished(&self) -> bool;

    /// The result as the client reads it.
    fn data_set(item: Self::Item, base: &Base) -> DataSet;
}

/// The first results, and the others while the client reads them.
pub(super) async fn answer<F: Found>(
    model: SearchAnswer,
    base: &Base,
    first: Vec<F::Item>,
    found: F,
) -> Result<Response, Error> {
    if first.is_empty() && model == SearchAnswer::Xml {
        // There is no multipart body without parts.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let writer = Writer { model, base: base.clone(), boundary: Boundary::new(rand::random()) };
    let content_type = [(header::CONTENT_TYPE, headers::value(writer.content_type())?)];
    let first = writer.clone().write::<F>(true, first).await?;
    let end = writer.end();
    // An empty array rather than 204: OHIF reads the body of either.
    if found.is_finished() {
        return Ok((content_type, [first, end].concat()).into_response());
    }
    let others = stream::try_unfold((found, writer), async |(mut found, writer)| {
        let Some(some) = found.next().await? else { return Ok(None) };
        let text = writer.clone().write::<F>(false, some).await?;
        Ok::<_, Error>(Some((Bytes::from(text), (found, writer))))
    });
    let body = streams::chunk(first.into()).chain(others).chain(streams::chunk(end.into()));
    Ok((content_type, streams::body(body)).into_response())
}

/// Writes results as texts of the model that the client takes.
#[derive(Clone)]
struct Writer {
    model: SearchAnswer,
    base: Base,
    boundary: Boundary,
}

impl Writer {
    fn content_type(&self) -> String {
        match self.model {
            SearchAnswer::Json => DICOM_JSON.to_owned(),
            SearchAnswer::Xml => self.boundary.content_type(DICOM_XML),
        }
    }

    /// Some results, with what stands before them; up to a thousand are milliseconds of work.
    async fn write<F: Found>(self, is_first: bool, items: Vec<F::Item>) -> Result<Vec<u8>, Error> {
        Ok(tokio::task::spawn_blocking(move || self.text::<F>(is_first, items)).await?)
    }

    fn text<F: Found>(&self, is_first: bool, items: Vec<F::Item>) -> Vec<u8> {
        let mut out = vec![];
        if is_first && self.model == SearchAnswer::Json {
            out.push(b'[');
        }
        for (place, item) in items.into_iter().enumerate() {
            let text = self.model.write(&F::data_set(item, &self.base));
            match self.model {
                SearchAnswer::Json => {
                    if place > 0 || !is_first {
                        out.push(b',');
                    }
                    out.extend_from_slice(text.as_bytes());
                }
                SearchAnswer::Xml => {
                    out.extend_from_slice(&self.boundary.part_head(DICOM_XML, None));
                    out.extend_from_slice(text.as_bytes());
                    out.extend_from_slice(&Boundary::PART_END);
                }
            }
        }
        out
    }

    /// What stands after the last result.
    fn end(&self) -> Vec<u8> {
        match self.model {
            SearchAnswer::Json => b"]".to_vec(),
            SearchAnswer::Xml => self.boundary.closing().to_vec(),
        }
    }
}
