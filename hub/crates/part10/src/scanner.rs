//! The door: finds file meta information and data set, then hands the data set to the walker.

mod passing;
mod watching;

use crate::header::{Warning, Warnings};
use crate::inflate::Inflater;
use crate::meta::Meta;
use crate::start::{self, Start};
use crate::walker::Walker;
use crate::{Error, Framing, Header, Keep, Limits, Watched};
use imaging_domain::transfer_syntax::{self, Encoding};
use std::sync::Arc;

enum Stage {
    /// Gathering the first bytes of a file.
    Prefix(Vec<u8>),
    Meta(Meta),
    /// Gathering the first bytes of the data set.
    Start(Vec<u8>),
    Body(Box<Walker>),
    Deflated(Box<Walker>, Box<Inflater>),
}

/// Scans a file or a data set fed in pieces of any size. The result does not depend on how the bytes were cut.
/// After an error the scanner is of no more use.
pub struct Scanner {
    stage: Stage,
    keep: Keep,
    limits: Limits,
    warnings: Warnings,
    /// Bytes handed to the stages before the data set.
    data_set_offset: u64,
    declared: Option<String>,
    effective: String,
    meta_sop_class: Option<String>,
    meta_sop_instance: Option<String>,
    /// Bytes after the end of a deflated data set; one pads it to an even length (PS3.5 A.5).
    trailing: u64,
    /// Whether something that is certainly DICOM came before the data set.
    is_certain: bool,
    /// What is looked for beside what is kept.
    watched: Option<Arc<Watched>>,
}

/// Scans bytes that are all here.
///
/// # Errors
/// As [`Scanner::feed`] and [`Scanner::finish`].
pub fn scan(bytes: &[u8], framing: Framing, keep: Keep, limits: Limits) -> Result<Header, Error> {
    let mut scanner = Scanner::new(framing, keep, limits);
    scanner.feed(bytes)?;
    scanner.finish()
}

impl Scanner {
    /// A scanner at the first byte.
    pub fn new(framing: Framing, keep: Keep, limits: Limits) -> Self {
        let (stage, declared) = match framing {
            Framing::File => (Stage::Prefix(Vec::with_capacity(start::PREFIX)), None),
            Framing::DataSet { transfer_syntax } => (Stage::Start(Vec::new()), Some(transfer_syntax)),
        };
        Self {
            stage,
            keep,
            limits,
            warnings: Warnings::default(),
            data_set_offset: 0,
            trailing: 0,
            is_certain: declared.is_some(),
            declared,
            effective: String::new(),
            meta_sop_class: None,
            meta_sop_instance: None,
            watched: None,
        }
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// When the bytes are not DICOM, cannot be read on, or ask for more than a limit allows. A value that claims
    /// more bytes than come is no error here: see [`Scanner::finish`].
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let mut input = bytes;
        loop {
            match &mut self.stage {
                Stage::Prefix(prefix) => {
                    if !gather(prefix, &mut input, start::PREFIX) {
                        return Ok(());
                    }
                    let prefix = std::mem::take(prefix);
                    self.leave_prefix(&prefix)?;
                }
                Stage::Meta(meta) => match meta.feed(&mut input, &mut self.warnings)? {
                    Some(first) => self.leave_meta(first),
                    None => return Ok(()),
                },
                Stage::Start(first) => {
                    if !gather(first, &mut input, start::FIRST_ELEMENT) {
                        return Ok(());
                    }
                    let first = std::mem::take(first);
                    self.leave_start(&first)?;
                }
                Stage::Body(walker) => return walker.feed(input),
                Stage::Deflated(walker, inflater) => {
                    self.trailing += inflater.feed(input, &mut |bytes| walker.feed(bytes))? as u64;
                    return Ok(());
                }
            }
        }
    }

    /// Ends the scan.
    ///
    /// # Errors
    /// When the bytes were no DICOM or ended inside the file meta information. A data set that ends early is no
    /// error, because damaged files have to be readable: [`Header::is_truncated`] tells, and every complete
    /// element before the end is there.
    pub fn finish(mut self) -> Result<Header, Error> {
        self.begin_data_set()?;
        let walker = match self.stage {
            Stage::Body(walker) => walker,
            Stage::Deflated(walker, inflater) => {
                if !inflater.is_ended() {
                    self.warnings.add_always(Warning::Truncated);
                }
                walker
            }
            // begin_data_set() ends in one of the two
            _ => return Err(Error::NotDicom),
        };
        if self.trailing > 1 {
            self.warnings.add(Warning::TrailingBytes);
        }
        let (attributes, pixel_data, places) = walker.finish(&mut self.warnings);
        Ok(Header {
            transfer_syntax: self.effective,
            declared_transfer_syntax: self.declared,
            data_set_offset: self.data_set_offset,
            attributes,
            pixel_data,
            warnings: self.warnings.0,
            places,
        })
    }

