//! The whole region, at its doors.

mod ask;
mod cases;
mod forms;
mod joins;
mod known;
mod load;
mod lost;
mod pages;
mod stores;
mod world;
