//! What the program `hub` shows to those who install it.

mod config;
