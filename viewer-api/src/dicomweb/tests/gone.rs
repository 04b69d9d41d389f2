//! What was deleted.

use super::ask_with;
use axum::http::Request;
use imaging_domain::Principal;

#[tokio::test]
async fn what_was_deleted_is_gone() {
    for (path, expected) in [
        ("/studies/1.77", 410),
        ("/studies/1.77/metadata", 410),
        ("/studies/1.77/series/1.3/instances/1.4/frames/1", 410),
        ("/studies/1.77/series/1.3/rendered", 410),
        ("/studies/1.77/thumbnail", 410),
        ("/studies/1.77/series/1.3/instances/1.4/bulkdata/0-8", 410),
        ("/wado?requestType=WADO&studyUID=1.77&seriesUID=1.3&objectUID=1.4", 410),
        ("/wado?requestType=WADO&studyUID=1.77&seriesUID=1.33&objectUID=1.4", 404),
        ("/studies/1.77/series/1.33", 404),
        ("/studies/1.7", 404),
        ("/studies/1.2/series/1.3/instances/1.4/frames/4", 404),
    ] {
        let (told, _) = ask_with(Request::get(format!("/dicomweb{path}")), Some(Principal::Hub), &[]).await;
        assert_eq!(told.status.as_u16(), expected, "{path}");
        assert_eq!(told.header("content-type"), "application/problem+json", "{path}");
    }
    // what was there is nobody's business who may not see it
    let (told, _) = ask_with(Request::get("/dicomweb/studies/1.77"), Some(Principal::Anonymous), &[]).await;
    assert_eq!(told.status.as_u16(), 401);
}
