//! What the hub asks when somebody looks at one thumbnail of a series after the other: the next ones, in one answer.

use archive::{Archive, Following};
use axum::{
    Router,
    body::Body,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use federation::thumbnails::{Asked, MAX_THUMBNAILS, line};
use futures_util::StreamExt;
use imaging_domain::{InstanceUid, Principal, SeriesUid, StudyUid};
use viewer_api::{PictureType, thumbnail_settings};

/// `{study}/{series}/{instance}`, the instance being the one that the asked for follow.
pub(crate) fn router(archive: Archive) -> Router {
    let answer = async |State(archive): State<Archive>,
                        Path(uids): Path<(String, String, String)>,
                        Query(asked): Query<Asked>| {
        match following(&uids, asked.count) {
            Some(following) => answer(archive, following, asked).await,
            None => StatusCode::BAD_REQUEST.into_response(),
        }
    };
    Router::new().route("/{study}/{series}/{instance}", get(answer)).with_state(archive)
}

async fn answer(archive: Archive, following: Following, asked: Asked) -> Response {
    let format = if asked.png { PictureType::Png } else { PictureType::Jpeg };
    let settings = thumbnail_settings((asked.columns.max(1), asked.rows.max(1)), format);
    match archive.thumbnails(&Principal::Hub, following, settings).await {
        Ok(thumbnails) => {
            let lines = thumbnails.map(|thumbnail| {
                line(&thumbnail.map_err(axum::Error::new)?).map_err(axum::Error::new)
            });
            // what is there at the same time goes together
            let together = lines.ready_chunks(MAX_THUMBNAILS).map(|lines| lines.into_iter().collect::<Result<String, _>>());
            Body::from_stream(together).into_response()
        }
        Err(error) => {
            tracing::warn!(%error, "thumbnails cannot be given");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn following((study, series, after): &(String, String, String), count: usize) -> Option<Following> {
    Some(Following {
        study: StudyUid::parse(study).ok()?,
        series: SeriesUid::parse(series).ok()?,
        after: InstanceUid::parse(after).ok()?,
        count: count.min(MAX_THUMBNAILS),
    })
}
