//! The routes as clients see them, over use cases that answer from memory.

mod bases;
mod forms;
mod gone;
mod origins;
mod renditions;
mod searches;

use super::{use_cases::UseCases, *};
use crate::admission::Transport;
use archive::{
    Bulk, BulkData, BulkKind, BulkPart, BulkParts, BulkPlace, Choose, Content, Document, File, Files, Frames,
    HeaderText, HeaderTexts, PartPlace, Picture, PictureRequest, Rendition, Version,
};
use async_trait::async_trait;
use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use bytes::Bytes;
use catalog::{Answer, Match, Position, Scope};
use futures_util::{StreamExt, stream};
use http_body_util::BodyExt;
use imaging_domain::{
    DataSet, Digest, Instance, InstanceUid, Keeping, Principal, Query, SeriesUid, StudyUid, VR, Value, tags,
};
use serde_json::{Value as Json, json};
use std::sync::{LazyLock, Mutex};
use tower::ServiceExt;

/// What a search gives.
type Found = (Answer, Option<Position>);

const JPEG_2000: &str = "1.2.840.10008.1.2.4.90";

/// An archive of study 1.2, series 1.3, with instances 1.4 and 1.5 in JPEG 2000; study 1.9 is at a site that is away,
/// and of study 1.8 the second file breaks off.
#[derive(Default)]
struct Fake {
    asked: Mutex<Vec<String>>,
}

impl Fake {
    fn may(who: &Principal, study: Option<&StudyUid>) -> Result<(), archive::Error> {
        match (who, study.map(StudyUid::as_str)) {
            (Principal::Anonymous | Principal::Site(_), _) => {
                Err(access_control::Denied(access_control::ActionKind::View).into())
            }
            (_, Some("1.9")) => Err(archive::Error::Unavailable),
            (_, None | Some("1.2" | "1.8")) => Ok(()),
            _ => Err(archive::Error::NotFound("study")),
        }
    }

    fn note(&self, what: String) {
        self.asked.lock().unwrap().push(what);
    }
}

pub(super) fn instance(study: &StudyUid, uid: &str) -> Instance {
    Instance {
        study: study.clone(),
        series: SeriesUid::parse("1.3").unwrap(),
        uid: InstanceUid::parse(uid).unwrap(),
        sop_class: None,
        transfer_syntax: JPEG_2000.into(),
        digest: Digest([0xaa; 32]),
        size_bytes: 8,
        data_set_offset: 0,
        frames: 3,
        stored_ms: 0,
        keeping: Keeping::Kept,
        attributes: DataSet::new(),
    }
}

