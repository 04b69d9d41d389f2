//! Pictures made by a worker of a cage: what is asked, what is answered, and the worker itself.
//!
//! A further kind of work is a variant of [`Request`], one of [`Answer`] and an arm of [`done`]. What is said is small
//! and goes as the message's head; pixels and files go as its body.

use crate::{
    Coding, Error, Format, Image, Plain, Settings, Shape, codec, failure::Failure, geometry::Geometry, picture, plain,
};
use bytes::Bytes;
use cage::{Bounds, Job, Message};
use serde::{Deserialize, Serialize};
use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Overlays, segments and look-up tables that an image is shown with are the longest things a request holds.
const REQUEST: Bounds = Bounds { head: 64 << 20, body: 1 << 30 };
/// Head of an answer.
const ANSWER_HEAD: usize = 256;
/// File of a picture that has no pixels yet, its ICC profile beside.
const FILE: usize = 64 << 10;

/// What a worker is asked. The frame's bytes are the body.
#[derive(Serialize, Deserialize)]
enum Request {
    /// [`picture`].
    Picture { image: Image, bit_offset: u8, settings: Settings },
    /// [`plain`].
    Samples { image: Image, bit_offset: u8, coding: Coding },
}

/// What it says.
#[derive(Serialize, Deserialize)]
enum Answer {
    /// The body is the file.
    Picture,
    /// The body is the samples.
    Samples(Shape),
    Failed(Failure),
}

/// The job of one picture.
pub(crate) fn of_picture(image: Image, bytes: Bytes, bit_offset: u8, settings: Settings) -> Result<Job, Error> {
    let (columns, rows) = Geometry::new(&image, &settings)?.size();
    // PNG may stand a little above the pixels' own size, JPEG of the highest quality too.
    let pixels = columns as usize * rows as usize * 3;
    let profile = image.profile.as_ref().map_or(0, Vec::len);
    let answer = Bounds { head: ANSWER_HEAD, body: FILE + profile * 2 + pixels * 2 };
    let request = Request::Picture { image, bit_offset, settings };
    let head = postcard::to_allocvec(&request).map_err(|_| Error::TooLarge)?;
    Ok(Job { message: Message { head, body: bytes }, bounds: REQUEST, answer })
}

/// The file in an answer. A worker that foreign bytes took over may say anything, so it must at least begin as asked.
pub(crate) fn picture_of(answer: &Message, format: Format) -> Result<Vec<u8>, Error> {
    let start: &[u8] = match format {
        Format::Jpeg(_) => &[0xFF, 0xD8, 0xFF],
        Format::Png => b"\x89PNG\r\n\x1a\n",
        Format::Gif => b"GIF8",
        Format::Pixels => b"P",
    };
    match postcard::from_bytes(&answer.head) {
        Ok(Answer::Picture) if answer.body.starts_with(start) => Ok(answer.body.to_vec()),
        Ok(Answer::Failed(failure)) => Err(failure.into()),
        _ => Err(Error::GivenUp(cage::Error::Crashed)),
    }
}

/// The job of one frame's samples.
pub(crate) fn of_samples(image: Image, bytes: Bytes, bit_offset: u8, coding: Coding) -> Result<Job, Error> {
    // The longest sample has four bytes; what is coded again may come out a little longer than it was.
    let body = FILE + codec::pixels(&image) * usize::from(image.channels) * 5;
    let request = Request::Samples { image, bit_offset, coding };
    let head = postcard::to_allocvec(&request).map_err(|_| Error::TooLarge)?;
    let answer = Bounds { head: ANSWER_HEAD, body };
    Ok(Job { message: Message { head, body: bytes }, bounds: REQUEST, answer })
}

/// The samples in an answer. Of native ones there are as many as their shape says.
pub(crate) fn samples_of(answer: Message, coding: Coding) -> Result<Plain, Error> {
    match postcard::from_bytes(&answer.head) {
        Ok(Answer::Samples(shape)) if coding != Coding::Native || answer.body.len() == shape.length() => {
            Ok(Plain { shape, bytes: answer.body })
        }
        Ok(Answer::Failed(failure)) => Err(failure.into()),
        _ => Err(Error::GivenUp(cage::Error::Crashed)),
    }
}

/// Makes this process a worker that makes pictures, until its standard input ends. Whatever program is named as a
/// [`cage::Config::program`] calls it before it does anything else.
///
/// # Errors
/// When the pipes break.
pub fn decode_worker() -> io::Result<()> {
    cage::work(REQUEST, |job| {
        let made = catch_unwind(AssertUnwindSafe(|| done(&job)));
        let made = made.unwrap_or(Err(Error::Corrupt("the codec gave up")));
        let (answer, body) = match made {
            Ok((answer, body)) => (answer, body),
            Err(error) => (Answer::Failed(error.into()), Bytes::new()),
        };
        Message { head: postcard::to_allocvec(&answer).unwrap_or_default(), body }
    })
}

fn done(job: &Message) -> Result<(Answer, Bytes), Error> {
    match postcard::from_bytes(&job.head).map_err(|_| Error::Busy)? {
        Request::Picture { image, bit_offset, settings } => {
            Ok((Answer::Picture, picture(&image, &job.body, bit_offset, &settings)?.into()))
        }
        Request::Samples { image, bit_offset, coding } => {
            let Plain { shape, bytes } = plain(&image, &job.body, bit_offset, coding)?;
            Ok((Answer::Samples(shape), bytes))
        }
    }
}

/// A transfer syntax as its UID; both ends have the same table.
pub(crate) mod by_uid {
    use imaging_domain::{TransferSyntax, transfer_syntax};
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(syntax: &TransferSyntax, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(syntax.uid)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TransferSyntax, D::Error> {
        <&str>::deserialize(deserializer).map(transfer_syntax::of)
    }
}
