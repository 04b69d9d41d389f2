//! The viewer's listener with a few files in place of OHIF.

use super::*;
use axum::{
    body::{Body, to_bytes},
    http::HeaderMap,
};
use imaging_domain::{Principal, Role};
use tempfile::TempDir;
use tower::ServiceExt;

const PAGE: &str = "<!doctype html><script>let a;</script><script src=\"/app.js\"></script>";

struct World {
    router: Router,
    _folder: TempDir,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dist = folder.path().join("ohif-1.2.3");
        std::fs::create_dir_all(dist.join("assets/images")).unwrap();
        for (name, text) in [
            ("index.html", PAGE),
            ("app.bundle.0123456789abcdef0123.js", "let app;"),
            ("app.bundle.0123456789abcdef0123.js.gz", "packed"),
            ("app.css", "a{}"),
            ("decode.wasm", "wasm"),
            ("assets/images/logo.png", "png"),
        ] {
            std::fs::write(dist.join(name), text).unwrap();
        }
        std::fs::write(folder.path().join("secret.js"), "secret").unwrap();
        Self { router: routes(viewer(&dist).unwrap(), Router::new()), _folder: folder }
    }

    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], role: Option<Role>) -> Told {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        if let Some(role) = role {
            request.extensions_mut().insert(Principal::User { name: "wang".into(), role });
        }
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
        Told { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    async fn get(&self, path: &str) -> Told {
        self.ask(Method::GET, path, &[], None).await
    }
}

struct Told {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Told {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

#[tokio::test]
async fn files_have_their_type_and_are_kept_as_long_as_they_last() {
    let world = World::new();
    for (path, media_type, caching) in [
        (
            "/app.bundle.0123456789abcdef0123.js",
            "text/javascript; charset=utf-8",
            "public, max-age=31536000, immutable",
        ),
        ("/app.css", "text/css; charset=utf-8", "no-cache"),
        ("/decode.wasm", "application/wasm", "no-cache"),
        ("/assets/images/logo.png", "image/png", "no-cache"),
        ("/assets/door.js", "text/javascript; charset=utf-8", "no-cache"),
        ("/app-config.js", "text/javascript; charset=utf-8", "no-cache"),
    ] {
        let told = world.get(path).await;
        assert_eq!((told.status, told.header("content-type")), (200, media_type), "{path}");
        assert_eq!(told.header("cache-control"), caching, "{path}");
    }
    let etag = world.get("/app.css").await.header("etag").to_owned();
    let again = world.ask(Method::GET, "/app.css", &[("if-none-match", &etag)], None).await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));
}

#[tokio::test]
async fn the_compressed_form_goes_to_whoever_takes_it() {
    let world = World::new();
    for (codings, coding, body) in [
        ("gzip, deflate, br, zstd", "gzip", "packed"),
        ("br, GZIP;q=0.5", "gzip", "packed"),
        ("gzip;q=0", "", "let app;"),
        ("br", "", "let app;"),
    ] {
        let asked = [("accept-encoding", codings)];
        let told = world.ask(Method::GET, "/app.bundle.0123456789abcdef0123.js", &asked, None).await;
        assert_eq!((told.header("content-encoding"), told.body.as_str()), (coding, body), "{codings}");
        assert_eq!(told.header("content-length"), body.len().to_string(), "{codings}");
        assert_eq!(told.header("vary"), "Accept-Encoding");
    }
}

#[tokio::test]
async fn no_path_leads_out_of_the_folder() {
    let world = World::new();
    for path in
        ["/../secret.js", "/assets/../../secret.js", "/%2e%2e/secret.js", "/secret.js", "/app.css.gz", "//secret.js"]
    {
        assert_eq!(world.get(path).await.status, 404, "{path}");
    }
    assert_eq!(world.ask(Method::POST, "/", &[], None).await.status, 405);
}

/// A deep link is the sign-in for nobody and for a role without images, and the viewer for whoever may look.
#[tokio::test]
async fn an_address_is_the_door_or_the_viewer() {
    let world = World::new();
    for path in ["/", "/viewer?StudyInstanceUIDs=1.2.3", "/microscopy?StudyInstanceUIDs=1.2.3", "/index.html"] {
        for (role, is_viewer) in [
            (None, false),
            (Some(Role::Operator), false),
            (Some(Role::Auditor), false),
            (Some(Role::Technician), true),
            (Some(Role::Radiologist), true),
        ] {
            let told = world.ask(Method::GET, path, &[("if-none-match", "*")], role).await;
            assert_eq!(told.status, 200, "{path} {role:?}");
            assert_eq!(told.body == PAGE, is_viewer, "{path} {role:?}");
            assert_eq!(told.body.contains("/assets/door.js"), !is_viewer, "{path} {role:?}");
            assert_eq!((told.header("cache-control"), told.header("etag")), ("no-store", ""), "{path}");
        }
    }
}

#[tokio::test]
async fn the_page_is_isolated_and_loads_from_its_own_origin_only() {
    let world = World::new();
    for path in ["/", "/app.css", "/app-config.js", "/none.js"] {
        let told = world.get(path).await;
        assert_eq!(told.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(told.header("cross-origin-embedder-policy"), "require-corp", "{path}");
        assert_eq!(told.header("x-content-type-options"), "nosniff", "{path}");
        let policy = told.header("content-security-policy");
        // SHA-256 of `let a;`
        assert!(policy.contains("script-src 'self' 'sha256-81WALLbUROF1pWdYjuQYKuIcGgY/+TqVJr8UsV6Tkvo='"), "{policy}");
        assert!(!policy.contains("http") && !policy.contains('*'), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    }
    let config = world.get("/app-config.js").await.body;
    assert!(!config.contains("http://") && !config.contains("https://"), "it names another origin");
}

#[test]
fn a_folder_without_a_page_is_no_viewer() {
    let folder = tempfile::tempdir().unwrap();
    assert!(viewer(folder.path()).is_err() && viewer(&folder.path().join("none")).is_err());
}
