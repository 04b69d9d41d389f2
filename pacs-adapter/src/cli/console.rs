//! `pacs-adapter status | queue | peers | conflicts | quarantine | retry`: what the console's page shows, asked of the running
//! adapter over its socket.

mod form;
mod words;

pub(super) use form::Form;

use crate::{
    config::Config,
    control::{Request, ask},
};
use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use daemon::say;
use imaging_domain::AeTitle;
use serde::Serialize;
use std::{net::IpAddr, num::NonZeroU16};
use viewer_api::{Deed, KeptAside, Opened, Quarantined, Report};

/// Lists; or changes who is known.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Peers {
    #[command(flatten)]
    form: Form,
    #[command(subcommand)]
    deed: Option<PeersDeed>,
}

#[derive(Subcommand)]
enum PeersDeed {
    /// Let an application entity call from an address.
    Allow {
        /// Its title.
        ae_title: String,
        /// Where it calls from.
        from: IpAddr,
        /// At which port of that address it is called: for C-MOVE, C-ECHO, reports of storage commitment, a crawl.
        #[arg(long)]
        port: Option<NonZeroU16>,
        /// It is called over TLS there.
        #[arg(long, requires = "port")]
        tls: bool,
    },
    /// Know one no more that was allowed so, or forget that it called.
    Forget {
        /// Its title.
        ae_title: String,
        /// Where it calls from.
        from: IpAddr,
    },
}

/// Lists, the latest first; or looks at one.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Quarantine {
    #[command(flatten)]
    form: Form,
    #[command(subcommand)]
    deed: Option<QuarantineDeed>,
}

#[derive(Subcommand)]
enum QuarantineDeed {
    /// The header of one, as far as it can be read.
    Show {
        /// Its name in the list.
        id: String,
        #[command(flatten)]
        form: Form,
    },
    /// Throw one away.
    Remove {
        /// Its name in the list.
        id: String,
    },
}

/// What is tried again.
#[derive(Args)]
pub(super) struct Retry {
    /// A quarantined arrival; without one, the line to the hub.
    id: Option<String>,
    /// Copies to this application entity title that failed, and whatever waits; `all` for every one.
    #[arg(long, value_name = "AE", conflicts_with = "id")]
    to: Option<String>,
    /// Reports of storage commitment that this application entity title did not take; `all` for every one.
    #[arg(long, value_name = "AE", conflicts_with_all = ["id", "to"])]
    report_to: Option<String>,
}

/// `pacs-adapter status`.
pub(super) async fn status(config: &Config, form: &Form) -> Result<()> {
    let report: Report = ask(&config.dir, &Request::Report).await?;
    form.print(&report, || words::status(&report))
}

/// `pacs-adapter queue`.
pub(super) async fn queue(config: &Config, form: &Form) -> Result<()> {
    #[derive(Serialize)]
    struct Queue<'a> {
        hub: &'a viewer_api::Hub,
        backlog: &'a viewer_api::Backlog,
        failures: &'a [viewer_api::Failure],
        routes: &'a [viewer_api::Route],
        unreported: &'a [viewer_api::Unreported],
        held: &'a [viewer_api::HeldBack],
    }
    let report: Report = ask(&config.dir, &Request::Report).await?;
    let Report { hub, backlog, failures, routes, unreported, held, .. } = &report;
    let queue = Queue { hub, backlog, failures, routes, unreported, held };
    form.print(&queue, || words::queue(&report))
}

/// `pacs-adapter peers …`.
pub(super) async fn peers(config: &Config, Peers { form, deed }: Peers) -> Result<()> {
    match deed {
        None => {
            let report: Report = ask(&config.dir, &Request::Report).await?;
            let told = serde_json::json!({ "peers": report.peers, "strangers": report.strangers });
            form.print(&told, || words::peers(&report))
        }
        Some(PeersDeed::Allow { ae_title, from, port, tls }) => {
            let ae_title = AeTitle::parse(&ae_title)?;
            let deed = Deed::Allow { ae_title: ae_title.clone(), from, port, tls };
            let () = ask(&config.dir, &Request::Act(deed)).await?;
            say!("{ae_title} may call from {from}");
            Ok(())
        }
        Some(PeersDeed::Forget { ae_title, from }) => {
            let ae_title = AeTitle::parse(&ae_title)?;
            let () = ask(&config.dir, &Request::Act(Deed::Forget { ae_title: ae_title.clone(), from })).await?;
            say!("{ae_title} is not known any more");
            Ok(())
        }
    }
}

/// `pacs-adapter conflicts`.
pub(super) async fn conflicts(config: &Config, form: &Form) -> Result<()> {
    let conflicts: Vec<KeptAside> = ask(&config.dir, &Request::Conflicts).await?;
    form.print(&conflicts, || conflicts.iter().map(words::conflict).collect())
}

/// `pacs-adapter quarantine …`.
pub(super) async fn quarantine(config: &Config, Quarantine { form, deed }: Quarantine) -> Result<()> {
    match deed {
        None => {
            let listed: Vec<Quarantined> = ask(&config.dir, &Request::Quarantine).await?;
            form.print(&listed, || listed.iter().map(words::quarantined).collect())
        }
        Some(QuarantineDeed::Show { id, form }) => {
            let opened: Opened = ask(&config.dir, &Request::Opened(id)).await?;
            form.print(&opened, || words::opened(&opened))
        }
        Some(QuarantineDeed::Remove { id }) => {
            let () = ask(&config.dir, &Request::Act(Deed::ThrowAway(id.clone()))).await?;
            say!("{id} is gone");
            Ok(())
        }
    }
}

/// `pacs-adapter retry`.
pub(super) async fn retry(config: &Config, Retry { id, to, report_to }: Retry) -> Result<()> {
    let title = |text: &str| if text == "all" { Ok(None) } else { AeTitle::parse(text).map(Some) };
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
