//! The worklist and the history.

use super::*;

#[tokio::test]
async fn the_worklist_asks_in_a_body() {
    let ask = async |path: &str, headers: &[(&str, &str)], body: &str| {
        pages().oneshot(request(Method::POST, path, headers, body)).await.unwrap()
    };
    let asked = r#"{"query":"PatientName=%E7%8E%8B*&limit=50","sites":["hospital-01"]}"#;
    let answer = json_of(ask("/api/studies", &[JSON, COOKIE], asked).await).await;
    let row = json!({ "attributes": {}, "sites": ["hospital-01"], "availability": "partly" });
    assert_eq!(answer, json!({ "studies": [row], "more": true }));
    for (query, count, exact) in [("", 150_000, false), ("PatientID=7", 7, true)] {
        let body = json!({ "query": query }).to_string();
        let answer = json_of(ask("/api/studies/count", &[JSON, COOKIE], &body).await).await;
        assert_eq!(answer, json!({ "count": count, "exact": exact }));
    }
    let many = json!({ "query": "", "sites": vec!["a"; 201] }).to_string();
    let long = json!({ "query": "x".repeat(5000) }).to_string();
    for (headers, body, status) in [
        (vec![JSON], asked, 401),
        (vec![JSON, COOKIE, ("sec-fetch-site", "same-site")], asked, 401),
        (vec![COOKIE], asked, 415),
        (vec![JSON, COOKIE], "{}", 400),
        (vec![JSON, COOKIE], r#"{"query":"","more":1}"#, 400),
        (vec![JSON, COOKIE], r#"{"query":"","sites":["../a"]}"#, 400),
        (vec![JSON, COOKIE], r#"{"query":"StudyDate=yesterday"}"#, 400),
        (vec![JSON, COOKIE], many.as_str(), 400),
        (vec![JSON, COOKIE], long.as_str(), 413),
    ] {
        for path in ["/api/studies", "/api/studies/count"] {
            assert_eq!(ask(path, &headers, body).await.status().as_u16(), status, "{path} {headers:?} {body:.50}");
        }
    }
}

#[tokio::test]
async fn a_history_says_why() {
    let answer = json_of(get("/api/history?study=1.2", &[COOKIE]).await).await;
    let told: Vec<[&str; 2]> = answer["studies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| [row["basis"].as_str().unwrap(), row["availability"].as_str().unwrap()])
        .collect();
    assert_eq!(told, [["opened", "online"], ["similar", "offline"]]);
    for (path, headers, status) in [
        ("/api/history?study=1.2", vec![], 401),
        ("/api/history?study=9", vec![COOKIE], 404),
        ("/api/history?study=a/b", vec![COOKIE], 400),
        ("/api/history", vec![COOKIE], 400),
        ("/api/history?name=1.2", vec![COOKIE], 400),
    ] {
        assert_eq!(get(path, &headers).await.status().as_u16(), status, "{path}");
    }
}
