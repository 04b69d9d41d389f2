//! Subscriptions to the region's worklist by HTTP, and who may come from which page.

use crate::{
    hub::Hub,
    worklist::{JSON, made, reader, send, state},
};
use axum::{body::Body, http::Request};
use serde_json::Value as Json;

const EVERY: &str = "1.2.840.10008.5.1.4.34.5";
const FILTERED: &str = "1.2.840.10008.5.1.4.34.5.1";

#[tokio::test]
async fn subscriptions_begin_and_end() {
    let hub = Hub::new().await;
    made(&hub, "2.25.1", "CT").await;
    for path in [
        "2.25.1/subscribers/RIS".to_owned(),
        "2.25.1/subscribers/RIS?deletionlock=true".to_owned(),
        format!("{EVERY}/subscribers/RIS"),
        format!("{FILTERED}/subscribers/RIS?filter=WorklistLabel%3DCT"),
        format!("{FILTERED}/subscribers/RIS?WorklistLabel=CT&deletionlock=false"),
    ] {
        let told = send(&hub, "POST", &format!("/workitems/{path}"), &Json::Null).await;
        assert_eq!((told.status, told.body.len()), (201, 0), "{path}");
        assert_eq!(told.header("content-location"), "ws://hub.example/dicomweb/subscribers/RIS");
    }
    let suspend = format!("/workitems/{FILTERED}/subscribers/RIS/suspend");
    assert_eq!(send(&hub, "POST", &suspend, &Json::Null).await.status, 200);
    assert_eq!(send(&hub, "DELETE", "/workitems/2.25.1/subscribers/RIS", &Json::Null).await.status, 200);
    let every = format!("/workitems/{EVERY}/subscribers/RIS");
    assert_eq!(send(&hub, "DELETE", &every, &Json::Null).await.status, 404, "nothing is left");
}

#[tokio::test]
async fn a_request_to_cancel_reaches_who_is_subscribed() {
    let hub = Hub::new().await;
    made(&hub, "2.25.1", "CT").await;
    made(&hub, "2.25.2", "CT").await;
    let cancel = async |uid: &str| {
        let told = send(&hub, "POST", &format!("/workitems/{uid}/cancelrequest"), &Json::Null).await;
        (told.status, told.header("warning").contains("already in the requested state of CANCELED"))
    };
    assert_eq!(cancel("2.25.1").await, (202, false));
    assert_eq!(cancel("2.25.1").await, (202, true));
    assert_eq!(send(&hub, "PUT", "/workitems/2.25.2/state", &state("IN PROGRESS", "2.25.7")).await.status, 200);
    let told = send(&hub, "POST", "/workitems/2.25.2/cancelrequest", &Json::Null).await;
    assert!(told.status == 409 && told.header("warning").contains("The performer cannot be contacted."));
    assert_eq!(send(&hub, "POST", "/workitems/2.25.2/subscribers/AI", &Json::Null).await.status, 201);
    assert_eq!(cancel("2.25.2").await, (202, false));
    assert_eq!(hub.get("/workitems/2.25.2", JSON).await.json()[0]["00741000"]["Value"][0], "IN PROGRESS");
}

#[tokio::test]
async fn pages_of_other_origins_change_nothing() {
    let hub = Hub::new().await;
    made(&hub, "2.25.1", "CT").await;
    let subscribe = async |headers: &[(&str, &str)]| {
        let request = Request::post("/dicomweb/workitems/2.25.1/subscribers/RIS").header("host", "hub.example");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        hub.ask(&reader(), request.body(Body::empty()).unwrap()).await.status
    };
    assert_eq!(subscribe(&[]).await, 201, "no browser");
    assert_eq!(subscribe(&[("origin", "https://hub.example"), ("sec-fetch-site", "same-origin")]).await, 201);
    assert_eq!(subscribe(&[("origin", "https://viewer.example"), ("sec-fetch-site", "cross-site")]).await, 201);
    assert_eq!(subscribe(&[("origin", "https://evil.example")]).await, 403);
    assert_eq!(subscribe(&[("sec-fetch-site", "same-site")]).await, 403);
    // a WebSocket is opened by GET, and browsers ask nobody before they do it
    let open = Request::get("/dicomweb/subscribers/RIS").header("host", "hub.example");
    let open = open.header("upgrade", "websocket").header("origin", "https://evil.example");
    assert_eq!(hub.ask(&reader(), open.body(Body::empty()).unwrap()).await.status, 403);
    // reading is decided by what the browser lets a page see
    let read = Request::get("/dicomweb/workitems").header("origin", "https://evil.example");
    assert_eq!(hub.ask(&reader(), read.body(Body::empty()).unwrap()).await.status, 200);
    let ask = Request::options("/dicomweb/workitems/2.25.1/state").header("origin", "https://viewer.example");
    let ask = ask.header("access-control-request-method", "PUT").body(Body::empty()).unwrap();
    let told = hub.ask(&reader(), ask).await;
    assert!(told.status == 204 && told.header("access-control-allow-methods").contains("PUT"));
    let options = Request::options("/dicomweb/workitems/2.25.1").body(Body::empty()).unwrap();
    let told = hub.ask(&reader(), options).await;
    assert_eq!(told.header("allow"), "OPTIONS, HEAD, GET, POST");
    assert!(String::from_utf8_lossy(&told.body).contains("updateWorkitem"));
}
