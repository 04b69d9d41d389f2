//! Structured reports (PS3.3 A.35, C.17) as texts to read: HTML and plain.

mod content;
mod html;
mod plain;
mod titles;

pub use html::report_html;
pub use plain::report_text;

#[cfg(test)]
mod tests;
