//! The hospital's two lines to the hub, both dialled from inside: the change feed, and the channel over which the hub
//! asks back.

use crate::{
    batch_size::BatchSize,
    channel,
    error::Error,
    net::{Backoff, Dialler},
    sync::{Batch, Held, Next, Sender},
    trouble::Trouble,
};
use access_control::{Feed, Object, Permit, decide};
use bytes::Bytes;
use catalog::ChangeFeed;
use hyper::{Request, Response, body::Incoming};
use imaging_domain::{Principal, SiteId};
use std::{future::Future, sync::Arc, time::Duration};
use tokio::{
    sync::{Notify, watch},
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// Path of the feed on the listener of hospitals.
pub const FEED_PATH: &str = "/federation/changes";
/// How often a hospital that has nothing to say says so.
pub const SIGN_OF_LIFE: Duration = Duration::from_secs(5);
/// How long the feed rests after lines that were no whole batch: while much arrives, the hub is told of many at once.
const REST: Duration = Duration::from_millis(50);

/// How the lines to the hub are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct State {
    /// Whether the last exchange over the feed worked.
    pub feed_connected: bool,
    /// Whether the hub can ask back.
    pub channel_connected: bool,
    /// Number of the last line the hub said it holds.
    pub held: u64,
    /// Why a line broke last; nothing once both work.
    pub trouble: Option<Trouble>,
}

impl State {
    /// A line works; when both do there is no trouble.
    fn connected(&mut self, line: impl FnOnce(&mut Self)) {
        line(self);
        if self.feed_connected && self.channel_connected {
            self.trouble = None;
        }
    }
}

/// One hospital's connection to the hub.
pub struct Uplink {
    site: SiteId,
    dialler: watch::Receiver<Dialler>,
    feed: Arc<dyn ChangeFeed>,
    written: Arc<Notify>,
    state: watch::Sender<State>,
    again: Notify,
    size: BatchSize,
}

impl Uplink {
    /// A connection of `site`. `written` is notified whenever the feed grew. A new certificate comes as a new dialler.
    pub fn new(
        site: SiteId,
        dialler: watch::Receiver<Dialler>,
        feed: Arc<dyn ChangeFeed>,
        written: Arc<Notify>,
    ) -> Self {
        let (state, again, size) = (watch::Sender::default(), Notify::new(), BatchSize::default());
        Self { site, dialler, feed, written, state, again, size }
    }

    /// How it is, now and whenever it changes.
    pub fn state(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }

    /// Dials at once, where it waits before the next try.
    pub fn dial_now(&self) {
        self.again.notify_waiters();
    }

    /// Sends the feed until told to stop.
    pub async fn send_feed(&self, stop: &CancellationToken) {
        self.forever("feed", stop, || self.exchange(), |state| &mut state.feed_connected).await;
    }

    /// Lets the hub ask back through `service` until told to stop.
    pub async fn serve_channel<S, F, B>(&self, service: S, stop: &CancellationToken)
    where
        S: Fn(Request<Incoming>) -> F + Clone + Send + 'static,
        F: Future<Output = Result<Response<B>, std::convert::Infallible>> + Send + 'static,
        B: hyper::body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let serve = || async {
            let dialler = self.dialler.borrow().clone();
            let upgraded = dialler.dial().await?.upgrade(channel::PATH, channel::PROTOCOL).await?;
            self.state.send_modify(|state| state.connected(|state| state.channel_connected = true));
            info!("the hub can ask back");
            channel::serve(upgraded, service.clone()).await
        };
        self.forever("channel", stop, serve, |state| &mut state.channel_connected).await;
    }

    async fn forever<F: Future<Output = Result<(), Error>>>(
        &self,
        line: &'static str,
        stop: &CancellationToken,
        run: impl Fn() -> F,
        connected: fn(&mut State) -> &mut bool,
    ) {
        let mut backoff = Backoff::default();
        loop {
            let Some(ended) = stop.run_until_cancelled(run()).await else { return };
            let mut worked = false;
            self.state.send_modify(|state| worked = std::mem::take(connected(state)));
            if worked {
                backoff.reset();
            }
            let wait = backoff.wait(rand::random());
            if let Err(error) = ended {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                self.state.send_modify(|state| state.trouble = Some(Trouble::of(&error)));
                warn!(line, %error, cause, wait_ms = wait.as_millis() as u64, "line to the hub broke");
            }
            let rest = async {
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = self.again.notified() => backoff.reset(),
                }
            };
            if stop.run_until_cancelled(rest).await.is_none() {
                return;
            }
        }
    }

    /// One connection's life.
    async fn exchange(&self) -> Result<(), Error> {
        let permit = decide::<Feed>(&Principal::Service("feed"), Object::Site(&self.site))?;
        let dialler = self.dialler.borrow().clone();
        let mut line = dialler.dial().await?;
        let mut sender = Sender::default();
        loop {
            // taken before looking, so that a line written meanwhile wakes us at once
            let written = self.written.notified();
            sender.written(self.feed.last_number(&permit, &self.site).await?);
            let changes = match sender.next() {
                Next::Ask => vec![],
                Next::Send { after } => self.feed.changes_after(&permit, &self.site, after, self.size.get()).await?,
                Next::Wait => {
                    let _ = timeout(SIGN_OF_LIFE, written).await;
                    sender.written(self.feed.last_number(&permit, &self.site).await?);
                    self.following(&sender, &permit).await?
                }
            };
            let (lines, most) = (changes.len(), self.size.get());
            let batch = Batch { last: self.feed.last_number(&permit, &self.site).await?, changes };
            let answer: Result<Held, Error> = line.post(FEED_PATH, &batch).await;
            let answer = answer.inspect_err(|error| self.size.failed(lines, error))?;
            self.size.went(lines);
            sender.held(answer.held);
            self.state.send_modify(|state| {
                state.connected(|state| state.feed_connected = true);
                state.held = answer.held;
            });
            if (1..most).contains(&lines) {
                tokio::time::sleep(REST).await;
            }
        }
    }

    async fn following(&self, sender: &Sender, permit: &Permit<Feed>) -> Result<Vec<imaging_domain::Change>, Error> {
        match sender.next() {
            Next::Send { after } => Ok(self.feed.changes_after(permit, &self.site, after, self.size.get()).await?),
            Next::Ask | Next::Wait => Ok(vec![]),
        }
    }
}
