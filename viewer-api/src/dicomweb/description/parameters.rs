//! Parameters of the resources, as the description tells them.

use imaging_domain::{
    Attribute, Level, UID_PATTERN,
    attribute::{self, Rule},
    worklist,
};

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// In the path: always there.
    Path,
    /// In the query string: optional.
    Query,
}

/// What its text looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Any text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number from the first to the second.
    Number(u32, u32),
    /// What a regular expression says.
    Pattern(&'static str),
}

/// One parameter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) standing: Standing,
    pub(crate) form: Form,
    pub(crate) about: &'static str,
}

/// A UID of the path (PS3.5 9.1).
const UID: Form = Form::Pattern(UID_PATTERN);

const fn path(name: &'static str, form: Form, about: &'static str) -> Parameter {
    Parameter { name, standing: Standing::Path, form, about }
}

const fn query(name: &'static str, form: Form, about: &'static str) -> Parameter {
    Parameter { name, standing: Standing::Query, form, about }
}

const IN_PATH: &[Parameter] = &[
    path("study", UID, "Study Instance UID"),
    path("series", UID, "Series Instance UID"),
    path("instance", UID, "SOP Instance UID"),
    path("transaction", UID, "Transaction UID"),
    path("workitem", UID, "SOP Instance UID of a step of work"),
    path("worklist", UID, "1.2.840.10008.5.1.4.34.5 for every step, 1.2.840.10008.5.1.4.34.5.1 for those of a filter"),
    path("aetitle", Form::Pattern("^[A-Z0-9_-]{1,16}$"), "application entity title of a subscriber"),
    path("frames", Form::Pattern("^[1-9][0-9]{0,8}(,[1-9][0-9]{0,8})*$"), "frame numbers from 1, with commas"),
    path("value", Form::Pattern("^[0-9]{1,18}-[0-9]{1,18}$"), "where a value lies, as a BulkDataURI says; or its tags"),
];

/// What every resource may be asked for in the query string (PS3.18 8.3.3).
pub(super) const ACCEPT: Parameter =
    query("accept", Form::Text, "media types, for clients that cannot set the header Accept (PS3.18 8.3.3.1)");

const PAGING: &[Parameter] = &[
    query("limit", Form::Number(0, u32::MAX), "most results of one answer (PS3.18 8.3.4.4)"),
    query("offset", Form::Number(0, u32::MAX), "results to pass over (PS3.18 8.3.4.4)"),
    query("includefield", Form::Text, "further attributes by keyword or tag, with commas, or `all` (PS3.18 8.3.4.3)"),
    query("fuzzymatching", Form::Flag, "names by their parts, in any script (PS3.18 8.3.4.2)"),
    query("emptyvaluematching", Form::Flag, "`\"\"` as a key matches what has no value (PS3.18 8.3.4.5)"),
    query("multiplevaluematching", Form::Flag, "all of several values, not one of them (PS3.18 8.3.4.6)"),
];

const PICTURE: &[Parameter] = &[
    query("viewport", Form::Text, "width,height of the picture, and the part x,y,width,height (PS3.18 8.3.5.1.3)"),
    query("window", Form::Text, "center,width,function (PS3.18 8.3.5.1.4)"),
    query("quality", Form::Number(1, 100), "quality of a lossy picture (PS3.18 8.3.5.1.2)"),
    query("annotation", Form::Text, "patient, technique: texts that are burnt in (PS3.18 8.3.5.1.1)"),
    query("iccprofile", Form::Text, "no, yes, srgb, adobergb or rommrgb (PS3.18 8.3.5.1.5)"),
    query("region", Form::Text, "xmin,ymin,xmax,ymax from 0 to 1; beyond the Standard, as WADO-URI has it"),
    query("overlays", Form::Text, "all, none, or groups with commas; beyond the Standard"),
    query("presentationUID", Form::Text, "the presentation state to show it with; beyond the Standard"),
    query("presentationSeriesUID", Form::Text, "its series"),
    query("segmentationUID", Form::Text, "the segmentation to show over it; beyond the Standard"),
    query("segmentationSeriesUID", Form::Text, "its series"),
];

