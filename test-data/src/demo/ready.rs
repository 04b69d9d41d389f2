//! The ready file: where everything of a running demo is, for people's tools.

use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The whole file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ready {
    /// The hub.
    pub hub: HubPlace,
    /// A machine's certificate that may see the whole region.
    pub tls: TlsFiles,
    /// The hospitals.
    pub sites: Vec<SitePlace>,
    /// Who may sign in.
    pub users: Vec<UserPlace>,
    /// A study link, to a CT where there is one.
    pub link: Option<LinkPlace>,
}

/// Where the hub is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HubPlace {
    /// Its process.
    pub pid: u32,
    /// DICOMweb by mutual TLS.
    pub dicomweb: String,
    /// The first page.
    pub web: String,
    /// OHIF, where it could be fetched.
    pub viewer: Option<String>,
    /// Prometheus metrics.
    pub metrics: String,
}

/// PEM files.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TlsFiles {
    /// The region's authority.
    pub ca: PathBuf,
    /// The certificate.
    pub cert: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// Where a hospital is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SitePlace {
    /// Its name in the region.
    pub id: String,
    /// Its adapter's process.
    pub pid: u32,
    /// Its adapter's folder.
    pub dir: PathBuf,
    /// Its adapter's title.
    pub ae_title: String,
    /// The title under which its adapter answers for the whole region.
    pub region_ae_title: String,
    /// Where associations go.
    pub dimse: String,
    /// DICOMweb in the hospital's own network.
    pub dicomweb: String,
    /// The adapter's page.
    pub console: String,
    /// Who may sign in there: who runs the adapter, and who makes links for patients.
    pub users: Vec<UserPlace>,
}

/// A user of the demo.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UserPlace {
    /// Sign-in name.
    pub name: String,
    /// Password, made for this demo.
    pub password: String,
    /// Role.
    pub role: String,
}

/// A study link.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LinkPlace {
    /// The link.
    pub url: String,
    /// Its PIN.
    pub pin: String,
    /// What it opens.
    pub study_uid: String,
}

impl Ready {
    /// Writes the file; it appears whole or not at all.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let new = path.with_extension("new");
        std::fs::write(&new, serde_json::to_string_pretty(self)?)?;
        Ok(std::fs::rename(new, path)?)
    }
}
