//! What the scan gives.

use crate::places::Places;
use imaging_domain::{DataSet, Tag, VR};
use std::fmt;

/// What a data set says before its pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// Transfer syntax UID that the bytes are really in.
    pub transfer_syntax: String,
    /// Transfer syntax UID that the file meta information or the association declared.
    pub declared_transfer_syntax: Option<String>,
    /// First byte of the data set in the bytes fed.
    pub data_set_offset: u64,
    /// The kept attributes. Where an element stands twice the last one counts.
    pub attributes: DataSet,
    /// Where the pixel data lies, when there is any.
    pub pixel_data: Option<PixelData>,
    /// What was wrong and could be read nevertheless, each kind once or a few times.
    pub warnings: Vec<Warning>,
    /// Where the watched attributes stand, when any are watched.
    pub places: Option<Places>,
}

impl Header {
    /// Whether the bytes ended before the data set did.
    pub fn is_truncated(&self) -> bool {
        self.warnings.contains(&Warning::Truncated)
    }
}

/// Where pixel data lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PixelData {
    /// (7FE0,0010), or (7FE0,0008) and (7FE0,0009) for floating-point pixels.
    pub tag: Tag,
    /// OB, OW, OF or OD.
    pub vr: VR,
    /// First byte of the value, counted from the first byte of the data set, after inflating when deflated.
    pub offset: u64,
    /// Bytes of the value that are really there. For encapsulated pixel data all items with their headers,
    /// without the sequence delimiter.
    pub length: u64,
    /// Whether the value is a sequence of items (PS3.5 A.4).
    pub encapsulated: bool,
}

/// What ingest needs to write its own file meta information before the data set's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// SOP Class UID, of the data set or else of the file meta information.
    pub sop_class: Option<String>,
    /// SOP Instance UID, of the data set or else of the file meta information.
    pub sop_instance: String,
    /// Transfer syntax UID that the bytes are really in.
    pub transfer_syntax: String,
    /// First byte of the data set in the bytes fed.
    pub data_set_offset: u64,
}

/// Something wrong that did not keep the bytes from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Warning {
    /// No preamble with `DICM`.
    NoPreamble,
    /// No file meta information.
    NoFileMeta,
    /// File meta information written with implicit VR.
    ImplicitFileMeta,
    /// The file meta group length is missing or wrong.
    MetaGroupLength,
    /// No transfer syntax declared; it was guessed.
    NoTransferSyntax,
    /// The data set is not in the declared transfer syntax.
    WrongTransferSyntax,
    /// Deflated with a zlib header, which PS3.5 A.5 does not have.
    ZlibWrapped,
    /// Group 0000 or 0002 inside the data set; left out.
    MisplacedGroup,
    /// Elements not in ascending order.
    OutOfOrder,
    /// An element stands twice; the last one counts.
    Duplicate(Tag),
    /// A value representation the standard does not have, or none where there should be one.
    UnknownVr(Tag),
    /// Sequence or item delimiters in the other byte order.
    ByteOrder,
    /// A delimiter where nothing was open, or none where something was.
    Delimiter,
    /// A value that runs over the end of the item or sequence around it; left out.
    Overrun(Tag),
    /// A sequence that does not consist of items; left out.
    BrokenSequence(Tag),
    /// Encapsulated pixel data that does not consist of items up to its delimiter.
    BrokenFragments,
    /// A number whose length is no multiple of its size; the rest was left out.
    ValueLength(Tag),
    /// A text too long to keep; left out of an index header.
    LongText(Tag),
    /// A text not in the declared character set; read by a guess that loses no byte.
    CharacterSet,
    /// The bytes end before the data set does.
    Truncated,
    /// Bytes after the data set.
    TrailingBytes,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::NoPreamble => "no preamble",
            Self::NoFileMeta => "no file meta information",
            Self::ImplicitFileMeta => "file meta information in implicit VR",
            Self::MetaGroupLength => "file meta group length missing or wrong",
            Self::NoTransferSyntax => "no transfer syntax declared",
            Self::WrongTransferSyntax => "data set not in the declared transfer syntax",
            Self::ZlibWrapped => "deflated data set with a zlib header",
            Self::MisplacedGroup => "group 0000 or 0002 inside the data set",
            Self::OutOfOrder => "elements out of order",
            Self::Duplicate(tag) => return write!(f, "{tag} stands twice"),
            Self::UnknownVr(tag) => return write!(f, "unknown value representation of {tag}"),
            Self::ByteOrder => "delimiters in the other byte order",
            Self::Delimiter => "misplaced or missing delimiter",
            Self::Overrun(tag) => return write!(f, "{tag} runs over the end of its item"),
            Self::BrokenSequence(tag) => return write!(f, "sequence {tag} without items"),
            Self::BrokenFragments => "encapsulated pixel data not made of items",
            Self::ValueLength(tag) => return write!(f, "odd value length of {tag}"),
            Self::LongText(tag) => return write!(f, "text of {tag} too long to keep"),
            Self::CharacterSet => "text not in its character set",
            Self::Truncated => "ends before the data set does",
            Self::TrailingBytes => "bytes after the data set",
        };
        f.write_str(text)
    }
}

/// Warnings, a bounded number of them.
#[derive(Default)]
pub(crate) struct Warnings(pub Vec<Warning>);

impl Warnings {
    /// As many as are kept.
    const MOST: usize = 64;

    pub fn add(&mut self, warning: Warning) {
        if self.0.len() < Self::MOST && !self.0.contains(&warning) {
            self.0.push(warning);
        }
    }

    /// Takes a place of its own even when there is no more: whether bytes are missing must never be lost.
    pub fn add_always(&mut self, warning: Warning) {
        if !self.0.contains(&warning) {
            self.0.push(warning);
        }
    }
}
