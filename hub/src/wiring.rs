//! The only place where implementations are chosen and rooms are put together.

use crate::{
    config::Config,
    state::{StateDir, read_pem, write_new},
};
use access_control::Token;
use anyhow::{Context, Result, bail};
use archive::{Archive, HeldFirst, Holding, HoldingLimits, Parts, People, Pseudonyms};
use audit_log::AuditLog;
use blob_store::{BlobStore, Checked, Disk, DiskDerived};
use catalog::{ChangeFeed, Sqlite};
use daemon::now_ms;
use federation::{Authority, Channels, Enrolment, Intake};
use rendering::Renderer;
use std::{path::Path, sync::Arc, thread::available_parallelism, time::Duration};
use study_links::{Pepper, StudyLinks};
use viewer_api::{OidcConfig, Provider};
use worklist::Worklist;

/// SQLite connections that read.
const READERS: usize = 4;

/// The subcommand that makes this program, or one that carries it, a worker.
const DECODE_WORKER: &str = "decode-worker";

/// A hub put together.
pub struct Hub {
    /// The use cases of images.
    pub archive: Archive,
    /// Local accounts.
    pub people: People,
    /// The hub's end of the feeds.
    pub intake: Intake,
    /// The hub's ends of the channels.
    pub channels: Channels,
    /// Who becomes a site.
    pub enrolment: Enrolment,
    /// Study links.
    pub links: StudyLinks,
    /// The region's worklist.
    pub worklist: Worklist,
    /// The audit log.
    pub audit: AuditLog,
    /// The cache, for its sweeper.
    pub cache: Arc<Disk>,
    /// The authority, for the hub's own certificate.
    pub authority: Authority,
}

/// The authority in a folder.
pub fn authority(state: &StateDir) -> Result<Authority> {
    if !state.is_initialized() {
        bail!("there is no region here yet: run `hub init` first");
    }
    let (certificate, key) = (read_pem(&state.authority_certificate())?, read_pem(&state.authority_key())?);
    Authority::load(&certificate, &key).context("the region's authority cannot be loaded")
}

/// The index in a folder.
pub fn index(state: &StateDir) -> Result<Arc<Sqlite>> {
    let config = catalog::Config { path: state.index(), readers: READERS };
    Ok(Arc::new(Sqlite::open(&config).context("the index cannot be opened")?))
}

/// The audit chain of a program.
pub fn audit(state: &StateDir, program: &str) -> Result<AuditLog> {
    let config = audit_log::Config { path: state.audit_chain(program) };
    AuditLog::open(&config, program, now_ms).context("the audit log cannot be opened")
}

/// Puts a hub together. Must be called inside the runtime that is to carry it.
pub fn assemble(config: &Config, program: &str) -> Result<Hub> {
    let state = StateDir::at(&config.dir);
    let authority = authority(&state)?;
    let (index, audit) = (index(&state)?, audit(&state, program)?);
    let disk = blob_store::Config { dir: state.cache(), reserve_bytes: config.cache.reserve_bytes };
    let cache = Arc::new(Disk::open_cache(&disk).context("the cache cannot be opened")?);
    let derived = DiskDerived::open_remembering(&state.thumbnails(), config.cache.max_thumbnail_bytes);
    let compact = DiskDerived::open(&state.headers(), config.cache.max_header_bytes);
    let channels = Channels::default();
    let held = held(config, &state)?;
    let parts = Parts {
        index: index.clone(),
        readiness: index.clone(),
        registry: index.clone(),
        blobs: Arc::new(HeldFirst::new(Arc::clone(&held), Arc::new(Checked::cache(cache.clone())))),
        derived: Arc::new(derived.context("the thumbnails cannot be opened")?),
        compact: Arc::new(compact.context("the headers in compact form cannot be opened")?),
        remote: Some(Arc::new(channels.clone())),
        audit: audit.clone(),
        renderer: renderer(config)?,
        pseudonyms: Pseudonyms::kept_in(&state.uid_secret()).context("the secret of de-identification")?,
        clock: now_ms,
    };
    let holding = Holding::new(Parts { blobs: held, ..parts.clone() }, holding_limits(config));
    let archive = Archive::new(parts).with_holding(holding);
    let people = People { accounts: index.clone(), audit: audit.clone(), clock: now_ms };
    let enrolment = Enrolment {
        registry: index.clone(),
        authority: authority.clone(),
        audit: audit.clone(),
        clock: now_ms,
        federation: config.public.federation.clone(),
        web: config.public.web.clone(),
    };
    let links = links(config, &state, index.clone(), audit.clone())?;
    let worklist = Worklist::new(index.clone(), audit.clone(), now_ms);
    let intake = Intake::new(index as Arc<dyn ChangeFeed>, audit.clone(), now_ms);
    Ok(Hub { archive, people, intake, channels, enrolment, links, worklist, audit, cache, authority })
}

