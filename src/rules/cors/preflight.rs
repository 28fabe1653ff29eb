//! The preflight: does it let the declared origins through?

use crate::facts::cors::CorsFacts;
use crate::model::{Family, RuleId, Severity};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("cors/not-measured"),
        title: "CORS could not be looked at",
        severity: Severity::High,
        rationale: "Nothing can be said about who may read answers across origins.",
        expected: "answers to preflights and requests",
        remediation: "Make the address answer requests.",
        observed_by: "Preflights as a browser sends them.",
        references: &[Reference::Standard(
            "Fetch, CORS-preflight fetch",
            "https://fetch.spec.whatwg.org/#cors-preflight-fetch",
        )],
        cap: None,
        check: Check::Measured(Family::Cors),
    },
    Rule {
        id: RuleId::new("cors/preflight-refused"),
        title: "A declared origin's preflight is not answered with success",
        severity: Severity::High,
        rationale: "The browser never sends the request itself: the front end is dead for every \
                    user, however healthy the endpoint is.",
        expected: "a 2xx status",
        remediation: "Answer OPTIONS before authentication and routing, with a 2xx status.",
        observed_by: "A preflight as a browser sends it.",
        references: &[Reference::Standard(
            "Fetch, CORS-preflight fetch",
            "https://fetch.spec.whatwg.org/#cors-preflight-fetch",
        )],
        cap: None,
        check: Check::Cors(is_answered),
    },
];

fn is_answered(cors: &CorsFacts) -> Verdict {
    let refused = cors
        .preflights
        .iter()
        .filter(|preflight| !(200..300).contains(&preflight.status));
    Verdict::unless(
        refused
            .map(|preflight| {
                let said = format!("{} to {}", preflight.status, preflight.origin);
                Observed::new(&preflight.at, said).about(preflight.label.as_str())
            })
            .collect(),
    )
}
