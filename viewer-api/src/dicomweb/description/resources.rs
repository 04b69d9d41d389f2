//! The table of resources.

mod worklist;

use super::parameters::{self, Parameter};
use ::dicomweb::{DICOM_JSON, DICOM_XML, WADO_URI_TYPES};
use axum::http::Method;
use imaging_domain::Level;

/// One resource with one method.
#[derive(Debug)]
pub(crate) struct Resource {
    /// Below the base; names of the path's parameters in braces.
    pub(crate) path: String,
    pub(crate) method: Method,
    /// Name of the transaction's part (PS3.18), told apart by level.
    pub(crate) name: String,
    /// Section of PS3.18.
    pub(crate) section: &'static str,
    pub(crate) about: &'static str,
    pub(crate) parameters: Vec<Parameter>,
    /// Media types of the request's body; none without a body.
    pub(crate) takes: &'static [&'static str],
    /// Media types of a successful answer.
    pub(crate) gives: &'static [&'static str],
    /// Statuses of success, and of failure.
    pub(crate) statuses: [&'static [u16]; 2],
}

const TEXTS: &[&str] = &[DICOM_JSON, "multipart/related"];
const FILES: &[&str] = &["multipart/related", "application/dicom", "application/zip"];
const PARTS: &[&str] = &["multipart/related"];
const BYTES: &[&str] = &["multipart/related", "application/octet-stream"];
const FRAMES: &[&str] = &[
    "multipart/related",
    "application/octet-stream",
    "image/jpeg",
    "image/jls",
    "image/jp2",
    "image/jpx",
    "image/jphc",
    "image/jxl",
    "image/dicom-rle",
    "video/mpeg",
    "video/mp4",
];
const PICTURES: &[&str] = &["image/jpeg", "image/png"];
const RENDERED: &[&str] = &[
    "image/jpeg",
    "image/png",
    "image/gif",
    "application/pdf",
    "text/html",
    "text/plain",
    "text/xml",
    "video/mp4",
    "video/mpeg",
];
const STORED: &[&str] = &["multipart/related", "application/dicom", DICOM_JSON, DICOM_XML];
const ASKED: &[&str] = &[DICOM_JSON, DICOM_XML];

const FOUND: [&[u16]; 2] = [&[200, 204], &[400, 401, 403, 406, 413, 503]];
const GIVEN: [&[u16]; 2] = [&[200, 304], &[400, 401, 403, 404, 406, 410, 413, 503]];
const PIECE: [&[u16]; 2] = [&[200, 206, 304], &[400, 401, 403, 404, 406, 410, 413, 416, 503]];
const TAKEN: [&[u16]; 2] = [&[200, 202], &[400, 401, 403, 406, 409, 413, 415, 503]];
const LOOKED_AT: [&[u16]; 2] = [&[200, 202], &[400, 401, 403, 404, 406, 503]];

const STUDY: &str = "/studies/{study}";
const SERIES: &str = "/studies/{study}/series/{series}";
const INSTANCE: &str = "/studies/{study}/series/{series}/instances/{instance}";
const LEVELS: [(&str, &str); 3] = [("Study", STUDY), ("Series", SERIES), ("Instance", INSTANCE)];

/// Every resource that the hub has.
pub(crate) fn all() -> Vec<Resource> {
    let mut out = vec![];
    searches(&mut out);
    for (level, path) in LEVELS {
        retrievals(&mut out, level, path);
    }
    let frames = format!("{INSTANCE}/frames/{{frames}}");
    out.push(get(&frames, "retrieveFrames", "10.4", "Frames, each a part", FRAMES, PIECE));
    pictures(&mut out, "Frames", &frames);
    let value = format!("{INSTANCE}/bulkdata/{{value}}");
    out.push(get(&value, "retrieveBulkData", "10.4", "A value that the metadata left out", BYTES, PIECE));
    let mut wado =
        get("/wado", "retrieveByQueryString", "9", "One instance, as old viewers ask", WADO_URI_TYPES, PIECE);
    wado.parameters = parameters::of_wado_uri();
    out.push(wado);
    for (name, path) in [("storeInstances", "/studies"), ("storeInstancesOfStudy", STUDY)] {
        let store = get(path, name, "10.5", "Stores instances; each has its own outcome", ASKED, TAKEN);
        out.push(Resource { method: Method::POST, takes: STORED, ..store });
    }
    commitment(&mut out);
    out.extend(worklist::all());
    out
}

