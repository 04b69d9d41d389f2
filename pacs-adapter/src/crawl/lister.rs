//! The one who asks an archive what it has, window after window.

use super::{
    crawler::{Crawler, Inner, overview, store},
    line::{Line, Use, Why},
    listing::{End, Heard, Listing, list},
    windows,
};
use catalog::{CrawlWindow, Error, WindowEnd};
use std::collections::HashMap;

pub(super) struct Lister<'a> {
    crawler: &'a Crawler,
    inner: &'a Inner,
    line: Line,
    /// Windows that failed since the last pause: the others come first.
    failed: Vec<CrawlWindow>,
    /// How often each did.
    tries: HashMap<CrawlWindow, u32>,
    /// Whether a window was answered: then the archive is well, and one that breaks is too large for it.
    has_answered: bool,
    /// Pauses since then.
    pauses: u32,
}

impl<'a> Lister<'a> {
    pub(super) fn new(crawler: &'a Crawler) -> Self {
        let inner = crawler.0.as_ref();
        let line = Line::new(&inner.parts, &inner.archive, &inner.config);
        let (failed, tries) = (Vec::new(), HashMap::new());
        Self { crawler, inner, line, failed, tries, has_answered: false, pauses: 0 }
    }

    /// Asks until no window waits.
    pub(super) async fn walk(mut self) {
        loop {
            self.crawler.until_allowed(&mut self.line).await;
            match self.step().await {
                Ok(true) => continue,
                Ok(false) if self.failed.is_empty() => break,
                Ok(false) => self.failed.clear(),
                Err(why) => self.crawler.note(&why.words()),
            }
            self.line.release().await;
            tokio::time::sleep(self.inner.config.pause(self.pauses)).await;
            self.pauses += 1;
        }
        self.crawler.note("");
        self.line.release().await;
    }

    /// Asks for one window; whether there was one.
    async fn step(&mut self) -> Result<bool, Why> {
        let Inner { parts, archive, .. } = self.inner;
        let permit = overview().map_err(Why::failed)?;
        let next = parts.crawls.next_window(&permit, &archive.ae_title, &self.failed).await;
        let Some(window) = next.map_err(Why::failed)? else { return Ok(false) };
        let ended = match self.ask(&window).await {
            Ok(Listing { end: End::Refused(status), .. }) => {
                self.failed(window, &format!("the archive answers {status}"), false).await
            }
            Ok(listing) => {
                (self.has_answered, self.pauses) = (true, 0);
                self.crawler.note("");
                self.keep(&window, listing).await
            }
            Err(Why::Failed(words)) => self.failed(window, &words, self.has_answered).await,
            Err(away) => return Err(away),
        };
        ended.map(|()| true).map_err(Why::failed)
    }

    async fn ask(&mut self, window: &CrawlWindow) -> Result<Listing, Why> {
        let Inner { parts, archive, config, .. } = self.inner;
        let heard = Heard { crawls: parts.crawls.as_ref(), archive: &archive.ae_title };
        loop {
            let mut open = self.line.take(&Use::Finding).await?;
            match list(&mut open.association, window, config.answer_limit, &heard).await {
                Ok(Listing { end: End::Broken(error), studies, unusable }) => {
                    let _ = open.association.end::<()>(Err(error)).await;
                    return Ok(Listing { end: End::CutOff, studies, unusable });
                }
                Ok(listing) => {
                    self.line.keep(open);
                    return Ok(listing);
                }
                Err(error) => self.line.broke(open, error).await?,
            }
        }
    }

    async fn keep(&self, window: &CrawlWindow, listing: Listing) -> Result<(), Error> {
        if listing.unusable > 0 {
            tracing::warn!(
                count = listing.unusable,
                "the old archive tells studies without a usable Study Instance UID"
            );
        }
        let end = match listing.end {
            End::CutOff | End::Broken(_) => windows::parts(window).map_or(WindowEnd::Cut, WindowEnd::Halved),
            // what nobody can ask for is told as uncertain
            End::Whole | End::Refused(_) if listing.unusable > 0 => WindowEnd::Cut,
            End::Whole | End::Refused(_) => WindowEnd::Whole,
        };
        let Inner { parts, archive, .. } = self.inner;
        parts.crawls.end_window(&store()?, &archive.ae_title, window, listing.studies, end).await
    }

    /// Puts a window off until the others were asked for; after so many tries it is asked in parts, if that may help, or
    /// passed over.
    async fn failed(&mut self, window: CrawlWindow, words: &str, in_parts: bool) -> Result<(), Error> {
        let Inner { parts, archive, config, .. } = self.inner;
        self.crawler.note(words);
        let tries = self.tries.entry(window.clone()).or_default();
        *tries += 1;
        if *tries < config.tries {
            self.failed.push(window);
            return Ok(());
        }
        let halves = if in_parts { windows::parts(&window) } else { None };
        let end = halves.map_or(WindowEnd::Cut, WindowEnd::Halved);
        parts.crawls.end_window(&store()?, &archive.ae_title, &window, vec![], end).await
    }
}
