//! The table as a Web Application Description (PS3.18 8.9 and annex H): the answer to OPTIONS.

use super::{
    parameters::{Parameter, Standing},
    resources::{Resource, all},
};
use crate::dicomweb::request::{mounted_at, original};
use axum::{
    extract::{MatchedPath, Request},
    http::{Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::fmt::Write;

const WADL: &str = "application/vnd.sun.wadl+xml";

/// A layer: answers OPTIONS with what the resource can do, and of the base itself with all resources (PS3.18 8.9).
pub(crate) async fn capabilities(request: Request, next: Next) -> Response {
    if request.method() != Method::OPTIONS {
        return next.run(request).await;
    }
    let matched = request.extensions().get::<MatchedPath>().map(|path| path.as_str().replace("{*", "{"));
    let all = all();
    let here: Vec<&Resource> = match matched.and_then(|matched| longest(&all, &matched)) {
        Some(path) => all.iter().filter(|resource| resource.path == path).collect(),
        None if matches!(request.uri().path(), "/" | "") => all.iter().collect(),
        None => return next.run(request).await,
    };
    let mut allowed = vec!["OPTIONS"];
    for resource in &here {
        let method = resource.method.as_str();
        let reads = (resource.method == Method::GET).then_some("HEAD");
        let more: Vec<&str> = reads.into_iter().chain([method]).filter(|method| !allowed.contains(method)).collect();
        allowed.extend(more);
    }
    let base = mounted_at(original(request.extensions(), request.uri()), request.uri());
    ([(header::CONTENT_TYPE, WADL), (header::ALLOW, &*allowed.join(", "))], write(base, &here)).into_response()
}

/// The longest of the paths that a route ends with: routes are nested below a base that is not known here.
fn longest(all: &[Resource], matched: &str) -> Option<String> {
    let paths = all.iter().map(|resource| &resource.path).filter(|path| matched.ends_with(path.as_str()));
    paths.max_by_key(|path| path.len()).cloned()
}

/// The document. Every text in it is of the table, or of the path that the routes are nested at: none has a character that XML
/// would read otherwise.
fn write(base: &str, resources: &[&Resource]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = write!(out, "<application xmlns=\"http://wadl.dev.java.net/2009/02\"><resources base=\"{base}/\">");
    for resource in resources {
        // Writing into a String never fails, here and below.
        let _ = write!(out, "<resource path=\"{}\">", resource.path.trim_start_matches('/'));
        parameters(&mut out, resource, Standing::Path, "template");
        let _ = write!(out, "<method name=\"{}\" id=\"{}\"><request>", resource.method, resource.name);
        parameters(&mut out, resource, Standing::Query, "query");
        representations(&mut out, resource.takes);
        out.push_str("</request>");
        for status in resource.statuses[0] {
            let _ = write!(out, "<response status=\"{status}\">");
            representations(&mut out, if resource.is_without_body(*status) { &[] } else { resource.gives });
            out.push_str("</response>");
        }
        for status in resource.statuses[1] {
            let _ = write!(out, "<response status=\"{status}\"/>");
        }
        out.push_str("</method></resource>");
    }
    out.push_str("</resources></application>");
    out
}

fn parameters(out: &mut String, resource: &Resource, standing: Standing, style: &str) {
    let these = resource.parameters.iter().filter(|parameter| parameter.standing == standing);
    for Parameter { name, .. } in these {
        let _ = write!(out, "<param name=\"{name}\" style=\"{style}\"/>");
    }
}

fn representations(out: &mut String, media_types: &[&str]) {
    for media_type in media_types {
        let _ = write!(out, "<representation mediaType=\"{media_type}\"/>");
    }
}
