//! WADO-URI (PS3.18 chapter 9): asked in an old way, answered by the same handlers.

use super::{
    App,
    gone::or_gone,
    headers, rendered,
    request::{Asker, Place},
    retrieve,
};
use crate::error::Error;
use ::dicomweb::{Accept, WadoContent, WadoIdentity, parse_wado_uri};
use archive::Identity;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};

/// `/wado?requestType=WADO&…`.
pub(super) async fn wado(State(app): State<App>, asker: Asker) -> Result<Response, Error> {
    let asked = parse_wado_uri(&asker.query)?;
    let base = asker.base.clone();
    let mut place = Place::of(asked.study, asked.series, asked.instance);
    let (scope, who) = (place.scope()?, asker.who.clone());
    let answer = match asked.content {
        WadoContent::File { accept, identity } => {
            let asker = Asker { accept: Accept::parse(Some(&accept), None), query: String::new(), ..asker };
            let identity = match identity {
                WadoIdentity::Kept => Identity::Kept,
                WadoIdentity::Removed => Identity::Removed,
            };
            retrieve::given(&app, &asker, &scope, identity).await
        }
        WadoContent::Picture { accept, frame, query } => {
            place.frames = frame.map(|frame| frame.to_string());
            let asker = Asker { accept: Accept::parse(Some(&accept), None), query, ..asker };
            rendered::rendered(State(app.clone()), asker, place).await
        }
    };
    let warned = answer.and_then(|mut response| {
        headers::warn(&mut response, &base, &asked.warnings)?;
        Ok(response)
    });
    Ok(or_gone(&app, &who, &scope, warned.into_response()).await)
}
