//! `GET /workitems` (PS3.18 11.9).

use super::{list, steps::Steps};
use crate::{
    dicomweb::{App, headers, request::Asker, streams},
    error::Error,
};
use ::dicomweb::{Boundary, DICOM_JSON, DICOM_XML, SearchAnswer, Warning, parse_worklist_search};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use imaging_domain::DataSet;
use tokio::task::spawn_blocking;

/// How steps are written.
#[derive(Clone)]
struct Writer {
    model: SearchAnswer,
    boundary: Boundary,
}

pub(super) async fn workitems(State(app): State<App>, asker: Asker) -> Result<Response, Error> {
    let writer = Writer { model: asker.accept.search_answer()?, boundary: Boundary::new(rand::random()) };
    let (query, mut warnings) = parse_worklist_search(&asker.query)?;
    let mut steps = Steps::new(list(&app)?.clone(), asker.who.clone(), query);
    let first = match steps.next().await? {
        Some(first) => first,
        None => {
            list(&app)?.given(&asker.who, 0).await?;
            vec![]
        }
    };
    if steps.has_more().await? {
        warnings.push(Warning::MoreResults);
    }
    let mut response = answer(writer, first, steps).await?;
    headers::warn(&mut response, &asker.base, &warnings)?;
    Ok(response)
}

async fn answer(writer: Writer, first: Vec<DataSet>, steps: Steps) -> Result<Response, Error> {
    if first.is_empty() && writer.model == SearchAnswer::Xml {
        // there is no multipart body without parts
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let content_type = [(header::CONTENT_TYPE, headers::value(writer.content_type())?)];
    let end = writer.end();
    let first = writer.clone().write(true, first).await?;
    if steps.is_finished() {
        return Ok((content_type, [first, end].concat()).into_response());
    }
    let others = stream::try_unfold((steps, writer), async |(mut steps, writer)| {
        let Some(some) = steps.next().await? else { return Ok(None) };
        let text = writer.clone().write(false, some).await?;
        Ok::<_, Error>(Some((Bytes::from(text), (steps, writer))))
    });
    let body = streams::chunk(first.into()).chain(others).chain(streams::chunk(end.into()));
    Ok((content_type, streams::body(body)).into_response())
}

/// Data sets as one array.
pub(super) fn in_json(these: &[DataSet]) -> Result<Response, Error> {
    let text: Vec<String> = these.iter().map(|one| SearchAnswer::Json.write(one)).collect();
    Ok(([(header::CONTENT_TYPE, headers::value(DICOM_JSON)?)], format!("[{}]", text.join(","))).into_response())
}

impl Writer {
    fn content_type(&self) -> String {
        match self.model {
            SearchAnswer::Json => DICOM_JSON.to_owned(),
            SearchAnswer::Xml => self.boundary.content_type(DICOM_XML),
        }
    }

    async fn write(self, is_first: bool, these: Vec<DataSet>) -> Result<Vec<u8>, Error> {
        Ok(spawn_blocking(move || self.text(is_first, &these)).await?)
    }

    fn text(&self, is_first: bool, these: &[DataSet]) -> Vec<u8> {
        let mut out = vec![];
        for (place, one) in these.iter().enumerate() {
            let text = self.model.write(one);
            match self.model {
                SearchAnswer::Json => {
                    out.push(if is_first && place == 0 { b'[' } else { b',' });
                    out.extend_from_slice(text.as_bytes());
                }
                SearchAnswer::Xml => {
                    out.extend_from_slice(&self.boundary.part_head(DICOM_XML, None));
                    out.extend_from_slice(text.as_bytes());
                    out.extend_from_slice(&Boundary::PART_END);
                }
            }
        }
        if these.is_empty() && is_first {
            out.push(b'[');
        }
        out
    }

    fn end(&self) -> Vec<u8> {
        match self.model {
            SearchAnswer::Json => b"]".to_vec(),
            SearchAnswer::Xml => self.boundary.closing().to_vec(),
        }
    }
}
