//! The table.

use crate::{figures::median, table};

/// Which figure is the better one.
#[derive(Clone, Copy)]
pub enum Better {
    /// Time.
    Lower,
    /// Rate.
    Higher,
}

/// Rows, one by one.
#[derive(Default)]
pub struct Report {
    rows: Vec<[String; 5]>,
}

impl Report {
    /// A row: medians of what the rounds found at Orthanc and at the hub, and how many times the hub is ahead.
    pub fn row(&mut self, what: &str, unit: &str, better: Better, rounds: [Vec<f64>; 2]) {
        let [orthanc, hub] = rounds.map(median);
        let ahead = match better {
            Better::Lower => orthanc / hub,
            Better::Higher => hub / orthanc,
        };
        self.rows.push([what.into(), unit.into(), figure(orthanc), figure(hub), format!("{ahead:.1}x")]);
    }

    /// Prints all below a title.
    pub fn print(&self, title: &str) {
        table::print(title, ["what", "unit", "Orthanc", "hub", "hub ahead"], &self.rows);
    }
}

fn figure(value: f64) -> String {
    match value {
        _ if value < 10.0 => format!("{value:.2}"),
        _ if value < 100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}
