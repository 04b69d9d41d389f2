//! OHIF's files: found by name among those that were there at the start, so that no path of a request reaches the disk.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::{
    collections::HashMap,
    fs, io,
    io::Read,
    path::{Path, PathBuf},
};
use tokio_util::io::ReaderStream;

/// The most files of a viewer.
const MAX_FILES: usize = 4096;
/// The most bytes of a page that is read whole.
const MAX_PAGE_BYTES: u64 = 1 << 20;
/// How much of a file is read at once.
const CHUNK_BYTES: usize = 64 << 10;
/// Files with a digest in their name never change.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// The files of a folder.
pub(super) struct Files {
    by_name: HashMap<String, File>,
}

struct File {
    path: PathBuf,
    media_type: &'static str,
    etag: HeaderValue,
    bytes: u64,
    /// The same, compressed with gzip, and its bytes.
    compressed: Option<(PathBuf, u64)>,
}

impl Files {
    /// Whatever lies below a folder, with its compressed form (`NAME.gz`) where there is one.
    ///
    /// # Errors
    /// When it cannot be read or holds too many files.
    pub(super) fn below(folder: &Path) -> io::Result<Self> {
        let (mut by_name, mut waiting) = (HashMap::new(), vec![folder.to_owned()]);
        while let Some(next) = waiting.pop() {
            for entry in fs::read_dir(next)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    waiting.push(entry.path());
                } else if let Some((name, file)) = described(folder, &entry.path())? {
                    by_name.insert(name, file);
                }
                if by_name.len() + waiting.len() > MAX_FILES {
                    return Err(io::Error::other("the viewer has too many files"));
                }
            }
        }
        Ok(Self { by_name })
    }

    /// A whole page.
    ///
    /// # Errors
    /// When it is not there or not text.
    pub(super) fn text(&self, name: &str) -> io::Result<String> {
        let file = self.by_name.get(name).ok_or(io::ErrorKind::NotFound)?;
        let mut text = String::new();
        fs::File::open(&file.path)?.take(MAX_PAGE_BYTES).read_to_string(&mut text)?;
        Ok(text)
    }

    /// The answer to a request for a file; `None` when there is no such file.
    pub(super) async fn answer(&self, name: &str, asked: &HeaderMap) -> Option<Response> {
        let file = self.by_name.get(name)?;
        let caching = if is_named_by_digest(name) { FOREVER } else { ASK_AGAIN };
        let told = [(header::ETAG, file.etag.clone()), (header::CACHE_CONTROL, caching)];
        let vary = (header::VARY, HeaderValue::from_static("Accept-Encoding"));
        if asked.get(header::IF_NONE_MATCH) == Some(&file.etag) {
            return Some((StatusCode::NOT_MODIFIED, told, [vary]).into_response());
        }
        let compressed = file.compressed.as_ref().filter(|_| takes_gzip(asked));
        let (path, bytes) = compressed.map_or((&file.path, file.bytes), |(path, bytes)| (path, *bytes));
        let opened = match tokio::fs::File::open(path).await {
            Ok(opened) => opened,
            Err(error) => {
                tracing::error!(%error, name, "a file of the viewer cannot be read");
                return Some(crate::Error::NotFound("file").into_response());
            }
        };
        let body = Body::from_stream(ReaderStream::with_capacity(opened, CHUNK_BYTES));
        let form = [
            (header::CONTENT_TYPE, HeaderValue::from_static(file.media_type)),
            (header::CONTENT_LENGTH, HeaderValue::from(bytes)),
            vary,
        ];
        let mut response = (told, form, body).into_response();
        if compressed.is_some() {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        Some(response)
    }
}

/// The name and the description of a file; `None` for what is the compressed form of another.
fn described(folder: &Path, path: &Path) -> io::Result<Option<(String, File)>> {
    let name = path.strip_prefix(folder).ok().and_then(Path::to_str);
    let Some(name) = name.filter(|name| !name.ends_with(".gz")) else { return Ok(None) };
    let bytes = fs::metadata(path)?.len();
    let packed = PathBuf::from(format!("{}.gz", path.display()));
    let compressed = fs::metadata(&packed).ok().map(|packed| packed.len()).map(|bytes| (packed, bytes));
    // a folder holds one version for ever, so its name and the size tell a file of one version from that of another
    let version = folder.file_name().map(|version| version.to_string_lossy().into_owned()).unwrap_or_default();
    let etag = HeaderValue::from_str(&format!("W/\"{version}-{bytes:x}\""));
    let etag = etag.unwrap_or(HeaderValue::from_static("W/\"0\""));
    Ok(Some((name.to_owned(), File { path: path.to_owned(), media_type: media_type(name), etag, bytes, compressed })))
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webapp" => "application/manifest+json",
        "xml" => "application/xml",
        "wasm" => "application/wasm",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// Whether a part of the name between points is a digest of 20 hexadecimal digits.
fn is_named_by_digest(name: &str) -> bool {
    name.split(['.', '/']).any(|part| part.len() == 20 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn takes_gzip(asked: &HeaderMap) -> bool {
    let lines = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    let mut codings = lines.flat_map(|line| line.split(','));
    codings.any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim().eq_ignore_ascii_case("gzip") && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}
