//! Are requests without valid credentials refused?

use crate::facts::auth::AuthFacts;
use crate::model::{Family, RuleId, Severity};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("auth/not-measured"),
        title: "Refusals could not be looked at",
        severity: Severity::High,
        rationale: "Nothing can be said about who is turned away.",
        expected: "answers from the protected endpoints",
        remediation: "Make the address answer requests.",
        observed_by: "Requests to the declared protected endpoints.",
        references: &[Reference::Rfc(9110, "15.5.2")],
        cap: None,
        check: Check::Measured(Family::Auth),
    },
    Rule {
        id: RuleId::new("auth/not-refused"),
        title: "A protected endpoint answers without valid credentials",
        severity: Severity::Critical,
        rationale: "Whatever is behind it is open to anybody.",
        expected: "the declared refusal, 401 or 403",
        remediation: "Require authentication on this route, before anything else handles it.",
        observed_by: "The endpoint, asked with no or broken credentials.",
        references: &[Reference::Rfc(9110, "15.5.2")],
        cap: None,
        check: Check::Auth(is_refused),
    },
];

fn is_refused(auth: &AuthFacts) -> Verdict {
    let open = auth
        .attempts
        .iter()
        .filter(|tried| (200..300).contains(&tried.status));
    Verdict::unless(
        open.map(|tried| {
            let said = format!(
                "answered {} ({:?} credentials)",
                tried.status, tried.attempt
            );
            Observed::new(&tried.at, said)
                .about(tried.label.as_str())
                .wanted(tried.wanted.to_string())
        })
        .collect(),
    )
}
