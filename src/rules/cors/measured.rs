//! Whether CORS could be looked at.

use super::CORS_PREFLIGHT;
use crate::model::{Family, RuleId, Severity};
use crate::rules::{Check, Rule};

/// Append only: an id, once published, is never reused.
pub(super) const RULES: &[Rule] = &[Rule {
    id: RuleId::new("cors/not-measured"),
    title: "CORS could not be looked at",
    severity: Severity::High,
    rationale: "Nothing can be said about who may read answers across origins.",
    expected: "answers to preflights and requests",
    remediation: "Make the address answer requests.",
    observed_by: "Preflights and requests with an `Origin`, as a browser sends them.",
    references: &[CORS_PREFLIGHT],
    cap: None,
    rests_on: &[],
    check: Check::Measured(Family::Cors),
}];
