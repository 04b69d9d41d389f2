//! The program `pacs-adapter`, beside a hospital's PACS: what takes images in, and the lines to the hub.
//!
//! [`Listener`] is the application entity that modalities send to (C-ECHO, C-STORE); [`import()`] takes in a folder.
//! Both give their bytes to one [`StoreSink`], which in the program is [`archive::Ingest`]. What is *not* here: the
//! message protocol itself (`dimse`), what an image is and where it is kept (`archive`), and how the hub is
//! talked to (`federation`). Start reading at [`Listener`], then at [`Service`]: a further DIMSE service is one file in
//! `services/` and one line in [`Services::new`].

pub mod cli;
mod config;
mod console;
mod control;
mod error;
mod health;
mod import;
mod jobs;
mod lan;
mod listener;
mod membership;
mod notes;
mod peers;
mod serve;
mod services;
mod sink;
mod status;
mod tokens;
mod uplink;
mod wiring;

pub use config::{Config, Lan};
pub use error::Error;
pub use import::{MAX_LISTED, Progress, Summary, import};
pub use listener::{
    CalledAe, Config as ListenerConfig, IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION, Listener, PrivateSopClasses,
};
pub use peers::Peer;
pub use services::{Context, Echo, Exchange, Refused, Request, Service, Services, Store, WRITE_SIZE};
pub use sink::{StoreIncoming, StoreSink};
pub use status::status_of;
pub use tokens::{Kept, Tokens};
