//! The entries of a zip file, taken in one after the other while they are unpacked.

use super::{Done, IS_DIRECTORY, IS_MISSING, READ_SIZE, contents::Contents, refusal::Refusal};
use crate::sink::{StoreIncoming, StoreSink};
use archive::{Framing, Outcome};
use bytes::Bytes;
use imaging_domain::Principal;
use media::{Content, Entry, MAX_DIRECTORY_BYTES, Zip};
use std::{io, path::Path};
use tokio::sync::mpsc;

/// Takes every entry in, and tells what became of each, and which a DICOMDIR among them names that are not there. What comes after a
/// damaged place of the directory is one complaint, and then nobody knows what is missing.
pub(super) async fn take_in<S: StoreSink>(
    mut zip: Box<Zip>,
    path: &Path,
    sink: &S,
    who: &Principal,
    tell: &mpsc::Sender<Done>,
) {
    let mut contents = Contents::default();
    loop {
        let (back, entry) = match blocking(zip, |zip| zip.next_entry()).await {
            Ok((back, Ok(Some(entry)))) => (back, entry),
            Ok((_, Ok(None))) => break,
            Ok((_, Err(error))) | Err(error) => {
                let _ = tell.send(Done::refused(path.to_owned(), error.into())).await;
                return;
            }
        };
        // below the zip file, for whoever reads it; it names no file
        let (named, mut bytes) = (path.join(entry.name.trim_start_matches('/')), 0);
        contents.has(&named);
        let taken = if Contents::is_directory(&named) {
            directory(back, entry).await.map(|(back, read)| (back, Err(told_of(read, &named, &mut contents))))
        } else {
            unpacked(back, entry, sink, who, &mut bytes).await
        };
        let (back, result) = match taken {
            Ok((back, result)) => (Some(back), result),
            Err(error) => (None, Err(error.into())),
        };
        let told = tell.send(Done { path: named, is_unnamed: false, bytes, result }).await;
        match back.filter(|_| told.is_ok()) {
            Some(back) => zip = back,
            None => return,
        }
    }
    for path in contents.missing() {
        // whoever does not listen any more has ended the import
        let _ = tell.send(Done::refused(path, IS_MISSING.into())).await;
    }
}

/// What is said of a DICOMDIR, of which these bytes were read.
fn told_of(read: Result<Vec<u8>, String>, directory: &Path, contents: &mut Contents) -> Refusal {
    match read.and_then(|bytes| contents.is_told_by(directory, &bytes)) {
        Ok(()) => IS_DIRECTORY.into(),
        Err(why) => Refusal { why: format!("{IS_DIRECTORY}; it cannot be read: {why}"), is_ours: false },
    }
}

/// The bytes of a DICOMDIR, and one more when there are more than are read; in words why they cannot be read.
async fn directory(zip: Box<Zip>, entry: Entry) -> io::Result<(Box<Zip>, Result<Vec<u8>, String>)> {
    blocking(zip, move |zip| {
        let mut read = || -> io::Result<Vec<u8>> {
            let (mut content, mut bytes) = (zip.content(&entry)?, vec![]);
            let mut buffer = vec![0; READ_SIZE];
            loop {
                match zip.read(&mut content, &mut buffer)? {
                    read if read > 0 && bytes.len() as u64 <= MAX_DIRECTORY_BYTES => {
                        bytes.extend_from_slice(&buffer[..read]);
                    }
                    _ => return Ok(bytes),
                }
            }
        };
        read().map_err(|error| error.to_string())
    })
    .await
}

type Taken = (Box<Zip>, Result<Outcome, Refusal>);

async fn unpacked<S: StoreSink>(
    zip: Box<Zip>,
    entry: Entry,
    sink: &S,
    who: &Principal,
    bytes: &mut u64,
) -> io::Result<Taken> {
    let (mut zip, content) = blocking(zip, move |zip| zip.content(&entry)).await?;
    let mut content = match content {
        Ok(content) => content,
        Err(error) => return Ok((zip, Err(error.into()))),
    };
    let mut incoming = match sink.begin(who, Framing::File).await {
        Ok(incoming) => incoming,
        Err(error) => return Ok((zip, Err(error.into()))),
    };
    loop {
        let (back, (given, read)) = blocking(zip, move |zip| piece(zip, content)).await?;
        (zip, content) = (back, given);
        let piece = match read {
            Ok(piece) => piece,
            Err(error) => return Ok((zip, Err(error.into()))),
        };
        if piece.is_empty() {
            return Ok((zip, incoming.finish().await.map_err(Refusal::from)));
        }
        *bytes += piece.len() as u64;
        if let Err(error) = incoming.write(piece).await {
            return Ok((zip, Err(error.into())));
        }
    }
}

/// The next bytes, up to a megabyte of them.
fn piece(zip: &mut Zip, mut content: Content) -> (Content, io::Result<Bytes>) {
    let mut buffer = vec![0; READ_SIZE];
    let mut filled = 0;
    while filled < buffer.len() {
        match zip.read(&mut content, &mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) => return (content, Err(error)),
        }
    }
    buffer.truncate(filled);
    (content, Ok(buffer.into()))
}

/// Does something with a zip file where it may wait for the disk.
async fn blocking<T: Send + 'static>(
    mut zip: Box<Zip>,
    work: impl FnOnce(&mut Zip) -> T + Send + 'static,
) -> io::Result<(Box<Zip>, T)> {
    let done = tokio::task::spawn_blocking(move || {
        let done = work(&mut zip);
        (zip, done)
    });
    done.await.map_err(io::Error::other)
}
