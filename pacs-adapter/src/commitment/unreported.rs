//! Reports that nobody took, for people.

use imaging_domain::AeTitle;
use std::collections::BTreeMap;
use viewer_api::Unreported;

/// What came of a report that was sent in vain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Vain {
    /// Why, in the words of the log.
    pub(super) why: String,
    /// Whether it is tried no more.
    pub(super) given_up: bool,
}

/// A line for each title: its reports, the oldest of them, and why that one was not taken.
pub(super) fn by_title(reports: impl Iterator<Item = (AeTitle, i64, Vain)>) -> Vec<Unreported> {
    let mut lines: BTreeMap<String, Unreported> = BTreeMap::new();
    for (ae_title, asked_ms, Vain { why, given_up }) in reports {
        let empty =
            Unreported { ae_title: ae_title.clone(), waiting: 0, given_up: 0, oldest_ms: i64::MAX, why: String::new() };
        let line = lines.entry(ae_title.to_string()).or_insert(empty);
        *if given_up { &mut line.given_up } else { &mut line.waiting } += 1;
        if asked_ms < line.oldest_ms {
            (line.oldest_ms, line.why) = (asked_ms, why);
        }
    }
    lines.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_title_has_a_line() {
        let [ct, mr] = ["CT1", "MR1"].map(|title| AeTitle::parse(title).unwrap());
        let vain = |why: &str, given_up| Vain { why: why.to_owned(), given_up };
        let lines = by_title(
            [
                (mr.clone(), 5, vain("silent", false)),
                (ct.clone(), 7, vain("later", false)),
                (ct.clone(), 3, vain("nobody", true)),
            ]
            .into_iter(),
        );
        let line = |ae_title, (waiting, given_up), oldest_ms, why: &str| {
            let why = why.to_owned();
            Unreported { ae_title, waiting, given_up, oldest_ms, why }
        };
        assert_eq!(lines, [line(ct, (1, 1), 3, "nobody"), line(mr, (1, 0), 5, "silent")]);
    }
}
