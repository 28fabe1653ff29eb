//! The cold time to first byte, against the declared thresholds.

use crate::facts::latency::LatencyFacts;
use crate::model::{Family, Micros, Pointer, RuleId, Severity};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("latency/not-measured"),
        title: "Latency could not be measured",
        severity: Severity::High,
        rationale: "Nothing can be said about how long visitors wait.",
        expected: "timed answers",
        remediation: "Make the address answer requests.",
        observed_by: "Timed requests to the URL as declared.",
        references: &[Reference::Rfc(9112, "9")],
        cap: None,
        check: Check::Measured(Family::Latency),
    },
    Rule {
        id: RuleId::new("latency/cold-over-target"),
        title: "The first byte takes longer than the declared target",
        severity: Severity::Medium,
        rationale: "Every first visit waits that long before anything can be shown.",
        expected: "a median cold time to first byte within the target",
        remediation: "Look at the largest phase: the server's own time, or connection setup.",
        observed_by: "The median of full, unresumed connections. The network between here and the \
                      target is part of it; the server's share is shown beside it.",
        references: &[Reference::Rfc(9112, "9")],
        cap: None,
        check: Check::Latency(is_within_target),
    },
];

fn is_within_target(latency: &LatencyFacts) -> Verdict {
    let Some(cold) = latency.cold else {
        return Verdict::Unknown("no cold sample".to_owned());
    };
    if cold.ttfb() <= Micros::from(latency.target) {
        return Verdict::Pass;
    }
    let said = format!(
        "median {} cold, {} of it the server",
        cold.ttfb(),
        cold.server
    );
    let at = Pointer("/latency/seen/samples".to_owned());
    Verdict::Fail(vec![
        Observed::new(&at, said).wanted(format!("at most {}", latency.target)),
    ])
}
