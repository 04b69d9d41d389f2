//! The page's files, embedded in the program.

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use std::hash::{DefaultHasher, Hasher};
use tower_http::compression::CompressionLayer;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// One file of `web/`.
#[derive(Debug)]
pub(super) struct Asset {
    /// Its path inside `web/`.
    pub(super) path: &'static str,
    /// Its media type.
    pub(super) media_type: &'static str,
    /// Its bytes.
    pub(super) bytes: &'static [u8],
}

macro_rules! assets {
    ($($path:literal $media_type:ident),+ $(,)?) => {
        &[$(Asset {
            path: $path,
            media_type: $media_type,
            bytes: include_bytes!(concat!("../../web/", $path)),
        }),+]
    };
}

/// Every file of `web/`.
pub(super) const ASSETS: &[Asset] = assets![
    "index.html" HTML,
    "console.html" HTML,
    "console/console.css" CSS,
    "console/copies.js" JS,
    "console/crawl.js" JS,
    "console/failures.js" JS,
    "console/header.js" JS,
    "console/main.js" JS,
    "console/network.js" JS,
    "console/overview.js" JS,
    "console/parts.js" JS,
    "console/problems.js" JS,
    "console/reasons.js" JS,
    "console/report.js" JS,
    "console/studies.js" JS,
    "console/words-crawl.js" JS,
    "console/words-look.js" JS,
    "console/words.js" JS,
    "icon.svg" SVG,
    "base.css" CSS,
    "filters.css" CSS,
    "history.css" CSS,
    "parts.css" CSS,
    "patient/ask.js" JS,
    "patient/calm.css" CSS,
    "patient/documents.js" JS,
    "patient/doorway.js" JS,
    "patient/download.js" JS,
    "patient/drawing.js" JS,
    "patient/examination.js" JS,
    "patient/frames.js" JS,
    "patient/gestures.js" JS,
    "patient/headers.js" JS,
    "patient/home.js" JS,
    "patient/icons.js" JS,
    "patient/index.html" HTML,
    "patient/kept.js" JS,
    "patient/keyboard.js" JS,
    "patient/language-choice.js" JS,
    "patient/language.js" JS,
    "patient/link.js" JS,
    "patient/loader.js" JS,
    "patient/marks.js" JS,
    "patient/more.js" JS,
    "patient/opening.js" JS,
    "patient/pane-parts.js" JS,
    "patient/pane.js" JS,
    "patient/patient.js" JS,
    "patient/pin-field.js" JS,
    "patient/playing.js" JS,
    "patient/rail.js" JS,
    "patient/report.js" JS,
    "patient/saving.js" JS,
    "patient/series-name.js" JS,
    "patient/spoken-en.js" JS,
    "patient/spoken-es.js" JS,
    "patient/spoken-zh.js" JS,
    "patient/stack.js" JS,
    "patient/thumbnails.js" JS,
    "patient/toolbar.js" JS,
    "patient/viewing.css" CSS,
    "patient/windows.js" JS,
    "region.css" CSS,
    "share.css" CSS,
    "study.css" CSS,
    "worklist.css" CSS,
    "api.js" JS,
    "asked.js" JS,
    "compare.js" JS,
    "dicom.js" JS,
    "dom.js" JS,
    "door.html" HTML,
    "door.js" JS,
    "filters.js" JS,
    "history.js" JS,
    "holders.js" JS,
    "i18n.js" JS,
    "keys.js" JS,
    "main.js" JS,
    "moves.js" JS,
    "names.js" JS,
    "news.js" JS,
    "overview.js" JS,
    "pager.js" JS,
    "picture.js" JS,
    "records.js" JS,
    "region.js" JS,
    "row.js" JS,
    "share.js" JS,
    "share-fields.js" JS,
    "share-list.js" JS,
    "share-made.js" JS,
    "sign-in.js" JS,
    "slip.js" JS,
    "stage.js" JS,
    "steps.js" JS,
    "study-parts.js" JS,
    "study.js" JS,
    "table.js" JS,
    "theme.js" JS,
    "timeline.js" JS,
    "viewer.js" JS,
    "words-list.js" JS,
    "words-share.js" JS,
    "words.js" JS,
    "worklist.js" JS,
];

/// A page at `/`, the other files at `/assets/`.
pub(super) fn routes(page: &'static str) -> Router {
    Router::new()
        .route("/", get(async move |headers: HeaderMap| found(asset(page, &headers))))
        .route(
            "/assets/{*path}",
            get(async |Path(path): Path<String>, headers: HeaderMap| found(asset(&path, &headers))),
        )
        .layer(CompressionLayer::new())
}

fn found(answer: Option<Response>) -> Response {
    answer.unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
}

