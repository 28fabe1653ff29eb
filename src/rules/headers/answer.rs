//! Does the page answer at all?

use crate::model::{Family, RuleId, Severity};
use crate::rules::{Check, Reference, Rule};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[Rule {
    id: RuleId::new("headers/not-measured"),
    title: "The page could not be looked at",
    severity: Severity::High,
    rationale: "Without a response there are no header fields to judge, and nothing for visitors either.",
    expected: "an HTTP response",
    remediation: "Make the address answer requests: check the process, the listener and the proxy in front.",
    observed_by: "A GET of the URL as declared. A network between here and the target can break it too.",
    references: &[Reference::Rfc(9112, "4")],
    cap: None,
    rests_on: &[],
    check: Check::Measured(Family::Headers),
}];
