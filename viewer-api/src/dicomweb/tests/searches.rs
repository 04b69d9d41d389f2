//! Searches as clients send them, and answers of every length.

use super::*;

#[tokio::test]
async fn searches_of_clients() {
    let (told, asked) = ask_as(Some(Principal::Hub), "/studies?&includefield=&PatientName=*x*&limit=1", &[]).await;
    assert_eq!(told.header("content-type"), "application/dicom+json");
    assert_eq!(told.json()[0]["00081190"]["Value"][0], "https://hub.example:8443/dicomweb/studies/1.2");
    assert!(told.header("warning").starts_with("299 https://hub.example:8443/dicomweb \""));
    assert_eq!(asked, ["Study 1 keys, Page { limit: 1, offset: 0 }"]);
    let told = ask("/studies?offset=100", &[]).await;
    assert_eq!((told.status, told.json()), (StatusCode::OK, json!([])));
    for (path, expected) in [
        ("/studies/1.2/series?includefield=0008103E,00080021", "Series 1 keys"),
        ("/studies/1.2/series/1.3/instances?limit=1", "Instance 2 keys"),
        ("/series?Modality=SM&StudyInstanceUID=1.2", "Series 2 keys"),
        ("/instances?SeriesInstanceUID=1.3", "Instance 1 keys"),
        ("/studies/1.2/instances?Modality=SR", "Instance 2 keys"),
    ] {
        let (_, asked) = ask_as(Some(Principal::Hub), path, &[]).await;
        assert!(asked[0].starts_with(expected), "{path}: {asked:?}");
    }
    let odd = ask("/studies?charset=koi8-r&foo=bar&fuzzymatching=true&PatientName=x", &[]).await;
    assert_eq!(odd.headers.get_all("warning").iter().count(), 2);
}

#[tokio::test]
async fn results_come_as_parts_of_xml() {
    let xml = "multipart/related; type=\"application/dicom+xml\"";
    let told = ask("/studies", &[("accept", xml)]).await;
    let boundary = told.header("content-type").strip_prefix(&format!("{xml}; boundary=")).unwrap().to_owned();
    let body = told.body.unwrap();
    let head = format!("--{boundary}\r\nContent-Type: application/dicom+xml\r\n\r\n<?xml ");
    assert!(body.starts_with(&head) && body.ends_with(&format!("</NativeDicomModel>\r\n--{boundary}--\r\n")), "{body}");
    assert!(body.contains("<FamilyName>TEST</FamilyName>") && body.contains("/dicomweb/studies/1.2</Value>"), "{body}");
    let none = ask("/studies?offset=1&accept=multipart/related;type=application/dicom%2Bxml", &[]).await;
    assert_eq!((none.status, none.body.as_deref()), (StatusCode::NO_CONTENT, Ok("")));
    for header in ["application/dicom+json, multipart/related; type=\"application/dicom+xml\";q=0.5", "*/*"] {
        assert_eq!(ask("/studies", &[("accept", header)]).await.header("content-type"), "application/dicom+json");
    }
    let (packed, _) = ask_with(
        Request::head("/dicomweb/studies"),
        Some(Principal::Hub),
        &[("accept", xml), ("accept-encoding", "gzip")],
    )
    .await;
    assert_eq!((packed.status.as_u16(), packed.header("content-encoding")), (200, "gzip"));
}

#[tokio::test]
async fn bad_requests_are_problems() {
    for (who, path, status, title, word) in [
        (Some(Principal::Hub), "/studies?StudyDate=SECRET", 400, "Bad Request", "date"),
        (Some(Principal::Hub), "/studies?fuzzymatching=SECRET", 400, "Bad Request", "true"),
        (Some(Principal::Hub), "/studies?PatientName=%FF", 400, "Bad Request", "UTF-8"),
        (Some(Principal::Hub), "/SECRET", 404, "Not Found", "here"),
        (None, "/studies", 401, "Unauthorized", "proving"),
    ] {
        let (told, _) = ask_as(who, path, &[]).await;
        assert_eq!((told.status.as_u16(), told.header("content-type")), (status, "application/problem+json"), "{path}");
        let json = told.json();
        assert_eq!(
            (&json["type"], &json["title"], &json["status"]),
            (&json!("about:blank"), &json!(title), &json!(status))
        );
        let detail = json["detail"].as_str().unwrap();
        assert!(detail.contains(word) && !detail.contains("SECRET"), "{path}: {detail}");
    }
}

