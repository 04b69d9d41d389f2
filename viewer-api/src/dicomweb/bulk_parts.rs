//! WADO-RS bulk data and pixel data of a study, series or instance as parts, each with its address (PS3.18 10.4.1.1.5 and
//! 10.4.1.1.7).

use super::{
    App,
    bulk_data::OCTETS,
    headers, negotiated, ranges,
    request::{Asker, Place},
    streams::{self, Begun},
    use_cases::Items,
};
use crate::error::Error;
use ::dicomweb::{Base, Boundary};
use archive::{BulkKind, BulkPart, PartPlace, Version};
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, TryStreamExt, stream};
use imaging_domain::transfer_syntax;

/// More frames than one, so that they come as parts.
const SEVERAL: usize = 2;

/// `/bulkdata` of a study, series or instance.
pub(super) async fn bulk_data(app: State<App>, asker: Asker, place: Place) -> Result<Response, Error> {
    asker.accept.bulk_parts()?;
    parts(app, asker, place, BulkKind::All).await
}

/// `/pixeldata` of a study, series or instance.
pub(super) async fn pixel_data(app: State<App>, asker: Asker, place: Place) -> Result<Response, Error> {
    asker.accept.some_frames(SEVERAL)?;
    parts(app, asker, place, BulkKind::Pixels).await
}

async fn parts(State(app): State<App>, asker: Asker, place: Place, kind: BulkKind) -> Result<Response, Error> {
    let choose = negotiated::frames_if_any(&asker.accept, SEVERAL);
    let found = app.images.bulk_parts(&asker.who, &place.scope()?, kind, choose).await?;
    written(asker, found.version, found.parts).await
}

/// Values as parts, each with its address. Of what the client has, nothing is read.
pub(super) async fn written(asker: Asker, mut version: Version, parts: Items<BulkPart>) -> Result<Response, Error> {
    // parts with other addresses are another answer
    version.add(format!("{:?}", asker.base).as_bytes());
    let etag = ranges::etag(&version, "parts");
    if let Some(response) = ranges::not_modified(&asker, &etag)? {
        return Ok(response);
    }
    let Begun { first, rest } = streams::begin(parts, "bulk data").await?;
    let boundary = Boundary::new(version.bits());
    let content_type = headers::value(boundary.content_type(&media_type(&asker, &first)))?;
    let closing = boundary.closing();
    let part = move |part: BulkPart| {
        let (media_type, location) = (media_type(&asker, &part), location(&asker.base, &part));
        let head = boundary.located_part_head(&media_type, part.transfer_syntax.as_deref(), &location);
        let body = part.body.map_err(Error::from);
        stream::iter([Ok(head)]).chain(body).chain(stream::iter([Ok(Boundary::PART_END)]))
    };
    let body = Begun { first, rest }.all().map_ok(part).try_flatten().chain(streams::chunk(closing));
    Ok(([(header::CONTENT_TYPE, content_type), (header::ETAG, headers::value(etag)?)], streams::body(body))
        .into_response())
}

/// Octets, or for frames what the client asked them as.
fn media_type(asker: &Asker, part: &BulkPart) -> String {
    let Some(syntax) = part.transfer_syntax.as_deref().filter(|_| matches!(part.place, PartPlace::Frame(_))) else {
        return OCTETS.to_owned();
    };
    match asker.accept.frames(&negotiated::stored(&part.instance), SEVERAL) {
        Ok(form) => form.media_type_of(syntax).to_owned(),
        Err(_) => transfer_syntax::of(syntax).media_type.to_owned(),
    }
}

fn location(base: &Base, part: &BulkPart) -> String {
    let (study, series, uid) = (&part.instance.study, &part.instance.series, &part.instance.uid);
    match part.place {
        PartPlace::Value(offset, length) => base.bulk_data(study, series, uid, offset, length),
        PartPlace::Pixels => format!("{}7FE00010", base.bulk_data_of(study, series, uid)),
        PartPlace::Frame(number) => format!("{}/frames/{number}", base.instance(study, series, uid)),
    }
}
