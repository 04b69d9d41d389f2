//! `pacs-adapter link create`: what is asked for, and what is done with the answer.

use super::told::{Made, line};
use anyhow::{Context, Result, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use clap::Args;
use daemon::say;
use imaging_domain::{Allowed, StudyUid};
use serde::Serialize;
use std::{
    fs::OpenOptions,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

#[derive(Args)]
pub(in crate::cli) struct Create {
    /// Study Instance UIDs.
    #[arg(required = true)]
    studies: Vec<String>,
    /// How many days it lasts, 1 to 30.
    #[arg(long, default_value_t = 7)]
    days: u32,
    /// The holder may take the studies away as files.
    #[arg(long)]
    download: bool,
    /// Language its page begins in: zh, en or es.
    #[arg(long, default_value = "")]
    language: String,
    /// How often it may be opened; any number when not given.
    #[arg(long)]
    openings: Option<u32>,
    /// What you want to remember.
    #[arg(long, default_value = "")]
    note: String,
    /// Print JSON: url, pin, id, shlink (the same link for standard readers).
    #[arg(long)]
    json: bool,
    /// Write the QR code there, as SVG.
    #[arg(long)]
    qr_svg: Option<PathBuf>,
    /// Write the QR code there, as PNG.
    #[arg(long)]
    qr_png: Option<PathBuf>,
    /// Write the slip for the patient there, as a page to print.
    #[arg(long)]
    slip: Option<PathBuf>,
    /// Print the PIN on the slip too.
    #[arg(long)]
    pin_on_slip: bool,
}

/// What the hub is asked for. No `Debug`: the note may name a patient.
#[derive(Serialize)]
pub(super) struct Asked<'a> {
    studies: Vec<StudyUid>,
    days: u32,
    allowed: Allowed,
    language: &'a str,
    openings: Option<u32>,
    note: &'a str,
    pin_on_slip: bool,
}

impl Create {
    /// The request.
    pub(super) fn asked(&self) -> Result<Asked<'_>> {
        let studies: Result<Vec<_>, _> = self.studies.iter().map(|study| StudyUid::parse(study)).collect();
        // before there is a link that nobody could be told of
        let mut files = [&self.qr_svg, &self.qr_png, &self.slip].into_iter().flatten();
        if let Some(path) = files.find(|path| path.exists()) {
            bail!("{} is there already", path.display());
        }
        Ok(Asked {
            studies: studies?,
            days: self.days,
            allowed: if self.download { Allowed::Download } else { Allowed::View },
            language: &self.language,
            openings: self.openings,
            note: &self.note,
            pin_on_slip: self.pin_on_slip,
        })
    }

    /// Prints first: what cannot be written is no reason to lose the PIN.
    pub(super) fn tell(&self, made: &Made) -> Result<()> {
        if self.json {
            say!(
                "{}",
                serde_json::json!({ "id": made.link.id, "url": made.url, "pin": made.pin, "shlink": made.shlink })
            );
        } else {
            say!("{}\nPIN {}\n{}", made.url, made.pin, line(&made.link));
        }
        let png = STANDARD.decode(&made.qr_png).context("the hub's QR code cannot be read")?;
        for (path, bytes) in
            [(&self.qr_svg, made.qr_svg.as_bytes()), (&self.qr_png, &png), (&self.slip, made.slip.as_bytes())]
        {
            path.as_deref().map(|path| write_new(path, bytes)).transpose()?;
        }
        Ok(())
    }
}

/// For its owner alone: whoever has address and PIN has the study.
fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.with_context(|| format!("{} cannot be made", path.display()))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .with_context(|| format!("{} cannot be written", path.display()))
}
