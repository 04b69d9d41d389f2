//! The part of a package that a browser needs, unpacked and compressed once for all who ask.

use super::minified::minified;
use anyhow::{Context, Result, bail};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use std::{
    fs::{self, File},
    io::{Read, Write, copy},
    path::{Component, Path, PathBuf},
};
use tar::{Archive, EntryType};

/// What is unpacked.
const ROOT: &str = "package/dist";
/// Files and bytes beyond which an archive is refused. The pinned one has 240 and 200 million.
const MAX_FILES: usize = 2000;
const MAX_BYTES: u64 = 1 << 30;
/// Kinds of file that are worth compressing.
const COMPRESSED: [&str; 6] = ["js", "css", "html", "wasm", "svg", "json"];
/// What no browser of ours asks for: configuration for other places, a service worker that loads code from elsewhere, and
/// a runtime for models that come from elsewhere.
const LEFT_OUT: [&str; 7] =
    ["_headers", "_redirects", "app-config.js", "google.js", "serve.json", "silent-refresh.html", "sw.js"];
const LEFT_OUT_FOLDER: &str = "ort";

/// The most bytes of a script; the largest of the pinned package has 15 million.
const MAX_SCRIPT_BYTES: u64 = 64 << 20;

/// In which form scripts are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scripts {
    /// As their makers published them.
    Published,
    /// In fewer bytes, which a browser reads and compiles sooner.
    Minified,
}

/// Unpacks an archive (gzip, tar) into a folder that must not exist.
///
/// # Errors
/// When it is no such archive, holds something that is not a plain file below its root, or is too large.
pub(super) fn unpack(archive: impl Read, folder: &Path, scripts: Scripts) -> Result<()> {
    fs::create_dir(folder).context("the folder cannot be made")?;
    let mut archive = Archive::new(GzDecoder::new(archive).take(MAX_BYTES));
    for (count, entry) in archive.entries().context("it is no archive")?.enumerate() {
        let mut entry = entry.context("the archive breaks off")?;
        if count >= MAX_FILES {
            bail!("the archive has too many files");
        }
        if entry.header().entry_type() == EntryType::Directory {
            continue;
        }
        let Some(path) = wanted(&entry.path()?)? else { continue };
        if entry.header().entry_type() != EntryType::Regular {
            bail!("{} is not a plain file", path.display());
        }
        write(&mut entry, &folder.join(path), scripts)?;
    }
    if folder.join("index.html").is_file() { Ok(()) } else { bail!("the archive has no page") }
}

/// The path below the folder of what is to be unpacked.
///
/// # Errors
/// When it leads anywhere else.
fn wanted(path: &Path) -> Result<Option<PathBuf>> {
    if !path.components().all(|part| matches!(part, Component::Normal(_))) {
        bail!("{} leads out of the archive", path.display());
    }
    let Ok(inside) = path.strip_prefix(ROOT) else { return Ok(None) };
    let is_map = inside.extension().is_some_and(|ending| ending == "map");
    let is_left_out = LEFT_OUT.iter().any(|name| inside == Path::new(name)) || inside.starts_with(LEFT_OUT_FOLDER);
    Ok((!is_map && !is_left_out).then(|| inside.to_owned()))
}

