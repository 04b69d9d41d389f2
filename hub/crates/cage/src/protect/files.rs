//! Landlock (landlock(7)): no file may be opened, no connection made, nobody outside told anything.

use super::Protections;
use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetError, RulesetStatus, Scope,
};

/// The newest rules that this program knows; a kernel takes those that it knows too.
const NEWEST: ABI = ABI::V6;

pub(super) fn none() -> Protections {
    match restricted() {
        Ok(RulesetStatus::FullyEnforced) => Protections::FILES.and(Protections::LANDLOCK_WHOLE),
        Ok(RulesetStatus::PartiallyEnforced) => Protections::FILES,
        Ok(RulesetStatus::NotEnforced) | Err(_) => Protections::default(),
    }
}

fn restricted() -> Result<RulesetStatus, RulesetError> {
    let rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?;
    Ok(rules.create()?.restrict_self()?.ruleset)
}
