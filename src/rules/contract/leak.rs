//! Answers that give away what they should not.

use crate::facts::contract::ContractFacts;
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("contract/reveals-file"),
        title: "A file of the system comes back",
        severity: Severity::Critical,
        rationale: "A path in the request reaches the file system: whatever the process can read, \
                    keys and configuration included, anybody can.",
        expected: "no file from outside the served directory",
        remediation: "Resolve the path and check that it is still below the directory before \
                      opening it; decode once, before the check.",
        observed_by: "Lines that the file always has and talk about it does not, in the body of a \
                      declared endpoint.",
        references: &[
            Reference::Rfc(9110, "17.3"),
            Reference::Standard("CWE-22", "https://cwe.mitre.org/data/definitions/22.html"),
        ],
        cap: None,
        rests_on: &[Topic::Declared],
        check: Check::Contract(keeps_files),
    },
    Rule {
        id: RuleId::new("contract/error-leaks"),
        title: "An error answer gives away internals",
        severity: Severity::Medium,
        rationale: "Stack traces, statements and secrets tell an attacker what to try next.",
        expected: "an error that says no more than the client needs",
        remediation: "Answer errors with a fixed shape; log the rest.",
        observed_by: "Bodies with a status of 400 or above, searched for what only the software \
                      itself writes.",
        references: &[Reference::Standard(
            "OWASP API8:2023",
            "https://owasp.org/API-Security/editions/2023/en/0xa8-security-misconfiguration/",
        )],
        cap: None,
        rests_on: &[Topic::Declared],
        check: Check::Contract(keeps_quiet),
    },
];

fn keeps_files(contract: &ContractFacts) -> Verdict {
    let revealed = contract.endpoints.iter().filter_map(|seen| {
        let said = format!("the content of {}", seen.file?);
        Some(Observed::new(&seen.at, said).about(seen.label.as_str()))
    });
    Verdict::unless(revealed.collect())
}

fn keeps_quiet(contract: &ContractFacts) -> Verdict {
    let leaking = contract.leaks.iter().map(|leaking| {
        let said = format!("{}: {}", leaking.leak.what, leaking.leak.excerpt.raw());
        Observed::new(&leaking.at, said).about(leaking.label.as_str())
    });
    Verdict::unless(leaking.collect())
}
