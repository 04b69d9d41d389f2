//! The entries of a zip file, taken in one after the other while they are unpacked.

use super::{Done, IS_DIRECTORY, READ_SIZE, refusal::Refusal};
use crate::sink::{StoreIncoming, StoreSink};
use archive::{Framing, Outcome};
use bytes::Bytes;
use imaging_domain::Principal;
use media::{Content, Entry, Zip};
use std::{io, path::Path};
use tokio::sync::mpsc;

/// Takes every entry in, and tells what became of each. What comes after a damaged place of the directory is one complaint.
pub(super) async fn take_in<S: StoreSink>(
    mut zip: Box<Zip>,
    path: &Path,
    sink: &S,
    who: &Principal,
    tell: &mpsc::Sender<Done>,
) {
    loop {
        let (back, entry) = match blocking(zip, |zip| zip.next_entry()).await {
            Ok((back, Ok(Some(entry)))) => (back, entry),
            Ok((_, Ok(None))) => return,
            Ok((_, Err(error))) | Err(error) => {
                let _ = tell.send(Done::refused(path.to_owned(), error.into())).await;
                return;
            }
        };
        // below the zip file, for whoever reads it; it names no file
        let (named, mut bytes) = (path.join(entry.name.trim_start_matches('/')), 0);
        let taken = if named.file_name().is_some_and(|name| name.eq_ignore_ascii_case("DICOMDIR")) {
            Ok((back, Err(IS_DIRECTORY.into())))
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
