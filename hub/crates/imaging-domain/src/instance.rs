//! What is known of one stored instance, and the change feed's lines about it.

use crate::{
    dataset::DataSet,
    error::Invalid,
    json,
    site::SiteId,
    uid::{InstanceUid, SeriesUid, SopClassUid, StudyUid},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// SHA-256 of a stored file, the key of its bytes wherever they are kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Reads 64 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// [`Invalid`] when it is anything else.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let wrong = || Invalid::new("digest", "it is not 64 lower-case hexadecimal digits");
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return Err(wrong());
        }
        let digit = |b: u8| match b {
            b'0'..=b'9' => Ok(b - b'0'),
            b'a'..=b'f' => Ok(b - b'a' + 10),
            _ => Err(wrong()),
        };
        let mut out = [0; 32];
        for (byte, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Ok(Self(out))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for Digest {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> String {
        digest.to_string()
    }
}

/// Where a site has the bytes of an instance. What is not [`Kept`](Self::Kept) is in the hospital's PACS, which is then the only
/// archive: what the site says of it is what the PACS has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keeping {
    /// On the site's disk, to stay.
    #[default]
    Kept,
    /// In the PACS, and in a cache on the site's disk.
    Cached,
    /// In the PACS alone. Digest and size are those of the bytes as they last came from there.
    Nearline,
    /// In the PACS alone, which told of it by C-FIND; nobody has seen the bytes. The digest names no bytes, size and offset are 0,
    /// and the attributes are those that C-FIND gave.
    Promised,
}

impl Keeping {
    /// Whether the bytes are at the site, ready to be given: ONLINE of Instance Availability (0008,0056), else NEARLINE
    /// (PS3.3 C.4.23.1.1).
    pub fn is_online(self) -> bool {
        self <= Self::Cached
    }

    fn is_kept(&self) -> bool {
        *self == Self::Kept
    }
}

/// One stored instance: who it is, where its bytes are, and the attributes the index keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    /// Study it belongs to.
    pub study: StudyUid,
    /// Series it belongs to.
    pub series: SeriesUid,
    /// Its own identifier.
    pub uid: InstanceUid,
    /// What it is; absent when the file does not say.
    pub sop_class: Option<SopClassUid>,
    /// Transfer syntax UID of the stored bytes.
    pub transfer_syntax: String,
    /// SHA-256 of the stored file.
    pub digest: Digest,
    /// Bytes of the stored file.
    pub size_bytes: u64,
    /// Bytes before the data set in the stored file: preamble and file meta information.
    pub data_set_offset: u64,
    /// NumberOfFrames when there is pixel data (1 when it is not said), else 0.
    pub frames: u32,
    /// When it was stored, milliseconds since 1970 UTC.
    pub stored_ms: i64,
    /// Where its bytes are.
    #[serde(default, skip_serializing_if = "Keeping::is_kept")]
    pub keeping: Keeping,
    /// Attributes of `attribute::TABLE` at patient, study, series and instance level that the file has.
    #[serde(with = "as_json")]
    pub attributes: DataSet,
}

/// One copy of an instance: the instance as one site stored it.
#[derive(Debug, Clone, PartialEq)]
pub struct InstanceCopy {
    /// Which site.
    pub site: SiteId,
    /// What it stored.
    pub instance: Instance,
}

/// One line of a site's feed. Numbers begin at 1 and have no gaps but those that a line tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The line's number.
    pub number: u64,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What a feed's line says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The site has an instance, from now on as it says: the line takes the place of earlier ones about the same instance.
    Stored(Box<Instance>),
    /// An instance is gone.
    Deleted(InstanceUid),
    /// In the place of all lines from this number to its own stand later ones.
    Superseded(u64),
}

/// Attributes travel and rest as DICOM JSON.
mod as_json {
    use super::{DataSet, json};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(attributes: &DataSet, serializer: S) -> Result<S::Ok, S::Error> {
        json::to_json(attributes, &|_, _| None).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DataSet, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        json::from_json(&value, &|_| None).map_err(D::Error::custom)
    }
}
