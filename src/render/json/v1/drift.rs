//! What moved since an earlier run.

use serde::Serialize;

use super::letter;
use crate::model::{Family, RuleId, Severity, Timestamp, Untrusted};
use crate::report::drift::{self, Change, Presence};

/// What moved since an earlier run.
#[derive(Debug, Serialize)]
pub struct Drift<'r> {
    since: Timestamp,
    targets: Vec<Target<'r>>,
}

#[derive(Debug, Serialize)]
struct Target<'r> {
    name: &'r str,
    presence: &'static str,
    grades: Vec<Grade>,
    findings: Vec<Finding<'r>>,
    seen: Vec<Seen<'r>>,
}

#[derive(Debug, Serialize)]
struct Grade {
    family: Option<Family>,
    was: Option<&'static str>,
    now: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Finding<'r> {
    change: &'static str,
    rule: RuleId,
    severity: Severity,
    endpoint: Option<&'r str>,
    observed: &'r Untrusted,
    was: Option<&'r Untrusted>,
}

#[derive(Debug, Serialize)]
struct Seen<'r> {
    what: &'r str,
    was: &'r Untrusted,
    now: &'r Untrusted,
}

impl<'r> From<&'r drift::Drift> for Drift<'r> {
    fn from(drift: &'r drift::Drift) -> Self {
        Self {
            since: drift.since,
            targets: drift.targets.iter().map(Target::from).collect(),
        }
    }
}

impl<'r> From<&'r drift::Moved> for Target<'r> {
    fn from(moved: &'r drift::Moved) -> Self {
        let grades = moved.grades.iter().map(|moved| Grade {
            family: moved.family,
            was: letter(moved.was),
            now: letter(moved.now),
        });
        let findings = moved.findings.iter().map(|moved| Finding {
            change: change(moved.kind),
            rule: moved.finding.rule,
            severity: moved.finding.severity,
            endpoint: moved.finding.endpoint.as_deref(),
            observed: &moved.finding.observed,
            was: moved.was.as_ref(),
        });
        let seen = moved.seen.iter().map(|moved| Seen {
            what: &moved.what,
            was: &moved.was,
            now: &moved.now,
        });
        Self {
            name: &moved.name,
            presence: match moved.presence {
                Presence::Both => "both",
                Presence::Added => "added",
                Presence::Missing => "missing",
            },
            grades: grades.collect(),
            findings: findings.collect(),
            seen: seen.collect(),
        }
    }
}

const fn change(kind: Change) -> &'static str {
    match kind {
        Change::New => "new",
        Change::FirstSeen => "first_seen",
        Change::Changed => "changed",
        Change::Undecided => "undecided",
        Change::Fixed => "fixed",
    }
}
