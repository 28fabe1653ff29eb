//! Declared endpoints: do they answer the declared status?

use crate::facts::contract::ContractFacts;
use crate::model::{Family, RuleId, Severity};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("contract/not-measured"),
        title: "Declared endpoints could not be looked at",
        severity: Severity::High,
        rationale: "Nothing can be said about the contract.",
        expected: "answers from the declared endpoints",
        remediation: "Make the address answer requests.",
        observed_by: "Requests to the declared endpoints.",
        references: &[Reference::Rfc(9110, "15")],
        cap: None,
        check: Check::Measured(Family::Contract),
    },
    Rule {
        id: RuleId::new("contract/wrong-status"),
        title: "An endpoint does not answer the declared status",
        severity: Severity::High,
        rationale: "Clients built against the contract fail here.",
        expected: "the declared status",
        remediation: "Mend the endpoint, or the declaration if it is out of date.",
        observed_by: "The endpoint, asked as declared.",
        references: &[Reference::Rfc(9110, "15")],
        cap: None,
        check: Check::Contract(answers_as_declared),
    },
];

fn answers_as_declared(contract: &ContractFacts) -> Verdict {
    let wrong = contract
        .endpoints
        .iter()
        .filter(|seen| !seen.wanted.contains(seen.status));
    Verdict::unless(
        wrong
            .map(|seen| {
                Observed::new(&seen.at, format!("answered {}", seen.status))
                    .about(seen.label.as_str())
                    .wanted(seen.wanted.to_string())
            })
            .collect(),
    )
}
