//! Media types that `contentType` may ask for.

/// What is given when nothing is asked for: whichever of them an instance is (PS3.18 9: a picture of an image, the text of a
/// report).
pub(super) const UNASKED: &str = "image/jpeg,text/html,application/pdf,text/xml,video/mp4,video/mpeg";
/// What can be given by WADO-URI.
pub const WADO_URI_TYPES: &[&str] = &[
    "application/dicom",
    "image/jpeg",
    "image/png",
    "image/gif",
    "text/html",
    "text/plain",
    "text/xml",
    "application/pdf",
    "video/mp4",
    "video/mpeg",
];
/// Ranges of it.
const RANGES: [&str; 2] = ["image/*", "*/*"];

/// Those that are given of the ones that were asked for, in lower case and their order.
pub(super) fn types(asked: Option<&str>) -> Vec<String> {
    let asked = asked.unwrap_or(UNASKED).split(',');
    let types = asked.map(|part| part.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    types.filter(|name| WADO_URI_TYPES.contains(&name.as_str()) || RANGES.contains(&name.as_str())).collect()
}
