//! Where study links are opened.

use super::optional;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

/// Study links, which patients open on a listener of their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Links {
    /// Where links are opened, TLS; empty: nowhere.
    #[serde(with = "optional")]
    pub listen: Option<SocketAddr>,
    /// `host` or `host:port` of `listen` as patients reach it; it is part of every link.
    pub public: String,
    /// PEM file with the certificate that patients' browsers trust, its chain behind it; empty: the hub's own.
    pub certificate_file: PathBuf,
    /// PEM file with its key.
    pub key_file: PathBuf,
    /// Links and their histories are forgotten so many days after they ended; the audit log keeps its own.
    pub keep_ended_days: u32,
    /// What the page always says of itself, by language.
    pub notice: BTreeMap<String, String>,
}

impl Default for Links {
    fn default() -> Self {
        let notice = [
            ("en", "For viewing only, not for diagnosis."),
            ("es", "Solo para visualización, no para diagnóstico."),
            ("zh", "仅供浏览，不作为诊断依据。"),
        ];
        Self {
            listen: Some(SocketAddr::from(([127, 0, 0, 1], 8447))),
            public: "127.0.0.1:8447".into(),
            certificate_file: PathBuf::new(),
            key_file: PathBuf::new(),
            keep_ended_days: 365,
            notice: notice.into_iter().map(|(language, text)| (language.to_owned(), text.to_owned())).collect(),
        }
    }
}
