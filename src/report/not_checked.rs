//! What a run cannot tell, said plainly.

use super::finding::{Finding, Outcome};
use crate::evidence::{Evidence, Temperature};
use crate::facts::{Facts, State};
use crate::model::Family;

/// What nobody can see from outside, whatever the tool.
const NEVER: &[&str] = &[
    "memory and garbage collection, CPU, disk and open connections, unless an endpoint reports them",
    "the past: uptime, availability and error rates before this run",
    "databases, caches and queues behind the service: pools, indexes, write-ahead logs, row-level \
     rules, backups",
    "code and settings: secret keys, libraries, limits of other environments",
    "firewalls, security monitoring, request logs and their rotation, alerting and who is called at \
     night",
    "what it bears: stress, many users, long runs (--load is a short one)",
    "what happens behind an answer: background jobs, generated documents and speech, messages \
     broadcast to other sockets",
    "regions and edges other than the one that answered, and the ways between services",
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
    list.extend(fewer_samples(evidence));
    if evidence.run.conditions.insecure {
        list.push("trust of the certificate (--insecure)".to_owned());
    }
    list.extend(NEVER.iter().map(|item| (*item).to_owned()));
    list
}

/// How many timed samples a rate limit left.
fn fewer_samples(evidence: &Evidence) -> Option<String> {
    let latency = evidence.latency.seen().filter(|seen| seen.limited)?;
    let of = |temperature: Temperature| {
        let samples = latency.samples.iter().filter(|sample| !sample.pinned);
        samples
            .filter(|sample| sample.temperature == temperature)
            .count()
    };
    let (cold, warm) = (of(Temperature::Cold), of(Temperature::Warm));
    let policy = &evidence.target.latency;
    Some(format!(
        "Latency: {cold} of {} cold and {warm} of {} warm samples, to stay within half of a rate \
         limit (--burst)",
        policy.cold, policy.warm
    ))
}
