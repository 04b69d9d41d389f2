//! The console's answers in lines.

mod states;

use states::{crawl, room};
use viewer_api::{KeptAside, OfSender, Opened, Quarantined, Report, Route, Unreported};

/// `status`.
pub(super) fn status(report: &Report) -> Vec<String> {
    let mut lines = vec![
        format!("{}  {}  {}  version {}", report.site, report.ae_title, report.dimse, report.version),
        hub(report),
        backlog(report),
        format!(
            "holds {} studies, {} series, {} images; {} conflicts, {} in quarantine",
            report.holdings.studies,
            report.holdings.series,
            report.holdings.instances,
            report.holdings.conflicts,
            report.holdings.quarantined
        ),
        format!(
            "disk  {} of images, {} free of {}, reserve {}",
            size(report.disk.images_bytes),
            size(report.disk.free_bytes),
            size(report.disk.total_bytes),
            size(report.disk.reserve_bytes)
        ),
        room(report),
        format!("today {} new images, {}", report.today.all.stored, size(report.today.all.bytes)),
    ];
    let of_modality = |of: &viewer_api::OfModality| {
        let modality = if of.modality.is_empty() { "-" } else { &of.modality };
        format!("  {modality:16} {:>8} new  {}", of.stored, size(of.bytes))
    };
    lines.extend(report.today.modalities.iter().map(of_modality));
    lines.extend(report.today.senders.iter().map(sender));
    lines.extend(report.crawl.iter().map(crawl));
    lines
}

fn hub(report: &Report) -> String {
    let since = at(report.hub.since_ms);
    match (report.hub.feed_connected && report.hub.channel_connected, report.hub.trouble.as_deref()) {
        (true, _) => format!("hub   {} connected since {since}", report.hub.address),
        (false, None) => format!("hub   {} being dialled since {since}", report.hub.address),
        (false, Some(why)) => format!("hub   {} NOT connected since {since}: {}", report.hub.address, trouble(why)),
    }
}

/// Why there is no line, in words.
fn trouble(word: &str) -> &'static str {
    match word {
        "unreachable" => "nobody answers there, or the network broke",
        "silent" => "it did not answer in time",
        "refused" => "it refuses this hospital: its certificate has ended or was revoked",
        "certificate" => "it is not the hub that this hospital joined",
        "answer" => "it answered something that this version does not understand",
        _ => "this adapter's own index or disk failed; see the log",
    }
}

fn backlog(report: &Report) -> String {
    let lines = report.backlog.lines();
    match report.backlog.oldest_ms {
        Some(oldest_ms) if lines > 0 => format!("queue {lines} changes for the hub, the oldest of {}", at(oldest_ms)),
        _ => format!("queue {lines} changes for the hub"),
    }
}

fn sender(of: &OfSender) -> String {
    let counts = of.counts;
    format!(
        "  {:34} {:>8} new {:>6} again {:>4} in conflict {:>4} refused  last {}",
        of.sender,
        counts.stored,
        counts.duplicates,
        counts.conflicts,
        counts.refused,
        at(of.last_ms)
    )
}

/// `queue`.
pub(super) fn queue(report: &Report) -> Vec<String> {
    let mut lines = vec![hub(report), backlog(report)];
    lines.extend(report.routes.iter().map(route));
    lines.extend(report.unreported.iter().map(unreported));
    lines.extend(
        report
            .held
            .iter()
            .map(|held| format!("held  {} images of {} since {}", held.instances, held.study, at(held.since_ms))),
    );
    lines.extend(report.failures.iter().map(|failure| {
        format!("{}  {:>5}x  {:34} {}", at(failure.last_ms), failure.times, failure.sender, failure.detail)
    }));
    lines
}

fn route(route: &Route) -> String {
    let Route { ae_title, waiting, failed, oldest_ms, trouble, next_ms, why } = route;
    let mut line = format!("to    {:16} {waiting:>8} wait, {failed:>6} failed", ae_title.to_string());
    if let Some(oldest_ms) = oldest_ms {
        line.push_str(&format!("; the oldest of {}", at(*oldest_ms)));
    }
    if let Some(trouble) = trouble {
        line.push_str(&format!("; {trouble}"));
    }
    if let Some(next_ms) = next_ms {
        line.push_str(&format!("; next try {}", at(*next_ms)));
    }
    if !why.is_empty() {
        line.push_str(&format!("; failed last: {why}"));
    }
    line
}

fn unreported(line: &Unreported) -> String {
    let Unreported { ae_title, waiting, given_up, oldest_ms, why } = line;
    let title = ae_title.to_string();
    format!(
        "tell  {title:16} {waiting:>8} reports of storage commitment wait, {given_up} given up; the oldest of {}: {why}",
        at(*oldest_ms)
    )
}

/// `peers`.
pub(super) fn peers(report: &Report) -> Vec<String> {
    let known = report.peers.iter().map(|peer| {
        let from = if peer.from.is_empty() { "anywhere".to_owned() } else { peer.from.join(" ") };
        let place = if peer.allowed_here { "allowed here" } else { "configured" };
        let tls = if peer.tls { " over TLS" } else { "" };
        format!("{:16}  {place:12}  calls from {from}  {}{tls}", peer.ae_title.to_string(), peer.address)
    });
    let strangers = report.strangers.iter().map(|stranger| {
        let title = stranger.ae_title.to_string();
        format!(
            "{title:16}  NOT KNOWN     called {}x from {}, first {}, last {}",
            stranger.times,
            stranger.from,
            at(stranger.first_ms),
            at(stranger.last_ms)
        )
    });
    known.chain(strangers).collect()
}

/// One of `conflicts`.
pub(super) fn conflict(conflict: &KeptAside) -> String {
    format!("{}  {}  kept {}  aside {}", at(conflict.at_ms), conflict.instance, conflict.kept, conflict.aside)
}

/// One of `quarantine list`.
pub(super) fn quarantined(about: &Quarantined) -> String {
    let whole = if about.whole { "whole" } else { "beginning" };
    format!(
        "{}  {}  {:34} {:>10}  {whole:9}  {}",
        about.id,
        at(about.at_ms),
        about.sender,
        size(about.bytes),
        about.detail
    )
}

/// `quarantine show`.
pub(super) fn opened(opened: &Opened) -> Vec<String> {
    let mut lines = vec![quarantined(&opened.about), format!("first bytes  {}", opened.first_bytes)];
    lines.extend(opened.transfer_syntax.iter().map(|uid| format!("transfer syntax  {uid}")));
    lines.extend(opened.warnings.iter().map(|warning| format!("odd  {warning}")));
    lines.extend(opened.attributes.iter().map(|line| {
        let value = line.value.as_deref().unwrap_or("(hidden)");
        format!("{} {}  {:32}  {value}", line.tag, line.vr, line.keyword)
    }));
    lines
}

/// A moment, to the second, UTC.
fn at(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms).map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default()
}

/// Bytes for people.
fn size(bytes: u64) -> String {
    const UNITS: [(&str, u64); 4] = [("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10)];
    let unit = UNITS.into_iter().find(|(_, unit)| bytes >= *unit);
    unit.map_or_else(|| format!("{bytes} B"), |(name, unit)| format!("{:.1} {name}", bytes as f64 / unit as f64))
}
