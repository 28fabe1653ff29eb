//! What a run cannot tell, said plainly.

use super::claims::Row;
use super::finding::{Finding, Outcome};
use crate::evidence::{Evidence, Temperature};
use crate::facts::contract::Standing;
use crate::facts::{Facts, State};
use crate::model::Family;

/// What nobody can see from outside, whatever the tool: by kind, and the words in which a service
/// may report it of itself.
const HIDDEN: &[(&str, &[Unseen])] = &[
    (
        "the machine, as far as no declared endpoint reports it",
        &[
            ("memory and garbage collection", &["memory", "heap"]),
            ("CPU", &["cpu"]),
            ("disk", &["disk"]),
            ("open connections", &["connections"]),
            (
                "restarts and processes",
                &["restart", "processes", "workers"],
            ),
        ],
    ),
    (
        "the past",
        &[
            ("uptime", &["uptime"]),
            ("availability", &["availability"]),
            ("error rates before this run", &["error_rate", "errorrate"]),
        ],
    ),
    (
        "behind the service",
        &[
            (
                "databases and their pools, indexes, write-ahead logs, row-level rules",
                &["database", "postgres", "mysql"],
            ),
            ("caches", &["cache", "redis"]),
            ("queues", &["queue"]),
            ("backups and recovery from them", &["backup"]),
            ("third parties it calls", &[]),
        ],
    ),
    (
        "code and settings",
        &[
            ("build and deployment", &["version", "commit", "build"]),
            ("the repository", &[]),
            ("libraries, secret keys, limits of other environments", &[]),
        ],
    ),
    (
        "operation",
        &[
            (
                "firewalls, security monitoring, request logs and their rotation",
                &[],
            ),
            ("alerting and who is called at night", &[]),
        ],
    ),
    (
        "what happens behind an answer",
        &[
            ("background jobs", &["jobs"]),
            ("generated documents and speech", &[]),
            ("messages broadcast to other sockets", &[]),
        ],
    ),
];

/// What it is, and what the members are called that report it.
type Unseen = (&'static str, &'static [&'static str]);

/// What a run of this kind leaves out.
const LIMITS: &[&str] = &[
    "what it bears: stress, many users, long runs (--load is a short one)",
    "regions and edges other than the one that answered, and the ways between services",
    "padding oracles and renegotiation floods: testing them burdens the server",
];

/// What was not checked of one target, the particular before the general.
#[must_use]
pub(super) fn list(
    evidence: &Evidence,
    facts: &Facts,
    findings: &[Finding],
    claims: &[Row],
) -> Vec<String> {
    let mut list = Vec::new();
    for family in Family::ALL {
        if let State::NotConfigured(why) = facts.state_of(family) {
            list.push(format!("{}: {why}", family.title()));
        }
    }
    list.extend(behind_outage(facts));
    list.extend(not_tested(findings));
    let contract = facts.contract.known();
    let unasked = contract.iter().flat_map(|contract| &contract.unasked);
    list.extend(unasked.map(|(label, why)| format!("{label}: not sent: {why}")));
    list.extend(fewer_samples(evidence));
    if let Some(proxy) = evidence.proxy() {
        list.push(format!(
            "addresses, name resolution and connecting: {proxy} stands between"
        ));
    }
    if evidence.run.conditions.insecure {
        list.push("trust of the certificate (--insecure)".to_owned());
    }
    for (kind, things) in HIDDEN {
        list.extend(hidden(kind, things, claims));
    }
    list.extend(LIMITS.iter().map(|item| (*item).to_owned()));
    list
}

/// What was not decided and not tested: a line for each reason, with the rules that it keeps open.
#[must_use]
pub(super) fn not_tested(findings: &[Finding]) -> Vec<String> {
    let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
    let open =
        |finding: &&Finding| matches!(finding.outcome, Outcome::Unknown | Outcome::NotTested);
    for finding in findings.iter().filter(open) {
        let why = finding.observed.terminal();
        match reasons.iter_mut().find(|(known, _)| *known == why) {
            Some((_, rules)) => rules.push(finding.rule.as_str()),
            None => reasons.push((why, vec![finding.rule.as_str()])),
        }
    }
    let line = |(why, rules): (String, Vec<&str>)| format!("{why}: {}", rules.join(", "));
    reasons.into_iter().map(line).collect()
}

/// The families of which nothing was seen, because no application answers.
fn behind_outage(facts: &Facts) -> Option<String> {
    let outage = facts.outage.as_ref()?;
    let why = outage.failure();
    let unseen = |family: &Family| matches!(facts.state_of(*family), State::Unseen(failure) if failure == why);
    let families = Family::ALL.into_iter().filter(unseen).map(Family::title);
    let families: Vec<&str> = families.collect();
    Some(format!("{}: no application answers", families.join(", ")))
}

/// What a declared value says is not hidden, as far as it goes.
fn hidden(kind: &str, things: &[Unseen], claims: &[Row]) -> Vec<String> {
    let parts = || claims.iter().flat_map(|row| &row.parts);
    let says = |words: &[&str]| {
        parts().find(|part| {
            let name = part.name.to_ascii_lowercase();
            let told = name.starts_with('/') && part.standing != Standing::Open;
            told && words.iter().any(|word| name.contains(word))
        })
    };
    let mut silent = Vec::new();
    let mut lines = Vec::new();
    for (thing, words) in things {
        match says(words) {
            Some(part) => lines.push(format!(
                "{thing}: no more than {} says: {}",
                part.name,
                part.got.terminal_within(SAID)
            )),
            None => silent.push(*thing),
        }
    }
    if !silent.is_empty() {
        lines.insert(0, format!("{kind}: {}", silent.join(", ")));
    }
    lines
}

/// A longer value is cut.
const SAID: usize = 40;

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
