//! Who is told of steps of work (PS3.18 11.10 to 11.12), and the connection by which (8.10.4).

use super::{answer, list, whole};
use crate::{
    admission::Line,
    dicomweb::{App, headers, request::Asker},
    error::Error,
};
use ::dicomweb::{Subscription, parse_subscription};
use ::worklist::{Events, Target};
use axum::{
    Extension,
    extract::{
        Path, State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket, close_code, rejection::WebSocketUpgradeRejection},
    },
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use imaging_domain::{AeTitle, InstanceUid, Invalid, Principal};
use std::time::Duration;
use tokio::time::{Instant, interval_at, timeout};

/// Stands for every step (PS3.4 CC.2.3.1).
const EVERY: &str = "1.2.840.10008.5.1.4.34.5";
/// Stands for every step that a filter finds.
const FILTERED: &str = "1.2.840.10008.5.1.4.34.5.1";
/// How often is asked whether a connection is still there, and how long one may take nothing.
const PING: Duration = Duration::from_secs(30);
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a person's connection lasts; then it is opened again, by whoever is still signed in.
const LIFE_OF_PERSON: Duration = Duration::from_secs(15 * 60);
/// What a subscriber has to say to us is nothing.
const MAX_MESSAGE: usize = 4096;

/// `POST /workitems/{workitem}/subscribers/{aetitle}` (PS3.18 11.10).
pub(super) async fn subscribe(
    State(app): State<App>,
    asker: Asker,
    Path((workitem, ae)): Path<(String, String)>,
) -> Result<Response, Error> {
    let (asked, ae) = (parse_subscription(&asker.query)?, AeTitle::parse(&ae)?);
    let target = target(&workitem, &asked)?;
    let (list, who, title) = (list(&app)?.clone(), asker.who.clone(), ae.clone());
    let subscribing = async move { list.subscribe(&who, &target, &title, asked.deletion_lock.into()).await };
    let done = whole(subscribing).await?;
    answer(&asker, done, |()| {
        let secure = asker.base.as_str().strip_prefix("https://").map(|rest| format!("wss://{rest}"));
        let open = asker.base.as_str().strip_prefix("http://").map(|rest| format!("ws://{rest}"));
        let base = secure.or(open).ok_or(Error::Unwritable)?;
        let ae = percent_encoding::utf8_percent_encode(ae.as_str(), percent_encoding::NON_ALPHANUMERIC);
        let place = headers::value(format!("{base}/subscribers/{ae}"))?;
        Ok((StatusCode::CREATED, [(header::CONTENT_LOCATION, place)]).into_response())
    })
}

/// `DELETE /workitems/{workitem}/subscribers/{aetitle}` (PS3.18 11.11).
pub(super) async fn unsubscribe(
    State(app): State<App>,
    asker: Asker,
    Path((workitem, ae)): Path<(String, String)>,
) -> Result<Response, Error> {
    let target = match workitem.as_str() {
        EVERY | FILTERED => Target::Every,
        uid => Target::One(InstanceUid::parse(uid)?),
    };
    list(&app)?.unsubscribe(&asker.who, &target, &AeTitle::parse(&ae)?).await?;
    Ok(StatusCode::OK.into_response())
}

/// `POST /workitems/{worklist}/subscribers/{aetitle}/suspend` (PS3.18 11.12).
pub(super) async fn suspend(
    State(app): State<App>,
    asker: Asker,
    Path((workitem, ae)): Path<(String, String)>,
) -> Result<Response, Error> {
    if !matches!(workitem.as_str(), EVERY | FILTERED) {
        return Err(Invalid::new("worklist", "only a subscription to a worklist is suspended").into());
    }
    list(&app)?.suspend(&asker.who, &AeTitle::parse(&ae)?).await?;
    Ok(StatusCode::OK.into_response())
}

fn target(workitem: &str, asked: &Subscription) -> Result<Target, Error> {
    match (workitem, asked.filter.is_empty()) {
        (EVERY, true) => Ok(Target::Every),
        (FILTERED, false) => Ok(Target::Filtered(asked.filter.clone())),
        (FILTERED, true) => Err(Invalid::new("filter", "there is none").into()),
        (_, false) => Err(Invalid::new("filter", "it is for a filtered worklist").into()),
        (uid, true) => Ok(Target::One(InstanceUid::parse(uid)?)),
    }
}

/// `GET /subscribers/{aetitle}` as a WebSocket (RFC 6455).
pub(super) async fn connect(
    State(app): State<App>,
    asker: Asker,
    Path(ae): Path<String>,
    line: Option<Extension<Line>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Error> {
    let upgrade = upgrade.map_err(|_| Invalid::new("connection", "it is no WebSocket"))?;
    let events = list(&app)?.connect(&asker.who, &AeTitle::parse(&ae)?).await?;
    let upgrade = upgrade.max_message_size(MAX_MESSAGE).max_frame_size(MAX_MESSAGE);
    let is_person = matches!(asker.who, Principal::User { .. });
    Ok(upgrade.on_upgrade(async move |socket| {
        let telling = tell(socket, events);
        // a certificate that is taken back cuts its line; nobody says when a session ends
        let telling = async move {
            if is_person { timeout(LIFE_OF_PERSON, telling).await.unwrap_or_default() } else { telling.await }
        };
        match line {
            Some(Extension(line)) => drop(line.hold(telling).await),
            None => telling.await,
        }
    }))
}

/// Sends events until either side has enough.
async fn tell(mut socket: WebSocket, mut events: Events) {
    let mut ping = interval_at(Instant::now() + PING, PING);
    let mut is_there = true;
    loop {
        let message = tokio::select! {
            event = events.recv() => match event {
                Some(event) => Message::Text(event.as_ref().into()),
                None => break,
            },
            heard = socket.recv() => match heard {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                // what else it says is no concern of ours, but that it says something
                Some(Ok(_)) => { is_there = true; continue }
            },
            _ = ping.tick() => {
                if !is_there {
                    return;
                }
                is_there = false;
                Message::Ping(vec![].into())
            }
        };
        if !matches!(timeout(PATIENCE, socket.send(message)).await, Ok(Ok(()))) {
            return;
        }
    }
    let close = CloseFrame { code: close_code::POLICY, reason: "too slow".into() };
    let _ = timeout(PATIENCE, socket.send(Message::Close(Some(close)))).await;
}
