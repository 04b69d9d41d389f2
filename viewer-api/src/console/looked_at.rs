//! What is looked at one by one at a console, and what is done there. Moments are milliseconds since 1970 UTC.

use imaging_domain::{AeTitle, StudyUid};
use serde::{Deserialize, Serialize};
use std::{net::IpAddr, num::NonZeroU16};

/// An instance kept aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAside {
    /// SOP Instance UID.
    pub instance: String,
    /// SHA-256 of what stays, in hexadecimal digits.
    pub kept: String,
    /// SHA-256 of what was put aside.
    pub aside: String,
    /// When.
    pub at_ms: i64,
}

/// An arrival that could not be taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantined {
    /// Its name here.
    pub id: String,
    /// When it came.
    pub at_ms: i64,
    /// Who sent it.
    pub sender: String,
    /// As in [`Failure::why`](super::Failure::why).
    pub why: String,
    /// As in [`Failure::detail`](super::Failure::detail).
    pub detail: String,
    /// Bytes that came.
    pub bytes: u64,
    /// Whether all of them are kept, so that it can be tried again.
    pub whole: bool,
}

/// What the kept bytes of an arrival say, as far as they can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// About it.
    pub about: Quarantined,
    /// Transfer syntax UID that the bytes are in, if that can be said.
    pub transfer_syntax: Option<String>,
    /// The attributes that can be read, in order.
    pub attributes: Vec<Line>,
    /// What is odd about the bytes, in the words of the log.
    pub warnings: Vec<String>,
    /// The first bytes, in hexadecimal digits.
    pub first_bytes: String,
}

/// One attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// `(GGGG,EEEE)`.
    pub tag: String,
    /// Its keyword in PS3.6; empty for others.
    pub keyword: String,
    /// Its value representation.
    pub vr: String,
    /// Its value, cut when it is long; nothing when it speaks of the patient and the asker may see no patients.
    pub value: Option<String>,
}

/// What somebody does at a console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Dials the hub at once instead of waiting.
    DialHub,
    /// Takes a quarantined arrival in again.
    TryAgain(String),
    /// Throws a quarantined arrival away.
    ThrowAway(String),
    /// Lets somebody who is not known call from an address.
    Allow {
        /// The title it calls itself.
        ae_title: AeTitle,
        /// Where from.
        from: IpAddr,
        /// At which port of that address it takes associations; nothing for one that only calls.
        #[serde(default)]
        port: Option<NonZeroU16>,
        /// Whether it takes them over TLS.
        #[serde(default)]
        tls: bool,
    },
    /// Knows somebody no more who was allowed here, or forgets that somebody called.
    Forget {
        /// The title.
        ae_title: AeTitle,
        /// Where from.
        from: IpAddr,
    },
    /// Lets copies that failed wait again, of one destination or of all, and tries all at once.
    SendAgain {
        /// The destination.
        ae_title: Option<AeTitle>,
    },
    /// Tries at once to tell whether its images are kept whoever asked and could not be told: one, or all.
    ReportAgain {
        /// Who asked.
        ae_title: Option<AeTitle>,
    },
    /// Forgets reports that could not be given: of one who asked, or of all. Whoever asked hears nothing, and may ask again.
    ForgetReports {
        /// Who asked.
        ae_title: Option<AeTitle>,
    },
    /// Releases what is held of a study.
    Release(StudyUid),
}
