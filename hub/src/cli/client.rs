//! `hub client …`.

use crate::{
    config::Config,
    state::{StateDir, write_new},
    wiring,
};
use anyhow::{Context, Result};
use clap::Subcommand;
use daemon::{now_ms, say};
use federation::{Enrolment, Request};
use imaging_domain::{Principal, SiteId};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make a key and certificate for a machine that reads the region, and with `--site` stores at a site that the hub
    /// holds; with `--gate` for a gate instead, which reads what study links open and nothing else: ca.pem, client.pem,
    /// client.key.
    Issue {
        /// Its name: a-z, 0-9 and -.
        name: String,
        /// The folder to write to.
        #[arg(long)]
        out: PathBuf,
        /// The site without an adapter that it stores at.
        #[arg(long)]
        site: Option<String>,
        /// It is a gate: see `hub gate`.
        #[arg(long, conflicts_with = "site")]
        gate: bool,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<()> {
    let Command::Issue { name, out, site, gate } = command;
    let state = StateDir::at(&config.dir);
    let authority = wiring::authority(&state)?;
    let enrolment = Enrolment {
        registry: wiring::index(&state)?,
        authority: authority.clone(),
        audit: wiring::audit(&state, "command")?,
        clock: now_ms,
        federation: config.public.federation.clone(),
        web: config.public.web.clone(),
    };
    let request = Request::generate()?;
    let operator = Principal::Service("command line");
    let name = SiteId::parse(&name)?;
    let certificate = match site {
        None if gate => enrolment.gate(&operator, &name, &request.csr_pem).await?,
        None => enrolment.machine(&operator, &name, &request.csr_pem).await?,
        Some(site) => {
            let issued = enrolment.site_machine(&operator, &SiteId::parse(&site)?, &name, &request.csr_pem).await;
            issued.context("is it a site that was added with --held-by-hub?")?
        }
    };
    std::fs::create_dir_all(&out).context("the folder cannot be made")?;
    write_new(&out.join("ca.pem"), authority.certificate_pem())?;
    write_new(&out.join("client.pem"), &certificate)?;
    write_new(&out.join("client.key"), &request.key_pem)?;
    say!("certificate and key in {}", out.display());
    Ok(())
}