fn write(entry: &mut impl Read, path: &Path, scripts: Scripts) -> Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).context("a folder cannot be made")?;
    }
    let mut file = File::create_new(path).with_context(|| format!("{} cannot be made", path.display()))?;
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if ending == "js" && scripts == Scripts::Minified {
        let mut script = String::new();
        entry.take(MAX_SCRIPT_BYTES + 1).read_to_string(&mut script).context("a script cannot be read")?;
        if script.len() as u64 > MAX_SCRIPT_BYTES {
            bail!("{} is too long a script", path.display());
        }
        file.write_all(minified(&script).as_bytes())
    } else {
        copy(entry, &mut file).map(drop)
    }
    .and_then(|()| file.sync_all())
    .context("a file cannot be written")?;
    if !COMPRESSED.contains(&ending) {
        return Ok(());
    }
    let compressed = File::create_new(path.with_extension(format!("{ending}.gz")))?;
    let mut encoder = GzEncoder::new(compressed, Compression::default());
    copy(&mut File::open(path)?, &mut encoder).context("a file cannot be compressed")?;
    encoder.finish().and_then(|file| file.sync_all()).context("a file cannot be compressed")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(entries: &[(&str, EntryType, &str)]) -> Vec<u8> {
        let mut builder = tar::Builder::new(GzEncoder::new(vec![], Compression::fast()));
        for (path, kind, text) in entries {
            let mut header = tar::Header::new_old();
            // by hand: the builder would not write a path that leads out
            header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_entry_type(*kind);
            header.set_mode(0o644);
            header.set_size(text.len() as u64);
            header.set_cksum();
            builder.append(&header, text.as_bytes()).unwrap();
        }
        builder.into_inner().unwrap().finish().unwrap()
    }

    const PAGE: (&str, EntryType, &str) = ("package/dist/index.html", EntryType::Regular, "<!doctype html>");

    #[test]
    fn what_a_browser_needs_is_unpacked_and_nothing_else() {
        let whole = archive(&[
            PAGE,
            ("package/package.json", EntryType::Regular, "{}"),
            ("package/dist/app.js", EntryType::Regular, "let a;"),
            ("package/dist/app.js.map", EntryType::Regular, "{}"),
            ("package/dist/app-config.js", EntryType::Regular, "elsewhere"),
            ("package/dist/sw.js", EntryType::Regular, "elsewhere"),
            ("package/dist/ort/ort.js", EntryType::Regular, "elsewhere"),
            ("package/dist/assets/logo.png", EntryType::Regular, "png"),
        ]);
        let folder = tempfile::tempdir().unwrap();
        let dist = folder.path().join("dist");
        unpack(&whole[..], &dist, Scripts::Published).unwrap();
        let mut found: Vec<String> =
            fs::read_dir(&dist).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        found.sort();
        assert_eq!(found, ["app.js", "app.js.gz", "assets", "index.html", "index.html.gz"]);
        let mut text = String::new();
        GzDecoder::new(File::open(dist.join("app.js.gz")).unwrap()).read_to_string(&mut text).unwrap();
        assert_eq!(text, "let a;");
        assert!(dist.join("assets/logo.png").is_file() && !dist.join("assets/logo.png.gz").exists());
    }

    #[test]
    fn an_archive_that_leads_elsewhere_is_refused() {
        for (path, kind) in [
            ("package/dist/../../out", EntryType::Regular),
            ("/etc/out", EntryType::Regular),
            ("package/dist/link", EntryType::Symlink),
            ("package/dist/link", EntryType::Link),
            ("package/dist/device", EntryType::Char),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let hostile = archive(&[PAGE, (path, kind, "")]);
            assert!(unpack(&hostile[..], &folder.path().join("dist"), Scripts::Minified).is_err(), "{path}");
            assert!(!folder.path().join("out").exists());
        }
    }

    #[test]
    fn what_is_no_archive_or_ends_early_is_refused() {
        let whole = archive(&[PAGE, ("package/dist/app.js", EntryType::Regular, &"x".repeat(4096))]);
        for bytes in [&b""[..], b"no archive", &whole[..whole.len() / 2], &archive(&[])] {
            let folder = tempfile::tempdir().unwrap();
            assert!(unpack(bytes, &folder.path().join("dist"), Scripts::Published).is_err());
        }
        let many: Vec<_> = (0..=MAX_FILES).map(|_| ("package/x", EntryType::Regular, "")).collect();
        let folder = tempfile::tempdir().unwrap();
        assert!(unpack(&archive(&many)[..], &folder.path().join("dist"), Scripts::Published).is_err());
    }
}
