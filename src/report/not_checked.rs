//! What a run cannot tell, said plainly.

use super::finding::{Finding, Outcome};
use crate::evidence::Evidence;
use crate::facts::{Facts, State};
use crate::model::Family;

/// What nobody can see from outside, whatever the tool.
const NEVER: &[&str] = &[
    "memory, CPU, disk, uptime and error rates, unless an endpoint reports them",
    "databases, caches, queues and backups behind the service",
    "logging, alerting and who is called at night",
    "padding oracles and renegotiation floods: testing them burdens the server",
];

/// What was not checked of one target, the particular before the general.
#[must_use]
pub(super) fn list(evidence: &Evidence, facts: &Facts, findings: &[Finding]) -> Vec<String> {
    let mut list = Vec::new();
    for family in Family::ALL {
        if let State::NotConfigured(why) = facts.state_of(family) {
            list.push(format!("{}: {why}", family.title()));
        }
    }
    for finding in findings
        .iter()
        .filter(|finding| matches!(finding.outcome, Outcome::Unknown | Outcome::NotTested))
    {
        list.push(format!("{}: {}", finding.rule, finding.observed.terminal()));
    }
    if evidence.run.conditions.insecure {
        list.push("trust of the certificate (--insecure)".to_owned());
    }
    list.extend(NEVER.iter().map(|item| (*item).to_owned()));
    list
}
