//! Where the routes say they are.

use super::*;

#[tokio::test]
async fn a_public_base_or_the_authority_of_http2_is_where_we_are() {
    let study = |told: Told| told.json()[0]["00081190"]["Value"][0].as_str().unwrap().to_owned();
    let (told, _) = ask_with(Request::get("https://other.example/dicomweb/studies"), Some(Principal::Hub), &[]).await;
    assert_eq!(study(told), "https://other.example/dicomweb/studies/1.2");
    let base = Base::parse("https://public.example/pacs/").unwrap();
    let app = routes(Arc::new(Fake::default()), Config { public_base: Some(base), ..Config::default() });
    let request = Request::get("/studies").extension(Principal::Hub).body(Body::empty()).unwrap();
    let body = app.oneshot(request).await.unwrap().into_body().collect().await.unwrap().to_bytes();
    assert!(String::from_utf8(body.to_vec()).unwrap().contains("https://public.example/pacs/studies/1.2"));
    let reached_at = vec!["127.0.0.1:8443".to_owned(), "hub.example:8443".to_owned()];
    let app = routes(Arc::new(Fake::default()), Config { reached_at, ..Config::default() });
    for (named, found) in [("HUB.example", "hub.example:8443"), ("hub.example:1", "hub.example:1"), ("x.org", "x.org")]
    {
        let request = Request::get("/studies").extension(Principal::Hub).header("host", named);
        let answer = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let address = format!("http://{found}/studies/1.2");
        assert!(String::from_utf8(body.to_vec()).unwrap().contains(&address), "{named}");
    }
    let odd = ask_with(Request::get("/dicomweb/studies"), Some(Principal::Hub), &[]).await;
    assert_eq!(odd.0.status.as_u16(), 200);
}
