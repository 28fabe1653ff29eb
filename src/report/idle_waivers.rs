//! Waivers that waive nothing: somebody relies on them, or forgot them.

use super::finding::{Finding, Outcome};
use crate::evidence::Evidence;
use crate::model::{Timestamp, Waiver};

/// A waiver that waives nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdleWaiver {
    /// The rule it is of.
    pub rule: String,
    /// When it ends, or ended.
    pub expires: Timestamp,
    /// Why it waives nothing.
    pub why: Idle,
}

/// Why a waiver waives nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idle {
    /// Its time is over.
    Expired,
    /// What it accepts was looked for and is not there.
    Unused,
}

impl IdleWaiver {
    /// Why, in words.
    #[must_use]
    pub fn said(&self) -> String {
        match self.why {
            Idle::Expired => format!("expired on {}", self.expires.date()),
            Idle::Unused => "matches nothing: what it accepts was not found".to_owned(),
        }
    }
}

/// Those of one target. A rule that was not asked, or could not be decided, says nothing of them.
#[must_use]
pub(super) fn list(evidence: &Evidence, findings: &[Finding]) -> Vec<IdleWaiver> {
    let waivers = evidence.target.waivers.iter();
    waivers
        .filter(|waiver| evidence.run.selects_rule(&waiver.rule))
        .filter_map(|waiver| {
            let why = if waiver.expires <= evidence.at {
                Idle::Expired
            } else {
                is_unused(waiver, findings).then_some(Idle::Unused)?
            };
            Some(IdleWaiver {
                rule: waiver.rule.clone(),
                expires: waiver.expires,
                why,
            })
        })
        .collect()
}

fn is_unused(waiver: &Waiver, findings: &[Finding]) -> bool {
    let mut of_rule = findings
        .iter()
        .filter(|finding| finding.rule.as_str() == waiver.rule)
        .peekable();
    of_rule.peek().is_some()
        && of_rule.all(|finding| match finding.outcome {
            Outcome::Pass | Outcome::NotApplicable => true,
            Outcome::Fail | Outcome::Unknown | Outcome::NotTested | Outcome::Waived => false,
        })
}
