//! Where a hospital's images come from: a folder per hospital.

use anyhow::{Context, Result, bail};
use imaging_domain::SiteId;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// One hospital's images.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) id: SiteId,
    pub(super) name: String,
    pub(super) files: Vec<PathBuf>,
}

/// The hospitals of a folder, by name, at most `sites`; `region.json` beside them, when there is one, gives their names
/// for people.
pub(super) fn read(data: &Path, sites: usize) -> Result<Vec<Source>> {
    let names = names(data);
    let mut folders: Vec<PathBuf> = std::fs::read_dir(data)
        .with_context(|| format!("{} cannot be read", data.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    let mut sources = vec![];
    for folder in folders.into_iter().take(sites) {
        let word = folder.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        let id = SiteId::parse(&word).with_context(|| format!("folder {word} cannot name a hospital"))?;
        let name = names.iter().find(|(named, _)| named == id.as_str()).map(|(_, name)| name.clone());
        sources.push(Source { id, name: name.unwrap_or_default(), files: files(&folder) });
    }
    if sources.is_empty() {
        bail!("{} has no folders of hospitals", data.display());
    }
    Ok(sources)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let found = WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    found.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path).collect()
}

fn names(data: &Path) -> Vec<(String, String)> {
    let Ok(text) = std::fs::read_to_string(data.join("region.json")) else { return vec![] };
    let Ok(region) = serde_json::from_str::<serde_json::Value>(&text) else { return vec![] };
    let text = |hospital: &serde_json::Value, key: &str| hospital[key].as_str().unwrap_or_default().to_owned();
    let hospitals = region["hospitals"].as_array().cloned().unwrap_or_default();
    hospitals.iter().map(|hospital| (text(hospital, "id"), text(hospital, "name"))).collect()
}
