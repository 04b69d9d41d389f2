//! What the project promises about its own shape, checked from the workspace root: layers, absences, dependencies,
//! sizes, what is tracked, and the papers.
//!
//! What is *not* here: the compiler's and Clippy's rules, and anything about what the programs do. Each check prints
//! all its offenders. A list of exceptions gives the reason of each line and fails when a line is no longer needed.

mod absences;
mod bans;
mod code;
mod dependencies;
mod layers;
mod names;
mod papers;
mod sizes;
mod tracked;
mod tree;
