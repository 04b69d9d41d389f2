//! The whole region, at its doors.

mod ask;
mod cases;
mod joins;
mod known;
mod load;
mod lost;
mod pages;
mod pictures;
mod stores;
mod world;
