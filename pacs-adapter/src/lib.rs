//! The adapter beside a hospital's PACS, as a library: what takes images in.
//!
//! [`Listener`] is the application entity that modalities send to (C-ECHO, C-STORE); [`import()`] takes in a folder.
//! Both give their bytes to one [`StoreSink`], which in the program is [`archive::Ingest`]. What is *not* here: the
//! message protocol itself (`dimse`), what an image is and where it is kept (`archive`), and the channel to the hub
//! (`federation`). Start reading at [`Listener`], then at [`Service`]: a further DIMSE service is one file in
//! `services/` and one line in [`Services::new`].

mod error;
mod import;
mod listener;
mod services;
mod sink;
mod status;

pub use error::Error;
pub use import::{MAX_LISTED, Progress, Summary, import};
pub use listener::{CalledAe, Config, IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION, Listener, PrivateSopClasses};
pub use services::{Context, Echo, Exchange, Refused, Request, Service, Services, Store, WRITE_SIZE};
pub use sink::{StoreIncoming, StoreSink};
pub use status::status_of;
