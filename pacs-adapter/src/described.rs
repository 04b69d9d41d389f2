//! What the hub asks before it asks for bytes that nobody has seen: instances of a scope, as this hospital has them then.

use archive::Archive;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use catalog::Scope;
use futures_util::stream;
use imaging_domain::{Instance, InstanceUid, Principal, SeriesUid, StudyUid};
use std::{convert::Infallible, time::Duration};
use tokio::{task::JoinHandle, time::timeout};

/// How often an empty line says that the PACS is still being asked; the hub waits 20 seconds for each piece.
const SIGN_OF_LIFE: Duration = Duration::from_secs(5);

/// `{study}`, `{study}/{series}` and `{study}/{series}/{instance}`.
pub(crate) fn router(archive: Archive) -> Router {
    let study = async |State(archive): State<Archive>, Path(study): Path<String>| answer(archive, [&study, "", ""]);
    let series = async |State(archive): State<Archive>, Path((study, series)): Path<(String, String)>| {
        answer(archive, [&study, &series, ""])
    };
    let instance = async |State(archive): State<Archive>,
                          Path((study, series, instance)): Path<(String, String, String)>| {
        answer(archive, [&study, &series, &instance])
    };
    let router = Router::new().route("/{study}", get(study)).route("/{study}/{series}", get(series));
    router.route("/{study}/{series}/{instance}", get(instance)).with_state(archive)
}

type Asked = JoinHandle<Result<Vec<Instance>, archive::Error>>;

fn answer(archive: Archive, uids: [&str; 3]) -> Response {
    let Some(scope) = scope(uids) else { return StatusCode::BAD_REQUEST.into_response() };
    let asked = tokio::spawn(async move { archive.described(&Principal::Hub, &scope).await });
    let lines = stream::unfold(Some(asked), async |asked| {
        let (line, asked) = next(asked?).await?;
        Some((Ok::<_, Infallible>(line), asked))
    });
    Body::from_stream(lines).into_response()
}

/// The next piece of an answer. One that fails ends in the middle of a line, which tells the hub so.
async fn next(mut asked: Asked) -> Option<(Bytes, Option<Asked>)> {
    match timeout(SIGN_OF_LIFE, &mut asked).await {
        Err(_) => Some((Bytes::from_static(b"\n"), Some(asked))),
        Ok(Ok(Ok(instances))) => {
            let lines = instances.iter().filter_map(|instance| serde_json::to_string(instance).ok());
            Some((lines.map(|line| line + "\n").collect::<String>().into(), None))
        }
        Ok(failed) => {
            tracing::warn!(?failed, "what the archive has cannot be said");
            Some((Bytes::from_static(b"!"), None))
        }
    }
}

fn scope([study, series, instance]: [&str; 3]) -> Option<Scope> {
    let series = if series.is_empty() { None } else { Some(SeriesUid::parse(series).ok()?) };
    let instance = if instance.is_empty() { None } else { Some(InstanceUid::parse(instance).ok()?) };
    Some(Scope { study: StudyUid::parse(study).ok()?, series, instance })
}
