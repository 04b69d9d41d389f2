//! All rules, and what they say of an arrival.

use super::{
    checked::{Checked, MAX_RULES, Origin},
    config::{Reason, Rule},
    way::Way,
};
use anyhow::{Result, ensure};
use archive::{Fate, Judgement, Rules};
use imaging_domain::{AeTitle, DataSet, Principal};
use jiff::{Timestamp, tz::TimeZone};
use part10::{Coercion, Modification, Watched};
use std::sync::Arc;

/// The rules of a hospital, checked. Cheap to clone.
#[derive(Clone)]
pub struct RuleBook {
    rules: Arc<[Checked]>,
    /// Who says that attributes were changed.
    system: AeTitle,
    watched: Arc<Watched>,
    /// The way by which everything came that it judges; `None` where whoever stores says it.
    way: Option<Way>,
}

/// Rules that apply to an arrival, and what they say together.
pub(super) struct Verdict<'a> {
    pub(super) applied: Vec<&'a Checked>,
    pub(super) fate: Fate,
    pub(super) send_to: Vec<AeTitle>,
    pub(super) coercion: Coercion,
    reason: Reason,
}

impl RuleBook {
    /// The rules of a configuration, for the adapter of this title.
    ///
    /// # Errors
    /// When a rule asks for what cannot be; `known` says which peers there are to send to.
    pub fn of(rules: &[Rule], system: AeTitle, known: impl Fn(&AeTitle) -> bool) -> Result<Self> {
        ensure!(rules.len() <= MAX_RULES, "there are more than {MAX_RULES} rules");
        let rules: Vec<Checked> =
            (1..).zip(rules).map(|(number, rule)| Checked::of(rule, number)).collect::<Result<_>>()?;
        rules.iter().try_for_each(|rule| rule.unknown_peer(&known))?;
        let kept = rules.iter().flat_map(Checked::looks_at).collect();
        let placed = rules.iter().flat_map(|rule| coercion_of(rule).placed()).collect();
        Ok(Self { rules: rules.into(), system, watched: Arc::new(Watched { kept, placed }), way: None })
    }

    /// The same for what came by this way.
    #[must_use]
    pub fn for_way(&self, way: Way) -> Self {
        Self { way: Some(way), ..self.clone() }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Whether something that arrives may be dropped, or held.
    pub fn leaves_out(&self) -> bool {
        self.rules.iter().any(|rule| rule.actions.drop || rule.actions.hold)
    }

    /// Who is sent to.
    pub fn destinations(&self) -> impl Iterator<Item = &AeTitle> {
        self.rules.iter().flat_map(|rule| &rule.actions.send_to)
    }

    /// Conditions see the data set as it came, whatever rules before changed.
    pub(super) fn verdict(&self, origin: Origin<'_>, data_set: &DataSet) -> Verdict<'_> {
        let (applied, fate, send_to) = (vec![], Fate::Kept, vec![]);
        let mut verdict = Verdict { applied, fate, send_to, coercion: Coercion::default(), reason: Reason::Correct };
        for rule in self.rules.iter().filter(|rule| rule.applies(origin, data_set)) {
            verdict.apply(rule);
            if rule.last || verdict.fate == Fate::Dropped {
                break;
            }
        }
        verdict
    }

    pub(super) fn looks_at(&self) -> &Arc<Watched> {
        &self.watched
    }
}

impl<'a> Verdict<'a> {
    fn apply(&mut self, rule: &'a Checked) {
        self.applied.push(rule);
        if rule.actions.drop {
            self.fate = Fate::Dropped;
            return;
        }
        if rule.actions.hold {
            self.fate = Fate::Held;
        }
        for title in &rule.actions.send_to {
            if !self.send_to.contains(title) {
                self.send_to.push(title.clone());
            }
        }
        // of two rules the later one counts
        for (tag, value) in &rule.set {
            self.coercion.removed.remove(tag);
            self.coercion.set.insert(*tag, value.clone());
        }
        for tag in &rule.removed {
            self.coercion.set.remove(tag);
            self.coercion.removed.insert(*tag);
        }
        if rule.reason() == Reason::Coerce && !coercion_of(rule).is_empty() {
            self.reason = Reason::Coerce;
        }
    }
}

fn coercion_of(rule: &Checked) -> Coercion {
    Coercion { set: rule.set.clone(), removed: rule.removed.clone() }
}

impl Rules for RuleBook {
    fn watched(&self) -> Arc<Watched> {
        Arc::clone(&self.watched)
    }

    fn judge(&self, who: &Principal, attributes: &DataSet, now_ms: i64) -> Judgement {
        let calling = match who {
            Principal::LocalPeer { ae, .. } => ae.as_str(),
            _ => "",
        };
        let origin = Origin { way: Some(self.way.unwrap_or_else(|| Way::of(who))), calling: Some(calling) };
        let verdict = self.verdict(origin, attributes);
        for rule in &verdict.applied {
            metrics::counter!("rules_applied_total", "rule" => rule.name.clone()).increment(1);
        }
        let Verdict { fate, send_to, coercion, reason, .. } = verdict;
        let reason = match reason {
            Reason::Coerce => "COERCE",
            Reason::Correct => "CORRECT",
        };
        let said = || Modification {
            at: date_time(now_ms),
            system: self.system.to_string(),
            source: calling.to_owned(),
            reason,
        };
        let coercion = (!coercion.is_empty()).then(|| (coercion, said()));
        Judgement { fate, send_to, coercion }
    }
}

/// A value of DT with its offset (PS3.5 table 6.2-1).
fn date_time(now_ms: i64) -> String {
    let now = Timestamp::from_millisecond(now_ms).unwrap_or_default().to_zoned(TimeZone::system());
    now.strftime("%Y%m%d%H%M%S.%6f%z").to_string()
}
