//! A study or series as a zip of a file set with its directory (PS3.10 chapter 8; PS3.18 `application/zip`), written while
//! it is sent.

use super::{
    App, headers, negotiated, ranges,
    request::Asker,
    streams::{self, Begun},
};
use crate::error::Error;
use ::archive::{File, Version};
use async_zip::{Compression, ZipEntryBuilder, tokio::write::ZipFileWriter};
use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use catalog::Scope;
use futures_util::{StreamExt, TryStreamExt, future, stream};
use imaging_domain::SeriesUid;
use part10::{FileSet, SetFile};
use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio_util::{compat::FuturesAsyncWriteCompatExt, io::ReaderStream};

const ZIP: &str = "application/zip";
/// Bytes between who writes and who reads.
const PIPE: usize = 256 << 10;
/// The most files, so that every name has six digits and the directory stays some megabytes.
const MAX_FILES: usize = 100_000;

type Writer = ZipFileWriter<DuplexStream>;

/// `/studies/{study}` or a series of it, for whoever takes a zip.
pub(super) async fn zip(app: &App, asker: &Asker, scope: &Scope) -> Result<Response, Error> {
    let found = app.images.retrieve(&asker.who, scope, negotiated::zipped(&asker.accept)).await?;
    if found.count > MAX_FILES {
        return Err(Error::TooLarge("zip"));
    }
    let etag = ranges::etag(&found.version, "zip");
    if let Some(response) = ranges::not_modified(asker, &etag)? {
        return Ok(response);
    }
    let files = streams::begin(found.files, "instance").await?;
    let headers = [
        (header::CONTENT_TYPE, headers::value(ZIP)?),
        (header::CONTENT_DISPOSITION, headers::value("attachment; filename=\"study.zip\"")?),
        (header::ETAG, headers::value(etag)?),
    ];
    Ok((headers, body(files, found.version)).into_response())
}

/// The zip as it is written. A failure breaks the connection off: without its end a zip is none, but a client that saw the
/// body end well would keep it.
fn body(files: Begun<File>, version: Version) -> Body {
    let (reader, writer) = tokio::io::duplex(PIPE);
    let writing = tokio::spawn(write(ZipFileWriter::with_tokio(writer), files, version));
    let failure = stream::once(writing).filter_map(|ended| {
        future::ready(match ended {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(Err(error)),
            Err(error) => Some(Err(error.into())),
        })
    });
    let bytes = ReaderStream::with_capacity(reader, PIPE / 4).map_err(|_| Error::Unwritable);
    streams::body(bytes.chain(failure))
}

async fn write(mut zip: Writer, files: Begun<File>, version: Version) -> Result<(), Error> {
    let (mut set, mut names) = (FileSet::new(), Names::default());
    let mut files = files.all();
    while let Some(file) = files.try_next().await? {
        let names = names.next(&file.instance.series);
        let name: Vec<&str> = names.iter().map(String::as_str).collect();
        let instance = &file.instance;
        set.add(&SetFile {
            file_id: &name,
            sop_class: instance.sop_class.as_ref().map(|class| class.as_str()).unwrap_or_default(),
            sop_instance: instance.uid.as_str(),
            transfer_syntax: &file.transfer_syntax,
            attributes: &instance.attributes,
        });
        entry(&mut zip, name.join("/"), file.body.all()).await?;
    }
    let directory = set.finish(&directory_uid(&version));
    entry(&mut zip, "DICOMDIR".to_owned(), stream::iter([Ok(directory.into())]).boxed()).await?;
    zip.close().await.map_err(|_| Error::BrokenOff)?;
    Ok(())
}

async fn entry(zip: &mut Writer, name: String, mut bytes: ::archive::Body) -> Result<(), Error> {
    // images are compressed already, or wanted quickly
    let entry = ZipEntryBuilder::new(name.into(), Compression::Stored);
    let mut entry = zip.write_entry_stream(entry).await.map_err(|_| Error::BrokenOff)?.compat_write();
    while let Some(piece) = bytes.try_next().await? {
        entry.write_all(&piece).await.map_err(|_| Error::BrokenOff)?;
    }
    entry.into_inner().close().await.map_err(|_| Error::BrokenOff)
}

/// A UID for the directory, the same for the same files (PS3.5 B.2).
fn directory_uid(version: &Version) -> String {
    let bits = version.bits();
    let mut half = [0; 16];
    half.copy_from_slice(&bits[..16]);
    format!("2.25.{}", u128::from_be_bytes(half))
}

/// File IDs in the characters and lengths of PS3.10 8.2.
#[derive(Default)]
struct Names {
    series: Vec<SeriesUid>,
    instances: Vec<usize>,
}

impl Names {
    fn next(&mut self, series: &SeriesUid) -> [String; 4] {
        let at = self.series.iter().rposition(|known| known == series).unwrap_or_else(|| {
            self.series.push(series.clone());
            self.instances.push(0);
            self.series.len() - 1
        });
        let number = self.instances[at];
        self.instances[at] += 1;
        ["DICOM".to_owned(), "ST000000".to_owned(), format!("SE{at:06}"), format!("IM{number:06}")]
    }
}
