//! A cage for code that foreign bytes may bring down: a few child processes of the same program, each with limits on
//! memory and time and without files, network or new processes.
//!
//! A job is a [`Message`] to a worker and one back; what it means is its sender's matter. What goes wrong inside is an
//! [`Error`] that says how, and costs one worker, which is replaced. This room does *not* know what is worked on
//! (`rendering` does), starts no worker before there is a job, and reads nothing of what a worker says but lengths.
//!
//! Start reading at [`Cage`], the parent's side, then at [`work`], the child's. The walls themselves are in `protect/`.

mod child;
mod config;
mod error;
mod message;
mod pool;
mod protect;
mod spawner;
mod worker;

pub use config::Config;
pub use error::Error;
pub use message::{Bounds, Malformed, Message};
pub use pool::{Cage, Job};
pub use protect::Protections;
pub use worker::work;
