//! What the hub asks when somebody looks at one thumbnail of a series after the other: several of them, in one answer.

use archive::{Archive, Several};
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

/// `{study}/{series}`, with the instances in the query.
pub(crate) fn router(archive: Archive) -> Router {
    let answer = async |State(archive): State<Archive>,
                        Path((study, series)): Path<(String, String)>,
                        Query(asked): Query<Asked>| {
        match several(&study, &series, &asked.instances) {
            Some(several) => answer(archive, several, asked).await,
            None => StatusCode::BAD_REQUEST.into_response(),
        }
    };
    Router::new().route("/{study}/{series}", get(answer)).with_state(archive)
}

async fn answer(archive: Archive, several: Several, asked: Asked) -> Response {
    let format = if asked.png { PictureType::Png } else { PictureType::Jpeg };
    let settings = thumbnail_settings((asked.columns.max(1), asked.rows.max(1)), format);
    match archive.thumbnails(&Principal::Hub, several, settings).await {
        Ok(thumbnails) => {
            let lines =
                thumbnails.map(|thumbnail| line(&thumbnail.map_err(axum::Error::new)?).map_err(axum::Error::new));
            // what is there at the same time goes together
            let together =
                lines.ready_chunks(MAX_THUMBNAILS).map(|lines| lines.into_iter().collect::<Result<String, _>>());
            Body::from_stream(together).into_response()
        }
        Err(error) => {
            tracing::warn!(%error, "thumbnails cannot be given");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn several(study: &str, series: &str, instances: &str) -> Option<Several> {
    let instances = instances.split(',').take(MAX_THUMBNAILS).map(|uid| InstanceUid::parse(uid).ok());
    Some(Several {
        study: StudyUid::parse(study).ok()?,
        series: SeriesUid::parse(series).ok()?,
        instances: instances.collect::<Option<_>>()?,
    })
}
