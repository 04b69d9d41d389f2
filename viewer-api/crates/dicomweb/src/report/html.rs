//! A report as a page of its own: no script, no address, nothing but text.

use super::content::{Entry, Report};
use imaging_domain::DataSet;

const STYLE: &str = "body{font-family:system-ui,sans-serif;line-height:1.5;max-width:48rem;margin:1rem auto;padding:0 1rem;\
color:#111;background:#fff}table{border-collapse:collapse;margin:1rem 0}th{text-align:left;font-weight:600;\
padding:.1rem 1rem .1rem 0;vertical-align:top}h1{font-size:1.5rem}h2,h3,h4,h5,h6{margin:1rem 0 .3rem}\
p{margin:.2rem 0;white-space:pre-line}";

/// HTML of a structured report: titles in Chinese and English, everything of the report escaped.
pub fn report_html(attributes: &DataSet) -> String {
    let report = Report::read(attributes);
    let title = escaped(&report.title);
    let mut out = format!(
        "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
         </head>\n<body>\n<h1>{title}</h1>\n<table>\n"
    );
    for (name, value) in &report.about {
        out.push_str(&format!("<tr><th scope=\"row\">{name}</th><td>{}</td></tr>\n", escaped(value)));
    }
    out.push_str("</table>\n");
    report.entries.iter().for_each(|entry| write(entry, &mut out));
    if report.is_cut {
        out.push_str("<p>后续内容未显示 The rest of the report is not shown.</p>\n");
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn write(entry: &Entry, out: &mut String) {
    let (title, depth) = (escaped(&entry.title), entry.depth);
    match &entry.value {
        None if title.is_empty() => {}
        None => {
            let level = (depth + 2).min(6);
            out.push_str(&format!("<h{level}>{title}</h{level}>\n"));
        }
        Some(value) => {
            let value = escaped(value);
            let title = if title.is_empty() { title } else { format!("<b>{title}</b>: ") };
            out.push_str(&format!("<p style=\"margin-left:{depth}em\">{title}{value}</p>\n"));
        }
    }
}

/// Text that means nothing to a browser, in elements and in quoted attributes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(letter),
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}
