//! `pacs-adapter status | queue | peers | conflicts | quarantine | retry`: what the console's page shows, asked of the running
//! adapter over its socket.

mod form;
mod waiting;
mod words;

pub(super) use form::Form;
pub(super) use waiting::{Queue, Retry, queue, retry};

use crate::{
    config::Config,
    control::{Request, ask},
};
use anyhow::Result;
use clap::{Args, Subcommand};
use daemon::say;
use imaging_domain::AeTitle;
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

/// `pacs-adapter status`.
pub(super) async fn status(config: &Config, form: &Form) -> Result<()> {
    let report: Report = ask(&config.dir, &Request::Report).await?;
    form.print(&report, || words::status(&report))
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
