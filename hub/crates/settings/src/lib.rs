//! One file and the environment into a program's configuration.
//!
//! Each room declares its own `Config`, a program puts them together and asks [`load`]. Nothing here knows a key: it merges,
//! refuses keys nobody knows and names the nearest. [`check_example`] keeps the commented examples true. It is *not* a place
//! for globals: a constructor receives its own part and nothing else.

mod error;
mod example;
mod load;

pub use error::Error;
pub use example::check_example;
pub use load::{load, load_file};
