//! `hub site …`.

use crate::{config::Config, state::StateDir, wiring};
use access_control::{Object, Overview, Token, decide};
use anyhow::Result;
use clap::Subcommand;
use daemon::say;
use federation::Enrolment;
use imaging_domain::{Principal, SiteId};

/// Who works at the hub's own command line.
const OPERATOR: Principal = Principal::Service("command line");

#[derive(Subcommand)]
pub(super) enum Command {
    /// Invite a hospital: prints a code that `pacs-adapter join` takes once, within 30 minutes.
    Invite {
        /// Its name in the region: a-z, 0-9 and -.
        id: String,
        /// Its name for people.
        #[arg(long, default_value = "")]
        name: String,
    },
    /// Make a site without an adapter: what its machines store by STOW-RS the hub holds itself.
    Add {
        /// Its name in the region.
        id: String,
        /// Its name for people.
        #[arg(long, default_value = "")]
        name: String,
        /// Says that the hub holds its images; a site that holds its own is invited.
        #[arg(long, required = true)]
        held_by_hub: bool,
    },
    /// List the hospitals.
    List,
    /// End every certificate of a hospital.
    Revoke {
        /// Its name in the region.
        id: String,
    },
}

pub(super) async fn run(config: &Config, command: Command) -> Result<()> {
    let state = StateDir::at(&config.dir);
    let enrolment = Enrolment {
        registry: wiring::index(&state)?,
        authority: wiring::authority(&state)?,
        audit: wiring::audit(&state, "command")?,
        clock: daemon::now_ms,
        federation: config.public.federation.clone(),
        web: config.public.web.clone(),
    };
    match command {
        Command::Invite { id, name } => {
            let secret = Token::generate();
            let code = enrolment.invite(&OPERATOR, &SiteId::parse(&id)?, &name, *secret.bytes()).await?;
            say!("{}", code.to_line());
        }
        Command::Add { id, name, held_by_hub: _ } => {
            let site = SiteId::parse(&id)?;
            enrolment.hold(&OPERATOR, &site, &name).await?;
            say!("{site} is held by the hub; `hub client issue NAME --site {site} --out FOLDER` lets a machine store");
        }
        Command::Revoke { id } => enrolment.revoke(&OPERATOR, &SiteId::parse(&id)?).await?,
        Command::List => {
            let permit = decide::<Overview>(&OPERATOR, Object::Region)?;
            for site in enrolment.registry.sites(&permit).await? {
                let held = if site.held_by_hub { "\theld by the hub" } else { "" };
                say!("{}\t{}\t{} studies\t{} instances{held}", site.site, site.name, site.studies, site.instances);
            }
        }
    }
    Ok(())
}
