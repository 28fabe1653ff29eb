//! Declared conditions on a load run. They have no part in the grade, only in the verdict.

use crate::facts::latency::{LatencyFacts, LoadWanted};
use crate::model::{Pointer, RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[Rule {
    id: RuleId::new("latency/load-threshold"),
    title: "A declared condition does not hold under load",
    severity: Severity::High,
    rationale: "The condition was declared as a must for launch, and this load breaks it.",
    expected: "every declared condition holds",
    remediation: "Find what the requests wait for under load: threads, connections, locks, the \
                  database.",
    observed_by: "Requests at moments fixed beforehand, however long earlier ones take; latency \
                  counts from those moments, so that a stall is not left out (no coordinated \
                  omission). What a rate limit refuses (429) is no error, and where that is more than one \
                  in a hundred, a condition that holds is left open. One machine and few users: it shows what is too slow, never what is \
                  fast enough for a real crowd.",
    references: &[Reference::Standard(
        "HdrHistogram: coordinated omission",
        "https://hdrhistogram.github.io/HdrHistogram/",
    )],
    cap: None,
    rests_on: &[Topic::Samples],
    check: Check::Load(conditions_hold),
}];

fn conditions_hold(latency: &LatencyFacts) -> Verdict {
    let Some(load) = &latency.load else {
        return match latency.load_wanted {
            LoadWanted::Now => Verdict::NotTested("--load needs allow_load = true here".to_owned()),
            LoadWanted::Sometimes => {
                Verdict::NotTested("needs --load, and allow_load = true".to_owned())
            }
            LoadWanted::Never => Verdict::NotApplicable("no condition on load is declared"),
        };
    };
    let at = Pointer("/latency/seen/load".to_owned());
    let broken = load
        .thresholds
        .iter()
        .filter(|threshold| threshold.holds == Some(false));
    let broken: Vec<Observed> = broken
        .map(|threshold| {
            Observed::new(&at, threshold.found.clone()).wanted(threshold.condition.clone())
        })
        .collect();
    let open = load
        .thresholds
        .iter()
        .find(|threshold| threshold.holds.is_none());
    match open {
        Some(open) if broken.is_empty() => {
            Verdict::Unknown(format!("{}: {}", open.condition, open.found))
        }
        Some(_) | None => Verdict::unless(broken),
    }
}
