//! `pacs-adapter queue | retry`: what waits, and trying it again.

use super::{Form, words};
use crate::{
    config::Config,
    control::{Request, ask},
};
use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use daemon::say;
use imaging_domain::AeTitle;
use serde::Serialize;
use viewer_api::{Deed, Report};

/// Lists; or forgets what nobody can be told.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(in crate::cli) struct Queue {
    #[command(flatten)]
    form: Form,
    #[command(subcommand)]
    deed: Option<QueueDeed>,
}

#[derive(Subcommand)]
enum QueueDeed {
    /// Forget reports of storage commitment that nobody took: whoever asked keeps its images, and may ask again.
    ForgetReports {
        /// The title of who asked; `all` for everybody.
        ae_title: String,
    },
}

/// What is tried again.
#[derive(Args)]
pub(in crate::cli) struct Retry {
    /// A quarantined arrival; without one, the line to the hub.
    id: Option<String>,
    /// Copies to this application entity title that failed, and whatever waits; `all` for every one.
    #[arg(long, value_name = "AE", conflicts_with = "id")]
    to: Option<String>,
    /// Reports of storage commitment that this application entity title did not take; `all` for every one.
    #[arg(long, value_name = "AE", conflicts_with_all = ["id", "to"])]
    report_to: Option<String>,
}

/// `pacs-adapter queue`.
pub(in crate::cli) async fn queue(config: &Config, Queue { form, deed }: Queue) -> Result<()> {
    #[derive(Serialize)]
    struct Waiting<'a> {
        hub: &'a viewer_api::Hub,
        backlog: &'a viewer_api::Backlog,
        failures: &'a [viewer_api::Failure],
        routes: &'a [viewer_api::Route],
        unreported: &'a [viewer_api::Unreported],
        held: &'a [viewer_api::HeldBack],
    }
    if let Some(QueueDeed::ForgetReports { ae_title }) = deed {
        let () = ask(&config.dir, &Request::Act(Deed::ForgetReports { ae_title: title(&ae_title)? })).await?;
        say!("reports are forgotten");
        return Ok(());
    }
    let report: Report = ask(&config.dir, &Request::Report).await?;
    let Report { hub, backlog, failures, routes, unreported, held, .. } = &report;
    let queue = Waiting { hub, backlog, failures, routes, unreported, held };
    form.print(&queue, || words::queue(&report))
}

/// One title, or `all`.
fn title(text: &str) -> Result<Option<AeTitle>> {
    Ok(if text == "all" { None } else { Some(AeTitle::parse(text)?) })
}

/// `pacs-adapter retry`.
pub(in crate::cli) async fn retry(config: &Config, Retry { id, to, report_to }: Retry) -> Result<()> {
    if let Some(to) = report_to {
        let () = ask(&config.dir, &Request::Act(Deed::ReportAgain { ae_title: title(&to)? })).await?;
        say!("reports are tried again");
        return Ok(());
    }
    match (id, to) {
        (_, Some(to)) => {
            let ae_title = title(&to)?;
            let () = ask(&config.dir, &Request::Act(Deed::SendAgain { ae_title })).await?;
            say!("copies are tried again");
        }
        (Some(id), None) => {
            let () = ask(&config.dir, &Request::Act(Deed::TryAgain(id.clone()))).await?;
            say!("{id} is stored");
        }
        (None, None) => {
            let report: Report = ask(&config.dir, &Request::Report).await?;
            if report.hub.feed_connected && report.hub.channel_connected {
                bail!("the lines to the hub are up");
            }
            let () = ask(&config.dir, &Request::Act(Deed::DialHub)).await?;
            say!("the hub is being dialled");
        }
    }
    Ok(())
}
