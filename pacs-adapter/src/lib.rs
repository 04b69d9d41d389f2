//! The program `pacs-adapter`, beside a hospital's PACS: what takes images in, and the lines to the hub.
//!
//! [`Listener`] is the application entity that modalities send to and workstations ask (C-ECHO, C-STORE, C-FIND, C-GET,
//! C-MOVE); [`import()`] takes in a folder.
//! Both give their bytes to one [`StoreSink`], which in the program is [`archive::Ingest`]. [`Requester`] is the other
//! direction: associations that the adapter opens; [`Crawler`] takes an old archive over by them. What IT sees is in
//! `console/`, over what `notes/` keeps of arrivals. What is *not* here: the message protocol itself (`dimse`), what an
//! image is and where it is kept (`archive`), and how the hub is talked to (`federation`). Start reading at [`Listener`],
//! then at [`Service`]: a further DIMSE service is one file in `services/` and one line in `serve.rs`.

pub mod cli;
mod commitment;
mod config;
mod console;
mod control;
mod crawl;
mod described;
mod doubling;
mod error;
mod forwarding;
mod holding;
mod images;
mod import;
mod jobs;
mod lan;
mod listener;
mod membership;
mod notes;
mod peers;
mod query;
mod requester;
mod rules;
mod serve;
mod services;
mod sink;
mod status;
mod thumbnails;
mod tokens;
mod uplink;
mod upper_layer;
mod wiring;

pub use commitment::{Commitments, Config as CommitmentConfig, Reports, Transaction};
pub use config::{Config, DiskConfig, Lan};
pub use crawl::{
    Config as CrawlConfig, Crawler, Hours, How, Order as CrawlOrder, Parts as CrawlParts, Told as CrawlTold,
};
pub use error::Error;
pub use forwarding::{Config as ForwardingConfig, Forwarding, Parts as ForwardingParts};
pub use holding::{BySender, Holding, Nearline, NearlineParts};
pub use images::{Given, Giving, Images, Listed, Matches, OwnImages, RegionImages, WantedForm};
pub use import::watch::{WatchConfig, watch};
pub use import::{MAX_LISTED, Progress, Summary, import};
pub use listener::{CalledAe, Callers, Config as ListenerConfig, Listener, PrivateSopClasses, TlsConfig};
pub use notes::Arrivals;
pub use peers::{Caller, Fingerprint, Forgotten, KnownBy, KnownPeer, Listens, Network, Peer, Peers, RefusedCaller};
pub use requester::{
    Association, Config as RequesterConfig, Error as RequesterError, FIND, Finding, GET, Identifier, MOVE, Outgoing,
    Proposed, Requester, Retrieved, Roles, TlsConfig as RequesterTlsConfig, data_set_of, get_contexts,
    storage_contexts,
};
pub use rules::{
    Actions, Conditions, Match, Reason, Rule, RuleBook, RuleFile, Told as RulesTold, ToldStudy, Way, dry_run,
};
pub use services::{
    Answer, Called, Commit, Context, Conversation, DataSetBytes, Echo, Exchange, Find, Get, Gone, House, Houses,
    MoveTo, Outbox, Refused, Request, Service, Services, Store, Stored,
};
pub use sink::{StoreIncoming, StoreSink};
pub use status::status_of;
pub use tokens::{Kept, Tokens};
pub use upper_layer::{IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION};
