//! The whole region, at its doors.

mod ask;
mod caged;
mod cases;
mod clients;
mod commitment;
mod console;
mod disk;
mod examples;
mod forms;
mod gate;
mod joins;
mod known;
mod links;
mod load;
mod lost;
mod pages;
mod pictures;
mod provider;
mod sharing;
mod shlinks;
mod stores;
mod viewer;
mod ways_in;
mod worklist;
mod world;