/// One of the files, if there is such a file. Files have no version in their names, so a browser asks each time whether its own
/// is still the one.
pub(crate) fn asset(path: &str, headers: &HeaderMap) -> Option<Response> {
    let asset = ASSETS.iter().find(|asset| asset.path == path)?;
    let etag = etag(asset.bytes);
    let caching = [(header::ETAG, etag.clone()), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    if is_named(headers, &etag) {
        return Some((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    Some((caching, [(header::CONTENT_TYPE, asset.media_type)], asset.bytes).into_response())
}

/// Weak, because the compressed form is the same file (RFC 9110 8.8.1).
fn etag(bytes: &[u8]) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    let text = format!("W/\"{:016x}\"", hasher.finish());
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("W/\"0\""))
}

fn is_named(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let lists = headers.get_all(header::IF_NONE_MATCH).into_iter();
    let mut names = lists.flat_map(|list| list.as_bytes().split(|byte| *byte == b',')).map(<[u8]>::trim_ascii);
    names.any(|name| name == b"*" || name == etag.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, path::Path};

    fn embedded() -> BTreeSet<&'static str> {
        ASSETS.iter().map(|asset| asset.path).collect()
    }

    fn text(asset: &Asset) -> &'static str {
        std::str::from_utf8(asset.bytes).unwrap()
    }

    /// What stands between an opening mark and the next quotation mark.
    fn quoted<'a>(text: &'a str, opening: &'a str) -> impl Iterator<Item = &'a str> {
        text.split(opening).skip(1).filter_map(|rest| rest.split(['"', '\'']).next())
    }

    fn names(folder: &Path, below: &str) -> BTreeSet<String> {
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        let files = files.filter(|entry| entry.file_type().unwrap().is_file());
        files.map(|entry| format!("{below}{}", entry.file_name().into_string().unwrap())).collect()
    }

    #[test]
    fn every_file_is_embedded_once_and_typed() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
        let mut files = names(&folder, "");
        files.extend(names(&folder.join("patient"), "patient/"));
        files.extend(names(&folder.join("console"), "console/"));
        assert_eq!(files, embedded().into_iter().map(String::from).collect());
        assert_eq!(embedded().len(), ASSETS.len());
        for asset in ASSETS {
            let expected = match asset.path.rsplit_once('.').unwrap().1 {
                "html" => HTML,
                "css" => CSS,
                "js" => JS,
                "svg" => SVG,
                other => panic!("{other}"),
            };
            assert_eq!(asset.media_type, expected, "{}", asset.path);
        }
    }

    #[test]
    fn whatever_a_file_names_is_embedded() {
        let embedded = embedded();
        let mut seen = 0;
        for asset in ASSETS {
            let imports = quoted(text(asset), "from './");
            let assets = quoted(text(asset), "'/assets/").chain(quoted(text(asset), "\"/assets/"));
            let of_patients = quoted(text(asset), "\"/s/assets/");
            let shared = quoted(text(asset), "from '../");
            for name in imports.chain(assets).chain(of_patients).chain(shared) {
                let folder = asset.path.rsplit_once('/').map_or("", |(folder, _)| folder);
                let own = format!("{folder}/{name}");
                let is_here = embedded.contains(name) || embedded.contains(own.as_str());
                assert!(is_here, "{} names {name}", asset.path);
                seen += 1;
            }
        }
        assert!(seen > 40, "{seen}");
    }

    /// The policy forbids these, so they would not work; and a text about a patient must never become markup.
    #[test]
    fn nothing_is_inline_and_nothing_becomes_markup() {
        for asset in ASSETS {
            let text = text(asset);
            for bad in [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                "<style",
                "style=",
                "onclick=",
            ] {
                // a report's style sheet is taken out there
                let is_taken_out = bad == "<style" && asset.path == "patient/report.js";
                assert!(!text.contains(bad) || is_taken_out, "{} holds {bad}", asset.path);
            }
            assert!(!text.contains("src=\"http") && !text.contains("url("), "{} names another origin", asset.path);
            if asset.media_type == HTML {
                assert_eq!(text.matches("<script").count(), text.matches("<script type=\"module\" src=").count());
            }
        }
    }

    #[test]
    fn both_languages_have_every_sentence() {
        let keys = |part: &str| -> BTreeSet<String> {
            let lines = part.lines().filter_map(|line| line.strip_prefix("    ")?.split_once(": "));
            // Chinese has no plural.
            lines.map(|(key, _)| key.to_owned()).filter(|key| !key.ends_with("One")).collect()
        };
        let mut known = BTreeSet::new();
        for name in [
            "words.js",
            "words-list.js",
            "words-share.js",
            "console/words.js",
            "console/words-look.js",
            "console/words-crawl.js",
        ] {
            let words = text(ASSETS.iter().find(|asset| asset.path == name).unwrap());
            let (english, chinese) = words.split_once("  zh: {").unwrap();
            assert!(keys(english).len() > 30, "{name}");
            assert_eq!(keys(english), keys(chinese), "{name}");
            let twice: Vec<String> = keys(english).intersection(&known).cloned().collect();
            assert!(twice.is_empty(), "{twice:?}");
            known.extend(keys(english));
        }
        says_nothing_else(&known, |asset| !is_of_patients(asset));
    }

    #[test]
    fn patients_have_every_sentence_in_three_languages() {
        let keys = |name: &str| -> BTreeSet<String> {
            let words = text(ASSETS.iter().find(|asset| asset.path == name).unwrap());
            let lines = words.lines().filter_map(|line| line.strip_prefix("  ")?.split_once(": "));
            lines.map(|(key, _)| key.to_owned()).filter(|key| !key.ends_with("One")).collect()
        };
        let english = keys("patient/spoken-en.js");
        assert!(english.len() > 60);
        assert_eq!(english, keys("patient/spoken-zh.js"));
        assert_eq!(english, keys("patient/spoken-es.js"));
        says_nothing_else(&english, is_of_patients);
    }

    fn is_of_patients(asset: &Asset) -> bool {
        asset.path.starts_with("patient/")
    }

    fn says_nothing_else(known: &BTreeSet<String>, which: impl Fn(&Asset) -> bool) {
        for asset in ASSETS.iter().filter(|asset| asset.media_type == JS && which(asset)) {
            let spoken = text(asset).split(" t('").chain(text(asset).split("(t('")).skip(1);
            for key in spoken.filter_map(|rest| rest.split('\'').next()) {
                let is_key = key.bytes().all(|byte| byte.is_ascii_alphabetic());
                assert!(!is_key || key.is_empty() || known.contains(key), "{} says {key}", asset.path);
            }
        }
    }
}
