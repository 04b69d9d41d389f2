//! `hub init`.

use crate::{
    config::Config,
    state::{StateDir, write_new},
    wiring,
};
use anyhow::{Result, bail};
use daemon::{now_ms, say};
use federation::Authority;

/// Makes the region's authority and an empty index.
pub(super) fn run(config: &Config) -> Result<()> {
    let state = StateDir::at(&config.dir);
    if state.is_initialized() {
        bail!("there is a region in {} already", config.dir.display());
    }
    state.create()?;
    let (authority, key_pem) = Authority::create(&config.region, now_ms())?;
    write_new(&state.authority_certificate(), authority.certificate_pem())?;
    // last: its presence says that the rest is complete
    wiring::index(&state)?;
    write_new(&state.authority_key(), &key_pem)?;
    say!("region ready in {}", config.dir.display());
    say!("authority fingerprint: {}", hex::encode(authority.fingerprint()?));
    Ok(())
}
