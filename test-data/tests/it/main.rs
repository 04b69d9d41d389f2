//! The whole region, at its doors.

mod ask;
mod caged;
mod cases;
mod clients;
mod commitment;
mod console;
mod crawl;
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
mod query;
mod sharing;
mod shlinks;
mod stores;
mod viewer;
mod worklist;
mod world;
