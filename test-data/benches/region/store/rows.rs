//! What was found, as a table.

use super::Round;
use crate::{figures::median, sizes::Sizes, table};

const HEADS: [&str; 14] = [
    "associations",
    "stored/s",
    "MB/s",
    "by storescu/s",
    "Orthanc/s",
    "bare receiver/s",
    "of it",
    "own loop/s",
    "fio/s",
    "of fio",
    "of the disk's limit",
    "adapter CPU ms each",
    "sender CPU ms each",
    "storescu CPU ms each",
];

/// Prints a row for each number of associations, the median of its rounds.
pub(super) fn print(sizes: &Sizes, rounds: &[Vec<Round>], orthanc: Option<&str>) {
    let rows: Vec<_> =
        sizes.associations.iter().zip(rounds).map(|(count, rounds)| row(sizes, *count, rounds)).collect();
    let title = format!(
        "C-STORE of {} KiB, durable when acknowledged; the limit is the disk's: files of that size per second, the \
         faster of fio and our own loop",
        sizes.instance_bytes >> 10
    );
    table::print(&title, HEADS, &rows);
    println!("  - is what is not installed; Orthanc: {}", orthanc.unwrap_or("not installed"));
}

fn row(sizes: &Sizes, associations: usize, rounds: &[Round]) -> [String; 14] {
    let of = |figure: fn(&Round) -> f64| median(rounds.iter().map(figure));
    // a figure that is missing once is missing in every round
    let known = |figure: fn(&Round) -> Option<f64>| {
        let figures: Option<Vec<f64>> = rounds.iter().map(figure).collect();
        figures.map(median)
    };
    let told = |figure: Option<f64>| figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.0}"));
    let stored = of(|round| round.stored);
    let share = of(|round| round.stored / round.looped.max(round.fio.unwrap_or_default()));
    let of_fio = known(|round| round.fio.map(|fio| 100.0 * round.stored / fio));
    [
        associations.to_string(),
        format!("{stored:.0}"),
        format!("{:.0}", stored * sizes.instance_bytes as f64 / 1e6),
        told(known(|round| round.storescu.as_ref().map(|sent| sent.per_second))),
        told(known(|round| round.orthanc)),
        format!("{:.0}", of(|round| round.bare)),
        format!("{:.0} %", 100.0 * of(|round| round.stored / round.bare)),
        format!("{:.0}", of(|round| round.looped)),
        told(known(|round| round.fio)),
        told(of_fio) + " %",
        format!("{:.0} %", share * 100.0),
        format!("{:.2}", of(|round| round.adapter_ms)),
        format!("{:.2}", of(|round| round.sender_ms)),
        known(|round| round.storescu.as_ref().map(|sent| sent.cpu_ms)).map_or("-".into(), |ms| format!("{ms:.2}")),
    ]
}