    /// Ends the stages before the data set where the bytes ended in one of them.
    fn begin_data_set(&mut self) -> Result<(), Error> {
        loop {
            match &mut self.stage {
                Stage::Prefix(prefix) => {
                    let prefix = std::mem::take(prefix);
                    self.leave_prefix(&prefix)?;
                }
                Stage::Meta(meta) => {
                    let first = meta.finish().ok_or(Error::TruncatedMeta)?;
                    self.leave_meta(first);
                }
                Stage::Start(first) => {
                    let first = std::mem::take(first);
                    self.leave_start(&first)?;
                }
                Stage::Body(_) | Stage::Deflated(..) => return Ok(()),
            }
        }
    }

    fn leave_prefix(&mut self, prefix: &[u8]) -> Result<(), Error> {
        let from = match start::find(prefix).ok_or(Error::NotDicom)? {
            Start::AfterPrefix => 132,
            Start::Bare(from) => {
                self.warnings.add(Warning::NoPreamble);
                from
            }
        };
        self.data_set_offset = from as u64;
        self.stage = Stage::Meta(Meta::new());
        self.feed(&prefix[from..])
    }

    /// Takes what the file meta information said; `first` are the data set's first bytes.
    fn leave_meta(&mut self, first: Vec<u8>) {
        let Stage::Meta(meta) = std::mem::replace(&mut self.stage, Stage::Start(first)) else { return };
        self.data_set_offset += meta.position();
        if meta.is_empty() {
            self.warnings.add(Warning::NoFileMeta);
        } else if meta.transfer_syntax.is_none() {
            self.warnings.add(Warning::NoTransferSyntax);
        }
        self.is_certain = !meta.is_empty();
        self.declared = meta.transfer_syntax;
        self.meta_sop_class = meta.sop_class;
        self.meta_sop_instance = meta.sop_instance;
    }

    /// Recognises the encoding from the data set's first bytes.
    fn leave_start(&mut self, first: &[u8]) -> Result<(), Error> {
        let recognised = self.recognised(first);
        let effective = start::effective(self.declared.as_deref(), recognised);
        self.effective = match effective {
            Some(uid) => uid,
            None if self.is_certain => transfer_syntax::IMPLICIT_LITTLE.to_owned(),
            None => return Err(Error::NotDicom),
        };
        let encoding = transfer_syntax::of(&self.effective).encoding;
        // behind our own file meta information these elements would be taken for a part of it
        if first.starts_with(&[2, 0]) && encoding != Encoding::Deflated {
            return Err(Error::Malformed("data set begins with file meta information"));
        }
        if self.declared.as_ref().is_some_and(|declared| *declared != self.effective) {
            self.warnings.add(Warning::WrongTransferSyntax);
        }
        let walker = Box::new(Walker::new(encoding, self.keep, self.limits).watching(self.watched.clone(), encoding));
        self.stage = if encoding == Encoding::Deflated {
            if start::is_zlib(first) {
                self.warnings.add(Warning::ZlibWrapped);
            }
            Stage::Deflated(walker, Box::new(Inflater::new(first, self.limits.inflated_bytes)))
        } else {
            Stage::Body(walker)
        };
        self.feed(first)
    }

    /// The encoding of the first element, the declared one where both could be.
    fn recognised(&self, first: &[u8]) -> Option<Encoding> {
        let declared = self.declared.as_deref().map(|uid| transfer_syntax::of(uid).encoding);
        match (start::encoding(first), declared) {
            // the declared syntax is only doubted when a look at the other side is convincing
            (Some(found), Some(declared)) if start::is_believable_as(first, declared) && found != declared => {
                let explicit_under_implicit = declared == Encoding::ImplicitLittle && found == Encoding::ExplicitLittle;
                Some(if explicit_under_implicit { found } else { declared })
            }
            (found, _) => found,
        }
    }
}

fn gather(buffer: &mut Vec<u8>, input: &mut &[u8], wanted: usize) -> bool {
    let (taken, rest) = input.split_at(input.len().min(wanted.saturating_sub(buffer.len())));
    buffer.extend_from_slice(taken);
    *input = rest;
    buffer.len() >= wanted
}