/// An archive of so many studies, which gives at most a thousand at once. What it was asked is noted.
struct Many {
    studies: u32,
    asked: Mutex<Vec<(u32, u32)>>,
}

#[async_trait]
impl UseCases for Many {
    async fn search_on(&self, _: &Principal, query: &Query, from: Option<&Position>) -> Result<Found, archive::Error> {
        let page = query.page;
        self.asked.lock().unwrap().push((page.limit, page.offset));
        let given = from.map_or(0, |position| position.texts()[0].parse().unwrap());
        let first = given + page.offset;
        let last = self.studies.min(first + page.limit);
        let one = |number| {
            let study = StudyUid::parse(&format!("1.{number}")).unwrap();
            Match { attributes: DataSet::new(), study, series: None, instance: None, sites: vec![] }
        };
        let matches = (first..last).map(one).collect();
        let more = last < self.studies;
        Ok((Answer { matches, more }, more.then(|| Position::new(vec![last.to_string()]))))
    }

    async fn retrieve(&self, _: &Principal, _: &Scope, _: Choose) -> Result<Files, archive::Error> {
        Err(archive::Error::Unavailable)
    }

    async fn header_texts(&self, _: &Principal, _: &Scope) -> Result<HeaderTexts, archive::Error> {
        Err(archive::Error::Unavailable)
    }

    async fn frames(&self, _: &Principal, _: &Scope, _: &[u32], _: Choose) -> Result<Frames, archive::Error> {
        Err(archive::Error::Unavailable)
    }

    async fn bulk_data(&self, _: &Principal, _: &Scope, _: &BulkPlace, _: Choose) -> Result<BulkData, archive::Error> {
        Err(archive::Error::Unavailable)
    }

    async fn bulk_parts(&self, _: &Principal, _: &Scope, _: BulkKind, _: Choose) -> Result<BulkParts, archive::Error> {
        Err(archive::Error::Unavailable)
    }

    async fn rendered(&self, _: &Principal, _: &PictureRequest) -> Result<Picture, archive::Error> {
        Err(archive::Error::Unavailable)
    }

    async fn thumbnail(&self, _: &Principal, _: &PictureRequest) -> Result<Picture, archive::Error> {
        Err(archive::Error::Unavailable)
    }

    async fn rendition(&self, _: &Principal, _: &Scope) -> Result<Rendition, archive::Error> {
        Err(archive::Error::Unavailable)
    }

    async fn animated(&self, _: &Principal, _: &PictureRequest, _: &[u32]) -> Result<Picture, archive::Error> {
        Err(archive::Error::Unavailable)
    }

    async fn document(&self, _: &Principal, _: &Scope) -> Result<Document, archive::Error> {
        Err(archive::Error::Unavailable)
    }

    async fn report(&self, _: &Principal, _: &Scope) -> Result<DataSet, archive::Error> {
        Err(archive::Error::Unavailable)
    }
}

#[tokio::test]
async fn without_a_limit_nothing_is_lost_and_a_cut_is_told() {
    type Case = (u32, &'static str, usize, bool, &'static [(u32, u32)]);
    let cases: &[Case] = &[
        (2500, "", 2500, false, &[(1000, 0), (1000, 0), (1000, 0)]),
        (1000, "", 1000, false, &[(1000, 0)]),
        (2500, "?limit=0&offset=1200", 1300, false, &[(1000, 1200), (1000, 0)]),
        (2500, "?limit=1500", 1500, true, &[(1000, 0), (1, 500), (500, 0)]),
        (1500, "?limit=1500", 1500, false, &[(1000, 0), (1, 500), (500, 0)]),
        (2500, "?limit=1000", 1000, true, &[(1000, 0)]),
        (0, "", 0, false, &[(1000, 0)]),
    ];
    for (studies, query, expected, is_cut, asked) in cases {
        let many = Arc::new(Many { studies: *studies, asked: Mutex::default() });
        let app = routes(many.clone(), Config::default());
        let request = Request::get(format!("/studies{query}")).extension(Principal::Hub).body(Body::empty()).unwrap();
        let response = app.oneshot(request).await.unwrap();
        assert_eq!(response.headers().contains_key("warning"), *is_cut, "{studies} {query}");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let results: Vec<Json> = serde_json::from_slice(&body).unwrap();
        let urls: std::collections::HashSet<_> = results.iter().map(|one| one["00081190"].to_string()).collect();
        assert_eq!((results.len(), urls.len()), (*expected, *expected), "{studies} {query}");
        assert_eq!(&*many.asked.lock().unwrap(), asked, "{studies} {query}");
    }
}
