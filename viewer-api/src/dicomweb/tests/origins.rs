//! Pages of other origins.

use super::*;

#[tokio::test]
async fn only_allowed_origins_read_with_cookies() {
    let origin = |origin| [("origin", origin), ("access-control-request-method", "GET")];
    let (told, _) = ask_with(Request::options("/dicomweb/studies"), None, &origin("https://viewer.example")).await;
    assert_eq!(told.status.as_u16(), 204);
    assert_eq!(told.header("access-control-allow-origin"), "https://viewer.example");
    let (told, _) = ask_with(Request::options("/dicomweb/studies"), None, &origin("https://evil.example")).await;
    // what a resource can do is told to anybody, but no page of another origin may read it
    assert_eq!((told.status.as_u16(), told.header("access-control-allow-origin")), (200, ""));
    assert_eq!(told.header("access-control-allow-methods"), "");
    let told = ask("/studies", &[("origin", "https://viewer.example")]).await;
    assert!(told.header("access-control-expose-headers").contains("Content-Range"));
    assert_eq!(told.header("cross-origin-resource-policy"), "same-site");
}
