//! What the routes are, told to machines: OpenAPI 3.1 at `/openapi.json`, and the capabilities of PS3.18 8.9.
//!
//! One table, `resources`, says which resource takes and gives what; both forms are written from it.

mod openapi;
mod parameters;
mod resources;
mod wadl;

pub use openapi::router;
pub(super) use wadl::capabilities;

#[cfg(test)]
mod tests;
