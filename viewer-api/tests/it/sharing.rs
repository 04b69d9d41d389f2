//! The routes of those who make links: who may do what, and what is no request.

use crate::linked::{Linked, hospital, posted, user};
use audit_log::{Outcome, What};
use base64::{Engine, engine::general_purpose::STANDARD};
use imaging_domain::{Principal, Role};
use serde_json::json;

const ONE: &str = r#"{"studies":["2.25.1"]}"#;

#[tokio::test]
async fn whoever_makes_a_link_gets_all_that_a_patient_needs() {
    let hub = Linked::new().await;
    let asked = r#"{"studies":["2.25.1","2.25.2"],"days":3,"allowed":"download","language":"es","openings":2,"note":"n","pin_on_slip":true}"#;
    let made = hub.made(asked).await;
    assert_eq!(made.headers["cache-control"], "no-store");
    let (told, url, pin) = (made.json(), made.text("url"), made.text("pin"));
    assert!(url.starts_with("https://links.example/s#") && pin.len() == 6);
    assert!(STANDARD.decode(made.text("qr_png")).unwrap().starts_with(b"\x89PNG"));
    assert!(made.text("qr_svg").contains("<svg"));
    assert!(made.text("slip").contains(&url) && made.text("slip").contains(&pin));
    let link = &told["link"];
    assert_eq!((&link["owner"], &link["state"]), (&json!("user:lin"), &json!("open")));
    assert_eq!((&link["openings_left"], &link["language"]), (&json!(2), &json!("es")));
    let subject = json!({
        "study": "2.25.1", "hospital": "A hospital", "date": "20260102", "description": "", "modalities": ["CT"],
        "patient": "王芳 · Wang Fang",
    });
    assert_eq!((&told["subjects"][0], told["subjects"].as_array().unwrap().len()), (&subject, 2));
    let listed = hub.get(&user(Role::Technician), "/links?study=2.25.2").await;
    assert_eq!(
        (listed.headers["cache-control"].as_str(), listed.headers["x-content-type-options"].as_str()),
        ("no-store", "nosniff")
    );
    assert_eq!(listed.json(), json!({ "links": [link] }), "and what is told later has neither address nor PIN");
}

