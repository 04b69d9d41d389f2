//! Ports: the usual one, or a free one where the usual is taken.

use anyhow::{Context, Result};
use std::{
    collections::HashSet,
    net::{SocketAddr, TcpListener},
};

/// Hands out loopback ports, none twice.
#[derive(Debug)]
pub(super) struct Ports {
    given: HashSet<u16>,
    offset: u16,
}

impl Ports {
    /// `offset` is added to every port that is preferred.
    pub(super) fn new(offset: u16) -> Self {
        Self { given: HashSet::new(), offset }
    }

    /// `usual`, with the offset, when nobody listens there, else any free one.
    pub(super) fn take(&mut self, usual: u16) -> Result<SocketAddr> {
        let preferred = usual.saturating_add(self.offset);
        if !self.given.contains(&preferred)
            && let Ok(address) = free(preferred)
        {
            self.given.insert(preferred);
            return Ok(address);
        }
        loop {
            let address = free(0).context("no free port on loopback")?;
            if self.given.insert(address.port()) {
                return Ok(address);
            }
        }
    }
}

fn free(port: u16) -> std::io::Result<SocketAddr> {
    TcpListener::bind(("127.0.0.1", port))?.local_addr()
}
