//! How full it is, and how far an old archive is taken over.

use super::{at, size};
use viewer_api::{Crawl, Report};

/// Whether there is room for more.
pub(super) fn room(report: &Report) -> String {
    let quota = match report.disk.quota_bytes {
        0 => "no quota".to_owned(),
        quota => format!("quota {}", size(quota)),
    };
    let state = if report.disk.is_accepting { "images are taken in" } else { "FULL: nothing more is taken in" };
    format!("      {quota}; {state}")
}

/// How far the taking over of an old archive is.
pub(super) fn crawl(crawl: &Crawl) -> String {
    let Crawl { archive, pass, studies_told, studies_arrived, waiting, given_up, .. } = crawl;
    if *pass == 0 {
        return format!("crawl {archive}: not begun");
    }
    let state = match (crawl.ended_ms, crawl.rests, crawl.trouble.as_str()) {
        (Some(ended_ms), ..) => format!("ended {}", at(ended_ms)),
        (None, true, _) => "rests until its hours".to_owned(),
        (None, false, "") => format!("{} windows to ask", crawl.windows_waiting),
        (None, false, trouble) => format!("in trouble: {trouble}"),
    };
    let rate = crawl.instances_per_min.map_or(String::new(), |rate| format!(", {rate:.0} images a minute"));
    format!(
        "crawl {archive}, pass {pass}: {studies_arrived} of {studies_told} studies here, {waiting} waiting, {given_up} given up{rate}; {state}"
    )
}
