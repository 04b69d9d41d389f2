//! Tests at the door of `cage`.

mod cage;
mod message;
