//! The whole region, at its doors.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod ask;
mod caged;
mod cases;
mod clients;
mod commitment;
mod console;
mod crawl;
mod disk;
mod examples;
mod exchanged;
mod forms;
mod gate;
mod install;
mod joins;
mod known;
mod lanes;
mod left_out;
mod links;
mod load;
mod lost;
mod malformed;
mod nearline;
mod odd_pacs;
mod old_pacs;
mod pages;
mod pictures;
mod provider;
mod query;
mod routing;
mod sharing;
mod shlinks;
mod stores;
mod viewer;
mod ways_in;
mod workitems;
mod worklist;
mod world;
