//! A little web server: OHIF's files as the hub installed them, and the DICOMweb of another server on the same origin.

use anyhow::Result;
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{StatusCode, Uri, header, uri::PathAndQuery},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::net::TcpListener;

/// OHIF's configuration at the hub, and the line of it that says where images are.
const CONFIG: &str = include_str!("../../../../config/ohif.js");
const OURS: &str = "`${window.location.origin}/dicomweb`";
const THEIRS: &str = "`${window.location.origin}/dicom-web`";
/// The page is isolated as it is at the hub, so that OHIF may share memory between its threads there too.
const ISOLATED: [(&str, &str); 2] =
    [("cross-origin-opener-policy", "same-origin"), ("cross-origin-embedder-policy", "require-corp")];

struct Site {
    dist: PathBuf,
    behind: SocketAddr,
    client: Client<HttpConnector, Body>,
}

/// Serves OHIF from a folder, and what is below `/dicom-web` from a server behind; says where. It ends with the runtime.
pub async fn start(dist: &Path, behind: SocketAddr) -> Result<SocketAddr> {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let site = Arc::new(Site { dist: dist.to_owned(), behind, client });
    let router = Router::new()
        .route("/app-config.js", get(config))
        .route("/dicom-web/{*rest}", any(forward))
        .fallback(file)
        .with_state(site);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async { axum::serve(listener, router).await });
    Ok(address)
}

async fn config() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript")], CONFIG.replace(OURS, THEIRS))
}

/// Nothing of a request is changed but its way: the server behind makes its addresses from `Host`.
async fn forward(State(site): State<Arc<Site>>, mut request: Request) -> Response {
    let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
    let Ok(uri) = format!("http://{}{path}", site.behind).parse() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    *request.uri_mut() = uri;
    match site.client.request(request).await {
        Ok(answer) => answer.map(Body::new).into_response(),
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

/// A file in its compressed form where there is one; the page for whatever is no file.
async fn file(State(site): State<Arc<Site>>, uri: Uri) -> Response {
    let name = uri.path().trim_start_matches('/');
    let name = if !name.is_empty() && site.dist.join(name).is_file() { name } else { "index.html" };
    let packed = site.dist.join(format!("{name}.gz"));
    let (path, coding) = if packed.is_file() { (packed, "gzip") } else { (site.dist.join(name), "identity") };
    let Ok(bytes) = tokio::fs::read(path).await else { return StatusCode::NOT_FOUND.into_response() };
    let told = [(header::CONTENT_TYPE, media_type(name)), (header::CONTENT_ENCODING, coding)];
    (told, ISOLATED, bytes).into_response()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "webapp" => "application/json",
        "wasm" => "application/wasm",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}
