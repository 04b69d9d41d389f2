//! The channel over which the hub asks a hospital, on a real connection that the hospital opened.

use crate::{
    hub::Hub,
    instances::{instance, open, site},
    proxy::Proxy,
};
use archive::{Body, Remote};
use bytes::Bytes;
use federation::{Error, Uplink, channel::PING};
use futures_util::{Stream, StreamExt, TryStreamExt, future::join_all, stream};
use http_body_util::{BodyExt, StreamBody, combinators::BoxBody};
use hyper::{Request, Response, body::Frame, body::Incoming};
use imaging_domain::ErrorKind;
use std::{convert::Infallible, io, sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::{
    sync::{Mutex, Notify, mpsc, watch},
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

type Piece = Result<Bytes, io::Error>;
/// Pieces of an answer that a test hands out one by one.
type Pieces = Arc<Mutex<mpsc::Receiver<Piece>>>;

struct Hospital {
    state: watch::Receiver<federation::State>,
    /// The next piece of the answer to `/pieces`.
    give: mpsc::Sender<Piece>,
    stop: CancellationToken,
    _folder: TempDir,
}

impl Hospital {
    async fn start(hub: &Hub, address: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (_, dialler) = watch::channel(Hub::dialler(address, &hub.member("a").await));
        let feed = Arc::new(open(folder.path(), "index.db"));
        let uplink = Uplink::new(site("a"), dialler, feed, Arc::new(Notify::new()));
        let (give, pieces) = mpsc::channel(1);
        let (pieces, stop): (Pieces, _) = (Arc::new(Mutex::new(pieces)), CancellationToken::new());
        let (state, stopped) = (uplink.state(), stop.clone());
        tokio::spawn(async move {
            let service = move |request| answer(pieces.clone(), request);
            uplink.serve_channel(service, &stopped).await;
        });
        let hospital = Self { state, give, stop, _folder: folder };
        connected(hub).await;
        hospital
    }
}

/// Waits until the hub can ask.
async fn connected(hub: &Hub) {
    while !hub.channels.is_connected(&site("a")) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn answer(pieces: Pieces, request: Request<Incoming>) -> Result<Response<BoxBody<Bytes, io::Error>>, Infallible> {
    let accept = request.headers()["accept"].to_str().unwrap().to_owned();
    let respond = |status, body| Ok(Response::builder().status(status).body(body).unwrap());
    match request.uri().path() {
        "/echo" => respond(200, body(stream::iter([Ok(Bytes::from(accept))]))),
        "/large" => respond(200, body(stream::iter((0..64).map(|number| Ok(Bytes::from(vec![number; 256 << 10])))))),
        "/pieces" => {
            let next = async |pieces: Pieces| {
                let piece = pieces.lock().await.recv().await?;
                Some((piece, pieces))
            };
            respond(200, body(stream::unfold(pieces, next)))
        }
        "/silent" => std::future::pending().await,
        "/broken" => respond(500, body(stream::empty())),
        path => respond(404, body(stream::iter([Ok(Bytes::from(path.to_owned()))]))),
    }
}

fn body(pieces: impl Stream<Item = Piece> + Send + Sync + 'static) -> BoxBody<Bytes, io::Error> {
    BodyExt::boxed(StreamBody::new(pieces.map_ok(Frame::data)))
}

async fn whole(body: Body) -> Vec<u8> {
    let pieces: Vec<Bytes> = body.try_collect().await.unwrap();
    pieces.concat()
}

#[tokio::test]
async fn the_hub_asks_and_the_hospital_answers_piece_by_piece() {
    let hub = Hub::start().await;
    let hospital = Hospital::start(&hub, &hub.federation).await;
    let mut answer = hub.channels.ask(&site("a"), "/pieces", "*/*").await.unwrap();
    for piece in ["one", "two", "three"] {
        hospital.give.send(Ok(piece.into())).await.unwrap();
        assert_eq!(answer.next().await.unwrap().unwrap(), piece, "not before the rest was there");
    }
    drop(hospital.give);
    assert_eq!(whole(answer).await, b"");
}

#[tokio::test]
async fn many_questions_share_a_channel_and_a_slow_reader_holds_up_nobody() {
    let hub = Hub::start().await;
    let _hospital = Hospital::start(&hub, &hub.federation).await;
    let a = site("a");
    let unread = hub.channels.ask(&a, "/large", "*/*").await.unwrap();
    let accepts: Vec<String> = (0..50).map(|number| format!("application/number-{number}")).collect();
    let answers = accepts.iter().map(async |accept| whole(hub.channels.ask(&a, "/echo", accept).await.unwrap()).await);
    for (accept, answer) in accepts.iter().zip(join_all(answers).await) {
        assert_eq!(answer, accept.as_bytes());
    }
    let large = whole(unread).await;
    assert_eq!(large.len(), 64 * (256 << 10));
    assert!(large.chunks(256 << 10).zip(0..).all(|(chunk, number)| chunk.iter().all(|byte| *byte == number)));
}

#[tokio::test]
async fn what_is_no_answer_is_an_error() {
    let hub = Hub::start().await;
    let hospital = Hospital::start(&hub, &hub.federation).await;
    for path in ["/broken", "/nowhere"] {
        assert!(matches!(hub.channels.ask(&site("a"), path, "*/*").await.err(), Some(Error::Answer(_))), "{path}");
    }
    let error = hub.channels.ask(&site("b"), "/echo", "*/*").await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "no channel");
    let unavailable = hub.channels.fetch_file(&site("a"), &instance(1, 0)).await.err().unwrap();
    assert_eq!(unavailable.kind(), ErrorKind::Unavailable, "the hospital does not have it");
    let mut broken = hub.channels.ask(&site("a"), "/pieces", "*/*").await.unwrap();
    hospital.give.send(Ok("one".into())).await.unwrap();
    assert_eq!(broken.next().await.unwrap().unwrap(), "one");
    hospital.give.send(Err(io::Error::other("the disk is gone"))).await.unwrap();
    assert!(broken.next().await.unwrap().is_err(), "an answer that broke off ends as if it were whole");
}

#[tokio::test]
async fn a_hospital_that_does_not_begin_to_answer_is_given_up() {
    let hub = Hub::start().await;
    let _hospital = Hospital::start(&hub, &hub.federation).await;
    tokio::time::pause();
    let error = hub.channels.ask(&site("a"), "/silent", "*/*").await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    let mut unfinished = hub.channels.ask(&site("a"), "/pieces", "*/*").await.unwrap();
    assert!(unfinished.next().await.unwrap().is_err());
}

#[tokio::test]
async fn a_connection_of_which_one_side_is_gone_is_noticed_by_both() {
    let hub = Hub::start().await;
    let proxy = Proxy::to(&hub.federation).await;
    let mut hospital = Hospital::start(&hub, &proxy.address.to_string()).await;
    let mut waiting = hub.channels.ask(&site("a"), "/pieces", "*/*").await.unwrap();
    proxy.go_silent();
    tokio::time::pause();
    let begun = Instant::now();
    let noticed = timeout(PING * 3, hospital.state.wait_for(|state| !state.channel_connected)).await;
    noticed.expect("the hospital notices it").unwrap();
    while hub.channels.is_connected(&site("a")) && begun.elapsed() <= PING * 3 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(begun.elapsed() <= PING * 2 + Duration::from_secs(1), "noticed after {:?}", begun.elapsed());
    assert!(waiting.next().await.unwrap().is_err(), "an answer that broke off ends as if it were whole");
    tokio::time::resume();
    connected(&hub).await;
    assert_eq!(whole(hub.channels.ask(&site("a"), "/echo", "text/plain").await.unwrap()).await, b"text/plain");
}

#[tokio::test]
async fn a_hospital_that_stops_is_no_longer_connected() {
    let hub = Hub::start().await;
    let hospital = Hospital::start(&hub, &hub.federation).await;
    hospital.stop.cancel();
    while hub.channels.is_connected(&site("a")) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(hub.channels.ask(&site("a"), "/echo", "*/*").await.is_err());
}