#[tokio::test]
async fn a_link_is_looked_after() {
    let hub = Linked::new().await;
    let who = user(Role::Radiologist);
    let made = hub.made(ONE).await;
    let (id, pin) = (made.json()["link"]["id"].as_str().unwrap().to_owned(), made.text("pin"));
    let token = made.text("url").split_once('#').unwrap().1.to_owned();
    assert_eq!(hub.open(7, &token, &pin).await.status, 200);
    let extended = hub.post(&who, &format!("/links/{id}/extend"), r#"{"days":30}"#).await;
    assert!(extended.json()["link"]["expires_ms"].as_i64() > made.json()["link"]["expires_ms"].as_i64());
    for _ in 0..2 {
        assert_eq!(hub.post(&who, &format!("/links/{id}/revoke"), "{}").await.status, 204, "also a second time");
    }
    assert_eq!(hub.open(7, &token, &pin).await.status, 404);
    let told = hub.get(&who, &format!("/links/{id}")).await.json();
    let steps: Vec<&str> = told["events"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    assert_eq!((steps, &told["link"]["state"]), (vec!["revoked", "extended", "opened"], &json!("revoked")));
    assert_eq!(told["events"][2]["addr"], "0.0.0.7");
    let again = hub.post(&who, &format!("/links/{id}/extend"), r#"{"days":30}"#).await;
    assert_eq!(again.status, 400, "what was taken back stays so");
}

#[tokio::test]
async fn who_may_do_what() {
    let hub = Linked::new().await;
    let made = hub.made(ONE).await.json();
    let id = made["link"]["id"].as_str().unwrap();
    let holder = Principal::LinkHolder {
        link: imaging_domain::LinkId::parse(id).unwrap(),
        studies: vec![imaging_domain::StudyUid::parse("2.25.1").unwrap()].into(),
        allowed: imaging_domain::Allowed::Download,
    };
    let machine = Principal::SiteMachine { site: imaging_domain::SiteId::parse("a").unwrap(), name: "ct".into() };
    // make, list, show, put off; a hospital is told of its own only
    for (who, expected) in [
        (Principal::Anonymous, [401; 4]),
        (user(Role::Operator), [403; 4]),
        (user(Role::Auditor), [403; 4]),
        (Principal::Machine("pacs".into()), [403; 4]),
        (machine, [403; 4]),
        (holder, [403; 4]),
        (hospital("b"), [404, 200, 404, 404]),
        (hospital("a"), [201, 200, 404, 404]),
        (user(Role::Technician), [201, 200, 200, 200]),
        (user(Role::Radiologist), [201, 200, 200, 200]),
    ] {
        let told = [
            hub.post(&who, "/links", ONE).await.status,
            hub.get(&who, "/links").await.status,
            hub.get(&who, &format!("/links/{id}")).await.status,
            hub.post(&who, &format!("/links/{id}/extend"), r#"{"days":7}"#).await.status,
        ];
        assert_eq!(told, expected, "{who}");
    }
    assert_eq!(hub.events(What::LinkMade, Outcome::Denied), 5, "each that was somebody");
    let listed = hub.get(&hospital("a"), "/links").await.json();
    let owners: Vec<&str> =
        listed["links"].as_array().unwrap().iter().map(|one| one["owner"].as_str().unwrap()).collect();
    assert_eq!(owners, ["site:a"]);
    assert_eq!(hub.post(&hospital("a"), &format!("/links/{id}/revoke"), "{}").await.status, 404);
    assert_eq!(hub.post(&hospital("a"), "/links", r#"{"studies":["2.25.1","2.25.3"]}"#).await.status, 404);
}

#[tokio::test]
async fn another_origin_changes_nothing() {
    let hub = Linked::new().await;
    let who = user(Role::Radiologist);
    let id = hub.made(ONE).await.json()["link"]["id"].as_str().unwrap().to_owned();
    let paths = ["/links".to_owned(), format!("/links/{id}/extend"), format!("/links/{id}/revoke")];
    for (path, body) in paths.iter().zip([ONE, r#"{"days":7}"#, "{}"]) {
        for (name, value, status) in [
            ("origin", "https://elsewhere.example", 403),
            ("origin", "null", 403),
            ("origin", "https://hub:8447", 403),
            ("sec-fetch-site", "cross-site", 403),
            ("sec-fetch-site", "same-site", 403),
            ("content-type", "text/plain", 415),
            ("content-type", "application/x-www-form-urlencoded", 415),
        ] {
            let mut request = posted(path, body);
            request.headers_mut().insert(name, value.parse().unwrap());
            assert_eq!(hub.ask(&who, request).await.status, status, "{path} {name}: {value}");
        }
    }
    let told = hub.get(&who, "/links").await.json();
    assert_eq!((told["links"].as_array().unwrap().len(), &told["links"][0]["state"]), (1, &json!("open")));
}

#[tokio::test]
async fn what_means_nothing_is_no_link() {
    let hub = Linked::new().await;
    let who = user(Role::Radiologist);
    for body in [
        "",
        "null",
        "[]",
        "{",
        "{}",
        r#"{"studies":[]}"#,
        r#"{"studies":["not a uid"]}"#,
        r#"{"studies":["2.25.1"],"days":0}"#,
        r#"{"studies":["2.25.1"],"days":31}"#,
        r#"{"studies":["2.25.1"],"days":-1}"#,
        r#"{"studies":["2.25.1"],"days":"7"}"#,
        r#"{"studies":["2.25.1"],"openings":0}"#,
        r#"{"studies":["2.25.1"],"openings":10001}"#,
        r#"{"studies":["2.25.1"],"allowed":"everything"}"#,
        r#"{"studies":["2.25.1"],"language":"xx"}"#,
        r#"{"studies":["2.25.1"],"owner":"user:somebody"}"#,
    ] {
        let told = hub.post(&who, "/links", body).await;
        assert_eq!((told.status, told.json()), (400, json!({ "error": "malformed" })), "{body}");
    }
    let two = hub.post(&who, "/links", r#"{"studies":["2.25.1","2.25.3"]}"#).await;
    assert_eq!((two.status, two.json()), (400, json!({ "error": "two-persons" })));
    let many: Vec<String> = (0..101).map(|n| format!("2.25.{n}")).collect();
    assert_eq!(hub.post(&who, "/links", &json!({ "studies": many }).to_string()).await.status, 400);
    let long = json!({ "studies": ["2.25.1"], "note": "n".repeat(501) }).to_string();
    assert_eq!(hub.post(&who, "/links", &long).await.status, 400);
    let longer = json!({ "studies": ["2.25.1"], "note": "n".repeat(20_000) }).to_string();
    assert_eq!(hub.post(&who, "/links", &longer).await.status, 413);
    assert_eq!(hub.post(&who, "/links", r#"{"studies":["2.25.99"]}"#).await.status, 404);
    for path in ["/links?study=no%20uid", "/links?owner=user:lin", "/links/short", "/links/0123456789ABCDEF"] {
        assert_eq!(hub.get(&who, path).await.status, 400, "{path}");
    }
    assert_eq!(hub.get(&who, "/links/0123456789abcdef").await.status, 404);
    assert_eq!(hub.get(&who, "/links").await.json(), json!({ "links": [] }));
}
