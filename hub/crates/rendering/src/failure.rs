//! An [`Error`] on its way out of a worker.

use crate::Error;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

/// The most different texts that workers may bring, and the longest: far more than there are.
const MAX_TEXTS: usize = 256;
const MAX_TEXT: usize = 100;
/// What stands for a text that no worker of ours says.
const NO_TEXT: &str = "compressed stream";

/// The same as [`Error`], with texts that can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Failure {
    NotAnImage,
    NoSuchFrame,
    Unsupported(String),
    Corrupt(String),
    TooLarge,
    Region,
    Busy,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::NotAnImage => Self::NotAnImage,
            Error::NoSuchFrame => Self::NoSuchFrame,
            Error::Unsupported(text) => Self::Unsupported(text.to_owned()),
            Error::Corrupt(text) => Self::Corrupt(text.to_owned()),
            Error::TooLarge => Self::TooLarge,
            Error::Region => Self::Region,
            Error::Busy | Error::GivenUp(_) => Self::Busy,
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotAnImage => Self::NotAnImage,
            Failure::NoSuchFrame => Self::NoSuchFrame,
            Failure::Unsupported(text) => Self::Unsupported(known(&text)),
            Failure::Corrupt(text) => Self::Corrupt(known(&text)),
            Failure::TooLarge => Self::TooLarge,
            Failure::Region => Self::Region,
            // No worker of ours says so about its own job.
            Failure::Busy => Self::GivenUp(cage::Error::Crashed),
        }
    }
}

/// A text that lasts as long as the program. Ours are few and short; whoever took a worker over may send others, so
/// what is kept has a limit.
fn known(text: &str) -> &'static str {
    static TEXTS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    kept(&mut TEXTS.lock().unwrap_or_else(PoisonError::into_inner), text)
}

fn kept(texts: &mut BTreeSet<&'static str>, text: &str) -> &'static str {
    if let Some(found) = texts.get(text) {
        return found;
    }
    let is_plain = text.len() <= MAX_TEXT && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    if !is_plain || texts.len() >= MAX_TEXTS {
        return NO_TEXT;
    }
    let kept: &'static str = Box::leak(text.to_owned().into_boxed_str());
    texts.insert(kept);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_come_out_as_they_were() {
        for error in [
            Error::NotAnImage,
            Error::NoSuchFrame,
            Error::Unsupported("moving pictures"),
            Error::Corrupt("JPEG header"),
            Error::TooLarge,
            Error::Region,
        ] {
            let bytes = postcard::to_allocvec(&Failure::from(error.clone())).expect("bytes");
            let read: Failure = postcard::from_bytes(&bytes).expect("a failure");
            assert_eq!(Error::from(read), error);
        }
    }

    #[test]
    fn what_no_worker_of_ours_says_is_not_repeated() {
        for text in ["<script>\n", &"x".repeat(MAX_TEXT + 1), "Müller"] {
            assert_eq!(Error::from(Failure::Corrupt(text.to_owned())), Error::Corrupt(NO_TEXT));
        }
        // not those of the program, which another test may be filling
        let mut texts = BTreeSet::new();
        let all: BTreeSet<_> = (0..MAX_TEXTS * 2).map(|number| kept(&mut texts, &format!("text {number}"))).collect();
        assert!(all.len() <= MAX_TEXTS + 1 && all.contains(NO_TEXT));
    }
}