fn chunks<const N: usize>(chunks: [&'static str; N]) -> archive::Body {
    stream::iter(chunks.map(|chunk| Ok(Bytes::from_static(chunk.as_bytes())))).boxed()
}

#[async_trait]
impl UseCases for Fake {
    async fn is_gone(&self, who: &Principal, scope: &Scope) -> Result<bool, archive::Error> {
        match scope.study.as_str() {
            "1.77" => Ok(scope.series.as_ref().is_none_or(|series| series.as_str() == "1.3")),
            _ => Self::may(who, None).map(|()| false),
        }
    }

    async fn search_on(&self, who: &Principal, query: &Query, _: Option<&Position>) -> Result<Found, archive::Error> {
        Self::may(who, None)?;
        self.note(format!("{:?} {} keys, {:?}", query.level, query.keys.len(), query.page));
        let study = StudyUid::parse("1.2").unwrap();
        let mut attributes = DataSet::new();
        attributes.put_text(tags::PATIENT_NAME, VR::PN, "TEST^ONE");
        let found = Match { attributes, study, series: None, instance: None, sites: vec![] };
        let matches = if query.page.offset == 0 { vec![found] } else { vec![] };
        Ok((Answer { matches, more: query.page.limit == 1 }, None))
    }

    async fn retrieve(&self, who: &Principal, scope: &Scope, choose: Choose) -> Result<Files, archive::Error> {
        Self::may(who, Some(&scope.study))?;
        let first = instance(&scope.study, "1.4");
        let wanted = choose(&first)?;
        let nameless = if wanted.identity == archive::Identity::Removed { ", nameless" } else { "" };
        self.note(format!("{:?} else {:?}{nameless}", wanted.form, wanted.otherwise));
        let file = |instance: Instance, body| File {
            transfer_syntax: wanted.form.transfer_syntax(JPEG_2000).into(),
            size_bytes: (wanted.form == archive::Form::Stored).then_some(8),
            body: Content::Coming(body),
            instance,
        };
        let body = if scope.study.as_str() == "1.8" {
            stream::iter([Ok(Bytes::from_static(b"DI")), Err(archive::Error::Unavailable)]).boxed()
        } else {
            chunks(["DICM-two"])
        };
        let files = [file(first, chunks(["DICM", "-one"])), file(instance(&scope.study, "1.5"), body)];
        let count = if scope.instance.is_some() { 1 } else { 2 };
        Ok(Files { version: Version::default(), count, files: stream::iter(files.map(Ok)).take(count).boxed() })
    }

    async fn header_texts(&self, who: &Principal, scope: &Scope) -> Result<HeaderTexts, archive::Error> {
        Self::may(who, Some(&scope.study))?;
        let header = |uid: &str| {
            let mut attributes = DataSet::new();
            attributes.put_text(tags::SOP_INSTANCE_UID, VR::UI, uid);
            attributes.put(tags::PIXEL_DATA, VR::OB, Value::Bulk { offset: 5, length: 7 });
            let instance = instance(&scope.study, uid);
            HeaderText::new(&instance.study, &instance.series, &instance.uid, attributes)
        };
        let texts = [Ok(vec![header("1.4")]), Ok(vec![header("1.5")])];
        Ok(HeaderTexts { version: "seven".into(), texts: stream::iter(texts).boxed() })
    }

    async fn frames(
        &self,
        who: &Principal,
        scope: &Scope,
        numbers: &[u32],
        choose: Choose,
    ) -> Result<Frames, archive::Error> {
        Self::may(who, Some(&scope.study))?;
        let form = choose(&instance(&scope.study, "1.4"))?.form;
        if numbers.iter().any(|number| *number > 3) {
            return Err(archive::Error::NotFound("frame"));
        }
        let frames: Vec<_> = numbers.iter().map(|number| Ok(Bytes::from(format!("frame{number}")))).collect();
        let transfer_syntax = form.transfer_syntax(JPEG_2000).into();
        Ok(Frames { transfer_syntax, version: Version::default(), frames: stream::iter(frames).boxed() })
    }

    async fn bulk_data(
        &self,
        who: &Principal,
        scope: &Scope,
        place: &BulkPlace,
        choose: Choose,
    ) -> Result<BulkData, archive::Error> {
        Self::may(who, Some(&scope.study))?;
        let value = match place {
            BulkPlace::Span(at, length) => &"0123456789"[*at as usize..(at + length) as usize],
            BulkPlace::Path(path, _) if path.len() == 1 => "nested",
            BulkPlace::Path(_, tags::PIXEL_DATA) => return forms::pixels(&instance(&scope.study, "1.4"), &choose),
            BulkPlace::Path(_, tags::ENCAPSULATED_DOCUMENT) => {
                let bulk = Bulk::of(Version::default(), Bytes::from_static(b"%PDF"));
                return Ok(BulkData::Value(bulk.of_type("application/pdf")));
            }
            BulkPlace::Path(..) => return Err(archive::Error::NotFound("value")),
        };
        Ok(BulkData::Value(Bulk::of(Version::default(), Bytes::from_static(value.as_bytes()))))
    }

    async fn bulk_parts(
        &self,
        who: &Principal,
        scope: &Scope,
        kind: BulkKind,
        choose: Choose,
    ) -> Result<BulkParts, archive::Error> {
        Self::may(who, Some(&scope.study))?;
        let instance = instance(&scope.study, "1.4");
        let form = choose(&instance)?.form;
        let part = |place, transfer_syntax, text| {
            Ok(BulkPart { instance: instance.clone(), place, transfer_syntax, body: chunks([text]) })
        };
        let syntax = Some(form.transfer_syntax(JPEG_2000).to_owned());
        let pixels = match form {
            archive::Form::Native => part(PartPlace::Pixels, syntax, "pixels"),
            _ => part(PartPlace::Frame(1), syntax, "frame1"),
        };
        let value = (kind == BulkKind::All).then(|| part(PartPlace::Value(2, 6), None, "234567"));
        let unread = (scope.study.as_str() == "1.8").then_some(Err(archive::Error::Unavailable));
        let parts = stream::iter(unread.into_iter().chain(value).chain([pixels])).boxed();
        Ok(BulkParts { version: Version::default(), parts })
    }

    async fn rendered(&self, who: &Principal, request: &PictureRequest) -> Result<Picture, archive::Error> {
        Self::may(who, Some(&request.scope.study))?;
        self.note(format!("{:?} {:?}", request.frame, request.settings));
        let media_type = if request.settings.format == rendering::Format::Png { "image/png" } else { "image/jpeg" };
        Ok(Picture { media_type, bytes: Bytes::from_static(b"picture") })
    }

    async fn rendition(&self, who: &Principal, scope: &Scope) -> Result<Rendition, archive::Error> {
        Self::may(who, Some(&scope.study))?;
        renditions::rendition(scope)
    }

    async fn animated(&self, who: &Principal, asked: &PictureRequest, _: &[u32]) -> Result<Picture, archive::Error> {
        Ok(Picture { media_type: "image/gif", ..self.rendered(who, asked).await? })
    }

    async fn document(&self, _: &Principal, scope: &Scope) -> Result<Document, archive::Error> {
        renditions::document(scope)
    }

    async fn report(&self, _: &Principal, _: &Scope) -> Result<DataSet, archive::Error> {
        Ok(renditions::report())
    }

    async fn thumbnail(&self, who: &Principal, request: &PictureRequest) -> Result<Picture, archive::Error> {
        self.rendered(who, request).await
    }
}

pub(super) struct Told {
    pub(super) status: StatusCode,
    headers: HeaderMap,
    /// `Err` when the body broke off.
    pub(super) body: Result<String, ()>,
}

impl Told {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Json {
        serde_json::from_str(self.body.as_deref().unwrap()).unwrap()
    }
}

async fn ask_as(who: Option<Principal>, path: &str, headers: &[(&str, &str)]) -> (Told, Vec<String>) {
    ask_with(Request::get(format!("/dicomweb{path}")), who, headers).await
}

pub(super) async fn ask_with(
    mut request: axum::http::request::Builder,
    who: Option<Principal>,
    headers: &[(&str, &str)],
) -> (Told, Vec<String>) {
    LazyLock::force(&LOG);
    let fake = Arc::new(Fake::default());
    let config = Config { allowed_origins: vec!["https://viewer.example".into()], ..Config::default() };
    let app = Router::new().nest("/dicomweb", routes(fake.clone(), config));
    request = request.header("host", "hub.example:8443").extension(Transport::Tls);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(who) = who {
        request = request.extension(who);
    }
    let response = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map(|body| String::from_utf8(body.to_bytes().to_vec()).unwrap()).map_err(drop);
    let asked = fake.asked.lock().unwrap().clone();
    (Told { status: parts.status, headers: parts.headers, body }, asked)
}

async fn ask(path: &str, headers: &[(&str, &str)]) -> Told {
    ask_as(Some(Principal::Hub), path, headers).await.0
}

#[tokio::test]
async fn statuses() {
    let site = Principal::Site(imaging_domain::SiteId::parse("hospital-01").unwrap());
    let hub = || Some(Principal::Hub);
    let instance = "/studies/1.2/series/1.3/instances/1.4";
    for (who, path, accept, expected) in [
        (hub(), "/studies", "*/*", 200),
        (hub(), "/nothing", "*/*", 404),
        (hub(), "/studies/1.7", "*/*", 404),
        (hub(), "/studies/1..%2F2/series", "*/*", 400),
        (hub(), "/studies/1%202/metadata", "*/*", 400),
        (hub(), "/studies?StudyDate=yesterday", "*/*", 400),
        (hub(), "/studies?limit=x", "*/*", 400),
        (hub(), "/studies", "text/html", 406),
        (hub(), "/studies/1.2/metadata", "application/dicom+xml", 406),
        (hub(), "/studies/1.2", "application/dicom", 406),
        (
            hub(),
            "/studies/1.2",
            "multipart/related; type=\"application/dicom\"; transfer-syntax=1.2.840.10008.1.2.4.201",
            406,
        ),
        (hub(), &format!("{instance}/frames/1"), "multipart/related; type=\"image/jphc\"", 406),
        (hub(), &format!("{instance}/frames/0"), "*/*", 400),
        (hub(), &format!("{instance}/frames/4"), "*/*", 404),
        (hub(), &format!("{instance}/bulkdata/x"), "*/*", 400),
        (hub(), &format!("{instance}/rendered"), "image/webp", 406),
        (hub(), &format!("{instance}/rendered?viewport=0,0"), "*/*", 400),
        (hub(), &format!("{instance}/frames/1,2/thumbnail"), "*/*", 400),
        (hub(), "/studies/1.9", "*/*", 503),
        (None, "/studies", "*/*", 401),
        (Some(Principal::Anonymous), "/studies/1.2/metadata", "*/*", 401),
        (Some(site), "/studies", "*/*", 403),
    ] {
        let (told, _) = ask_as(who, path, &[("accept", accept)]).await;
        assert_eq!(told.status.as_u16(), expected, "{path} {accept}");
        assert_eq!(told.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(told.header("cache-control"), "no-store, private", "{path}");
        if expected >= 400 {
            assert_eq!(told.json()["status"], expected, "{path}");
        }
        assert_eq!(told.headers.contains_key("retry-after"), expected == 503, "{path}");
        assert_eq!(told.headers.contains_key("www-authenticate"), expected == 401, "{path}");
    }
}

#[tokio::test]
async fn metadata_that_a_client_has_is_not_sent_again() {
    let first = ask("/studies/1.2/series/1.3/metadata", &[]).await;
    assert_eq!((first.status, first.header("etag")), (StatusCode::OK, "W/\"seven\""));
    for (tag, status) in [("W/\"seven\"", 304), ("\"six\", \"seven\"", 304), ("W/\"six\"", 200)] {
        let told = ask("/studies/1.2/series/1.3/metadata", &[("if-none-match", tag)]).await;
        assert_eq!((told.status.as_u16(), told.header("etag")), (status, "W/\"seven\""), "{tag}");
        assert_eq!(told.body.unwrap().is_empty(), status == 304);
    }
}

#[tokio::test]
async fn metadata_is_one_array_with_absolute_addresses() {
    let ohif = "application/dicom+json, multipart/related; type=application/octet-stream; transfer-syntax=*; transfer-syntax=*";
    let told = ask("/studies/1.2/series/1.3/metadata", &[("accept", ohif)]).await;
    assert_eq!(told.header("content-type"), "application/dicom+json");
    let json = told.json();
    let uids: Vec<_> = json.as_array().unwrap().iter().map(|header| &header["00080018"]["Value"][0]).collect();
    assert_eq!(uids, ["1.4", "1.5"]);
    let prefix = "https://hub.example:8443/dicomweb/studies/1.2/series/1.3/instances";
    assert_eq!(json[1]["7FE00010"]["BulkDataURI"], format!("{prefix}/1.5/bulkdata/5-7"));
    let packed =
        ask_with(Request::head("/dicomweb/studies/1.2/metadata"), Some(Principal::Hub), &[("accept-encoding", "gzip")]);
    let (packed, _) = packed.await;
    assert_eq!((packed.status.as_u16(), packed.header("content-encoding")), (200, "gzip"));
}

#[tokio::test]
async fn what_breaks_under_way_breaks_off() {
    let told = ask("/studies/1.8", &[]).await;
    assert_eq!((told.status, told.body), (StatusCode::OK, Err(())));
}

/// Somewhere for log lines.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

/// Everything logged by every test: begun before the first request of any, because a subscriber that comes later misses
/// what other threads are just reaching for the first time.
static LOG: LazyLock<Lines> = LazyLock::new(|| {
    let lines = Lines::default();
    let writer = lines.clone();
    let log = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone());
    tracing::subscriber::set_global_default(log.with_ansi(false).finish()).unwrap();
    lines
});

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_names_routes_and_nothing_a_client_sent() {
    ask("/studies?PatientName=SECRET", &[]).await;
    ask("/studies/1.9.424242424242/metadata?SECRET=1", &[("accept", "SECRET/*, */*")]).await;
    ask("/studies?StudyDate=SECRET", &[("if-none-match", "SECRET")]).await;
    ask("/studies/1.8", &[]).await;
    let log = String::from_utf8(LOG.0.lock().unwrap().clone()).unwrap();
    assert!(!log.contains("SECRET") && !log.contains("424242424242"), "{log}");
    assert!(log.contains("route=\"/dicomweb/studies/{study}/metadata\"") && log.contains("status=404"), "{log}");
    assert!(log.contains("answer broken off"), "{log}");
}
