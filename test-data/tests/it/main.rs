//! The whole region, at its doors.

mod cases;
mod known;
mod world;
