//! A report as plain text.

use super::content::Report;
use imaging_domain::DataSet;

/// Plain text of a structured report, in the same words as [`report_html`](super::report_html).
pub fn report_text(attributes: &DataSet) -> String {
    let report = Report::read(attributes);
    let mut out = format!("{}\n\n", shown(&report.title));
    for (name, value) in &report.about {
        out.push_str(&format!("{name}: {}\n", shown(value)));
    }
    for entry in &report.entries {
        let (indent, title) = ("  ".repeat(entry.depth), shown(&entry.title));
        match &entry.value {
            None if title.is_empty() => {}
            None => out.push_str(&format!("\n{indent}{title}\n")),
            Some(value) if title.is_empty() => out.push_str(&format!("{indent}{}\n", shown(value))),
            Some(value) => out.push_str(&format!("{indent}{title}: {}\n", shown(value))),
        }
    }
    if report.is_cut {
        out.push_str("\n后续内容未显示 The rest of the report is not shown.\n");
    }
    out
}

/// Without what would move a terminal's cursor.
fn shown(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control() || *letter == '\n').collect()
}