const NEW_STEP: &[Parameter] = &[query("workitem", UID, "SOP Instance UID of the step (PS3.18 11.4.1.2)")];
const CHANGED_STEP: &[Parameter] = &[query("transaction", UID, "Transaction UID of who took it on (PS3.18 11.6.1.2)")];
const CANCEL: &[Parameter] =
    &[query("requester", Form::Pattern("^[A-Z0-9_-]{1,16}$"), "who asks, as subscribers are told")];
const SUBSCRIPTION: &[Parameter] = &[
    query("deletionlock", Form::Flag, "steps are kept until the subscription ends (PS3.18 11.10.1.2)"),
    query(
        "filter",
        Form::Text,
        "keys of a search as key=value with commas, for a filtered worklist (PS3.18 11.10.1.2)",
    ),
];

const WADO_URI: &[Parameter] = &[
    query("requestType", Form::Text, "WADO, always (PS3.18 9.1)"),
    query("studyUID", UID, "Study Instance UID"),
    query("seriesUID", UID, "Series Instance UID"),
    query("objectUID", UID, "SOP Instance UID"),
    query("contentType", Form::Text, "application/dicom, image/jpeg or image/png"),
    query("transferSyntax", UID, "transfer syntax of a file"),
    query("anonymize", Form::Pattern("^(yes|no)$"), "yes: a file without who it is about"),
    query("frameNumber", Form::Number(1, u32::MAX), "frame of a picture"),
    query("rows", Form::Number(1, 8192), "rows that a picture fits into"),
    query("columns", Form::Number(1, 8192), "columns that a picture fits into"),
    query("windowCenter", Form::Text, "window of a picture"),
    query("windowWidth", Form::Text, "window of a picture"),
    query("imageQuality", Form::Number(1, 100), "quality of a JPEG"),
    query("region", Form::Text, "part of a picture: xmin,ymin,xmax,ymax from 0 to 1"),
    query("annotation", Form::Text, "patient, technique: texts that are burnt in"),
    query("presentationUID", Form::Text, "the presentation state to show it with"),
    query("presentationSeriesUID", Form::Text, "its series"),
];

/// The parameters that stand in a path's braces.
pub(super) fn of_path(path: &str) -> Vec<Parameter> {
    IN_PATH.iter().filter(|parameter| path.contains(&format!("{{{}}}", parameter.name))).copied().collect()
}

/// Those of a search at a level: paging, and every attribute that the index matches, by its keyword (PS3.18 8.3.4.1).
pub(super) fn of_search(level: Level) -> Vec<Parameter> {
    with_keys(attribute::TABLE.iter().filter(|attribute| attribute.level <= level))
}

/// Those of a search of the worklist.
fn of_worklist_search() -> Vec<Parameter> {
    with_keys(worklist::keys())
}

fn with_keys(attributes: impl Iterator<Item = &'static Attribute>) -> Vec<Parameter> {
    let keys = attributes.filter(|attribute| attribute.path.len() == 1);
    let keys = keys.filter_map(|attribute| {
        let about = match attribute.rule {
            Rule::None => return None,
            Rule::Text => "a value; * and ? stand for what is not known",
            Rule::Name => "a name; * and ? stand for what is not known, case does not count",
            Rule::List => "a value, or several with commas",
            Rule::Range => "a value, or from-to",
            Rule::Number => "a number",
        };
        Some(query(attribute.keyword, Form::Text, about))
    });
    PAGING.iter().copied().chain(keys).collect()
}

/// Those of a resource of the worklist, by the section that describes it.
pub(super) fn of_worklist(section: &str) -> Vec<Parameter> {
    match section {
        "11.4" => NEW_STEP.to_vec(),
        "11.6" => CHANGED_STEP.to_vec(),
        "11.8" => CANCEL.to_vec(),
        "11.9" => of_worklist_search(),
        "11.10" => SUBSCRIPTION.to_vec(),
        _ => vec![],
    }
}

/// Those of a rendered image.
pub(super) fn of_rendered() -> Vec<Parameter> {
    PICTURE.to_vec()
}

/// Those of WADO-URI (PS3.18 9.1.2).
pub(super) fn of_wado_uri() -> Vec<Parameter> {
    WADO_URI.to_vec()
}

/// Those of a thumbnail (PS3.18 10.4.1.2.3).
pub(super) fn of_thumbnail() -> Vec<Parameter> {
    PICTURE[..1].to_vec()
}
