//! What commands are carried out with.

use super::{COMMAND_LINE, Request};
use crate::{console::AdapterConsole, crawl::Crawler, notes::Noted};
use anyhow::{Result, bail};
use archive::{Committer, Ingest};
use serde_json::Value;
use std::sync::Arc;
use viewer_api::Console;

/// What commands are carried out with.
#[derive(Clone)]
pub struct Hands {
    /// The way in, of which notes are taken.
    pub sink: Noted<Ingest>,
    /// The way out.
    pub committer: Committer,
    /// What is told.
    pub console: Arc<AdapterConsole>,
    /// The taking over of an old archive, when the configuration names one.
    pub crawler: Option<Crawler>,
}

impl Hands {
    /// What is told to the command line.
    pub(super) async fn tell(&self, asked: Request) -> Result<Value> {
        let console = self.console.as_ref();
        Ok(match asked {
            Request::Delete(study) => serde_json::to_value(self.committer.delete_study(&COMMAND_LINE, &study).await?)?,
            Request::Import(_) => bail!("an import has progress to tell"),
            Request::Report => serde_json::to_value(console.report(&COMMAND_LINE).await?)?,
            Request::Conflicts => serde_json::to_value(console.conflicts(&COMMAND_LINE).await?)?,
            Request::Quarantine => serde_json::to_value(console.quarantine(&COMMAND_LINE).await?)?,
            Request::Opened(id) => serde_json::to_value(console.opened(&COMMAND_LINE, &id).await?)?,
            Request::Act(deed) => {
                console.act(&COMMAND_LINE, deed).await?;
                Value::Null
            }
            Request::Crawl(order) => serde_json::to_value(order.carry_out(self.crawler.as_ref()).await?)?,
        })
    }
}
