//! The page at an address of the viewer: OHIF's for whoever may look at images, the sign-in for everybody else.

use super::{INDEX, files::Files};
use crate::pages;
use access_control::{Object, Search, View, decide};
use axum::{
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::{IntoResponse, Response},
};
use imaging_domain::Principal;

/// Our page of the door.
const DOOR: &str = "door.html";

/// Answers 200 in either case: the door is no failure, it asks first of all whether there is a session after all. A
/// browser that followed a link from another site keeps the cookie back this once (`SameSite=Strict`, RFC 6265bis 5.2),
/// and the door then only has to load the same address again.
pub(super) async fn page(files: &Files, asked: &Parts) -> Response {
    let who = asked.extensions.get::<Principal>().unwrap_or(&Principal::Anonymous);
    let object = match who {
        Principal::LinkHolder { studies, .. } => studies.first().map_or(Object::Region, Object::Study),
        _ => Object::Region,
    };
    let may_look = decide::<Search>(who, object).is_ok() && decide::<View>(who, object).is_ok();
    // no conditions: the same address has two pages, and a browser must not keep one for the other
    let plain = HeaderMap::from_iter(
        asked.headers.get(header::ACCEPT_ENCODING).map(|codings| (header::ACCEPT_ENCODING, codings.clone())),
    );
    let found = if may_look { files.answer(INDEX, &plain).await } else { pages::asset(DOOR, &HeaderMap::new()) };
    let mut response = found.unwrap_or_else(|| crate::Error::NotFound("page").into_response());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().remove(header::ETAG);
    response
}