/// The images that the hub holds itself.
fn held(config: &Config, state: &StateDir) -> Result<Arc<dyn BlobStore>> {
    let config = blob_store::Config { dir: state.holding(), reserve_bytes: config.holding.reserve_bytes };
    let disk = Disk::open(&config).context("the images that the hub holds itself cannot be opened")?;
    Ok(Arc::new(Checked::new(Arc::new(disk))))
}

/// Study links over an index.
pub fn links(config: &Config, state: &StateDir, index: Arc<Sqlite>, audit: AuditLog) -> Result<StudyLinks> {
    Ok(StudyLinks {
        links: index.clone(),
        sessions: index.clone(),
        index: index.clone(),
        registry: index,
        audit,
        clock: now_ms,
        pepper: pepper(state).context("the secret of study links")?,
        origin: format!("https://{}", config.links.public),
    })
}

/// The secret of PINs; made the first time it is asked for.
fn pepper(state: &StateDir) -> Result<Pepper> {
    let path = state.pin_secret();
    if !path.exists() {
        state.create()?;
        // another program may have been quicker: then its secret is the one
        let made = write_new(&path, Token::generate().to_text());
        if !path.exists() {
            made?;
        }
    }
    let secret = Token::parse(read_pem(&path)?.trim()).context("it is damaged")?;
    Ok(Pepper::new(secret.bytes()))
}

fn holding_limits(config: &Config) -> HoldingLimits {
    HoldingLimits {
        users_store_to: config.holding.store_to.clone(),
        at_once: config.holding.at_once,
        max_instance_bytes: config.holding.max_instance_bytes,
    }
}

/// The identity provider, when there is one.
pub fn provider(config: &Config) -> Result<Option<Provider>> {
    let oidc = &config.oidc;
    if oidc.issuer.is_empty() {
        return Ok(None);
    }
    let named = |path: &Path| (!path.as_os_str().is_empty()).then(|| read_pem(path)).transpose();
    let secret = named(&oidc.client_secret_file)?;
    let provider = Provider::new(OidcConfig {
        issuer: oidc.issuer.clone(),
        label: oidc.label.clone(),
        client_id: oidc.client_id.clone(),
        client_secret: secret.map(|text| text.lines().next().unwrap_or_default().trim().to_owned()),
        scopes: oidc.scopes.clone(),
        role_claim: oidc.role_claim.clone(),
        roles: oidc.roles.by_value(),
        audience: Some(oidc.audience.clone()).filter(|audience| !audience.is_empty()),
        authorities_pem: named(&oidc.authorities_file)?,
        clock: now_ms,
    });
    provider.map(Some).context("[oidc]")
}

fn renderer(config: &Config) -> Result<Renderer> {
    let cores = available_parallelism().map_or(1, usize::from);
    let threads = if config.rendering.threads == 0 { cores } else { config.rendering.threads };
    let workers = cage::Config {
        memory_bytes: config.rendering.memory_bytes,
        time_limit: Duration::from_secs(config.rendering.time_limit_s.into()),
        ..cage::Config::of_this_program(DECODE_WORKER, threads)
    };
    let renderer = Renderer::caged(threads, config.rendering.queue, workers);
    let renderer = renderer.context("the picture maker cannot be started")?;
    let announced = renderer.clone();
    // What fails here is in the log, and fails again for whoever wants a picture.
    tokio::spawn(async move { announced.announce().await });
    Ok(renderer)
}
