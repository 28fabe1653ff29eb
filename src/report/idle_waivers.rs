//! Waivers that waive nothing: somebody relies on them, or forgot them.

use super::finding::{Finding, Outcome};
use super::judge::is_of;
use crate::evidence::Evidence;
use crate::model::{Timestamp, Waiver};

/// A waiver that waives nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdleWaiver {
    /// The rule it is of.
    pub rule: String,
    /// When it ends, or ended.
    pub expires: Timestamp,
    /// The one endpoint it is of.
    pub endpoint: Option<String>,
    /// Whether it is of every target.
    pub everywhere: bool,
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
            Idle::Unused => {
                let place = match &self.endpoint {
                    Some(endpoint) => format!(" at {endpoint}"),
                    None => String::new(),
                };
                let all = if self.everywhere {
                    " of any target"
                } else {
                    ""
                };
                format!("matches nothing: what it accepts was not found{place}{all}")
            }
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
                endpoint: waiver.endpoint.clone(),
                everywhere: waiver.everywhere,
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
            Outcome::Fail | Outcome::Waived => !is_of(waiver, finding),
            Outcome::Unknown | Outcome::NotTested => false,
        })
}

/// A waiver of every target is told once, and only where it waives nothing at any.
pub(super) fn tell_once<'r>(
    targets: impl Iterator<Item = (&'r mut Vec<IdleWaiver>, &'r [Finding])>,
) {
    let mut targets: Vec<_> = targets.collect();
    let asked = |waiver: &IdleWaiver, findings: &[Finding]| {
        let mut findings = findings.iter();
        findings.any(|finding| finding.rule.as_str() == waiver.rule)
    };
    let is_of_use = |waiver: &&IdleWaiver| {
        let mut targets = targets.iter();
        targets.any(|(idle, findings)| !idle.contains(waiver) && asked(waiver, findings))
    };
    let idle = targets.iter().flat_map(|(idle, _)| idle.iter());
    // Those that are of use somewhere count as told.
    let mut told: Vec<IdleWaiver> = idle.filter(is_of_use).cloned().collect();
    for (idle, _) in &mut targets {
        idle.retain(|waiver| {
            let is_new = !waiver.everywhere || !told.contains(waiver);
            if waiver.everywhere && is_new {
                told.push(waiver.clone());
            }
            is_new
        });
    }
}