fn commitment(out: &mut Vec<Resource>) {
    let path = "/commitment-requests/{transaction}";
    let about = "Reads instances back that are held here, and says of each whether it is kept";
    let request = get(path, "requestCommitment", "13.4", about, ASKED, TAKEN);
    let result = get(path, "checkCommitment", "13.5", "What was found", ASKED, LOOKED_AT);
    out.extend([Resource { method: Method::POST, takes: ASKED, ..request }, result]);
}

impl Resource {
    /// Whether its JSON is one data set rather than an array of them.
    pub(crate) fn gives_one(&self) -> bool {
        !self.takes.is_empty() || self.section == "13.5"
    }

    /// Whether an answer of this status has no body.
    pub(crate) fn is_without_body(&self, status: u16) -> bool {
        matches!(status, 204 | 304) || status == 202 && self.section.starts_with("13.")
    }
}

fn searches(out: &mut Vec<Resource>) {
    for (name, path, level) in [
        ("searchForStudies", "/studies".to_owned(), Level::Study),
        ("searchForSeries", "/series".to_owned(), Level::Series),
        ("searchForInstances", "/instances".to_owned(), Level::Instance),
        ("searchForSeriesOfStudy", format!("{STUDY}/series"), Level::Series),
        ("searchForInstancesOfStudy", format!("{STUDY}/instances"), Level::Instance),
        ("searchForInstancesOfSeries", format!("{SERIES}/instances"), Level::Instance),
    ] {
        let mut search = get(&path, name, "10.6", "Finds by attributes; one result for all copies", TEXTS, FOUND);
        search.parameters.extend(parameters::of_search(level));
        out.push(search);
    }
}

fn retrievals(out: &mut Vec<Resource>, level: &str, path: &str) {
    out.push(get(path, &format!("retrieve{level}"), "10.4", "Files, each a part", FILES, PIECE));
    let metadata = format!("{path}/metadata");
    let operation = format!("retrieve{level}Metadata");
    out.push(get(&metadata, &operation, "10.4", "Attributes, without long values", TEXTS, GIVEN));
    for (name, what, about) in [
        ("bulkdata", "BulkData", "Every value that the metadata left out"),
        ("pixeldata", "PixelData", "Pixel data, native or each frame by itself"),
    ] {
        let operation = format!("retrieve{level}{what}");
        out.push(get(&format!("{path}/{name}"), &operation, "10.4", about, PARTS, PIECE));
    }
    pictures(out, level, path);
}

fn pictures(out: &mut Vec<Resource>, level: &str, path: &str) {
    let rendered = format!("{path}/rendered");
    let mut rendered = get(
        &rendered,
        &format!("retrieveRendered{level}"),
        "10.4",
        "A picture, document or report to look at",
        RENDERED,
        PIECE,
    );
    rendered.parameters.extend(parameters::of_rendered());
    let thumbnail = format!("{path}/thumbnail");
    let mut thumbnail =
        get(&thumbnail, &format!("retrieve{level}Thumbnail"), "10.4", "A small picture", PICTURES, GIVEN);
    thumbnail.parameters.extend(parameters::of_thumbnail());
    out.extend([rendered, thumbnail]);
}

fn get(
    path: &str,
    name: &str,
    section: &'static str,
    about: &'static str,
    gives: &'static [&'static str],
    statuses: [&'static [u16]; 2],
) -> Resource {
    let mut parameters = parameters::of_path(path);
    parameters.push(parameters::ACCEPT);
    let (path, name) = (path.to_owned(), name.to_owned());
    Resource { path, method: Method::GET, name, section, about, parameters, takes: &[], gives, statuses }
}
